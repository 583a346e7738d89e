"""What a certificate says of itself."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from vedette import clock

_MOST_NAMES = 20
_DAY_SECONDS = 86400
_UNREADABLE = (
    ValueError,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
)


def facts_of(der: bytes) -> dict[str, Any]:
    """Days left, when it begins and ends, who it is for and from, its fingerprint (SHA-256)."""
    try:
        read = _read(der)
    except _UNREADABLE:
        return {"fingerprint": "", "days": 0.0, "problem": "the certificate cannot be read"}
    left = (datetime.fromisoformat(read["not_after"]) - clock.now()).total_seconds()
    return {**read, "days": round(left / _DAY_SECONDS, 2)}


@lru_cache(1024)
def _read(der: bytes) -> dict[str, Any]:
    certificate = x509.load_der_x509_certificate(der)
    return {
        "subject": _common_name(certificate.subject),
        "issuer": _common_name(certificate.issuer),
        "names": _names(certificate)[:_MOST_NAMES],
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
    }


def _common_name(name: x509.Name) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found = name.get_attributes_for_oid(oid)
        if found:
            return str(found[0].value)
    return name.rfc4514_string()


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [str(one.value) for one in extension.value]

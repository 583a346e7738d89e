"""Certificates of every kind, good and broken, made for the tests."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "shop.example"


@dataclass(frozen=True)
class Pair:
    """A certificate with its key; `chain` are those sent along."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """The key."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Files with the certificate and its chain, and with the key."""
        paths = folder / f"{name}.pem", folder / f"{name}.key"
        every = (self.certificate, *self.chain)
        paths[0].write_bytes(
            b"".join(one.public_bytes(serialization.Encoding.PEM) for one in every)
        )
        paths[1].write_text(self.key_pem)
        paths[1].chmod(0o600)
        return paths

    def server(self, folder: Path, client_authority: str = "") -> ssl.SSLContext:
        """A server that shows it, and asks for certificates of an authority, if there is one."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate, key = self.write(folder, "shown")
        context.load_cert_chain(certificate, key)
        if client_authority:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=client_authority)
        return context


def make(
    name: str,
    *,
    issuer: Pair | None = None,
    begins_days: float = -1,
    days: float = 90,
    is_authority: bool = False,
    chain: tuple[x509.Certificate, ...] = (),
) -> Pair:
    """A certificate for a name, by itself or by an issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == NAME:
        names.append(x509.IPAddress(ip_address("127.0.0.1")))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins_days))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signed = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    return Pair(signed, key, chain)


@cache
def authority() -> Pair:
    """The authority that the tests trust."""
    return make("Tests Root", is_authority=True, days=3650)


@cache
def pairs() -> dict[str, Pair]:
    """A certificate by what is wrong with it."""
    root = authority()
    middle = make("Tests Middle", issuer=root, is_authority=True)
    old = make("Tests Old", issuer=root, is_authority=True, begins_days=-20, days=-10)
    return {
        "good": make(NAME, issuer=root),
        "soon": make(NAME, issuer=root, days=12),
        "through_another": make(NAME, issuer=middle, chain=(middle.certificate,)),
        "expired": make(NAME, issuer=root, begins_days=-30, days=-2),
        "not_yet_valid": make(NAME, issuer=root, begins_days=2),
        "hostname": make("other.example", issuer=root),
        "self_signed": make(NAME),
        "chain": make(NAME, issuer=middle),
        "expired_above": make(NAME, issuer=old, chain=(old.certificate,)),
    }

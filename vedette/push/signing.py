"""The proof of who sends: VAPID, RFC 8292."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from vedette.push.encryption import CURVE, encoded, point_of
from vedette.push.keys import private_number

_GOOD_SECONDS = 12 * 3600  # a day is the most
_NUMBER_BYTES = 32


def private_key() -> ec.EllipticCurvePrivateKey:
    """The installation's key."""
    return ec.derive_private_key(private_number(), CURVE)


def authorization(
    endpoint: str, subject: str, now: float, private: ec.EllipticCurvePrivateKey
) -> str:
    """The header for one push service: a token for its origin, and the key to check it."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(now) + _GOOD_SECONDS,
        "sub": subject,
    }
    head = _part({"typ": "JWT", "alg": "ES256"})
    text = f"{head}.{_part(claims)}"
    r, s = decode_dss_signature(private.sign(text.encode(), ec.ECDSA(SHA256())))
    mark = encoded(r.to_bytes(_NUMBER_BYTES, "big") + s.to_bytes(_NUMBER_BYTES, "big"))
    return f"vapid t={text}.{mark}, k={encoded(point_of(private))}"


def _part(value: object) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())

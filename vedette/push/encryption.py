"""Encrypting a message for one browser: `aes128gcm` with the keys of RFC 8291."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
_RECORD_BYTES = 4096
_POINT_BYTES = 65
_SECRET_BYTES = 16
_LAST_RECORD = b"\x02"
MOST_PLAIN_BYTES = _RECORD_BYTES - 16 - 1 - 86  # what services take is 4,096 with the header


def encrypt(
    plain: bytes,
    public: bytes,
    secret: bytes,
    *,
    salt: bytes | None = None,
    private: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of a request: header and one record. Raises ValueError for keys that are none.

    `salt` and `private` are made for each message; they are given only to check the standard's
    example.
    """
    if len(plain) > MOST_PLAIN_BYTES:
        raise ValueError(f"a message has at most {MOST_PLAIN_BYTES} bytes")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public)
    salt = salt or os.urandom(16)
    private = private or ec.generate_private_key(CURVE)
    ours = point_of(private)
    shared = private.exchange(ec.ECDH(), theirs)
    material = _derive(shared, secret, b"WebPush: info\x00" + public + ours, 32)
    key = _derive(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(material, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + _RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(key).encrypt(nonce, plain + _LAST_RECORD, None)


def check_keys(public: str, secret: str) -> None:
    """Raises ValueError unless they are what a browser gives."""
    point, auth = decoded(public), decoded(secret)
    if len(point) != _POINT_BYTES or len(auth) != _SECRET_BYTES:
        raise ValueError("the browser's keys have another length")
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def point_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half of a key, as an uncompressed point."""
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The bytes of base64url with or without padding. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)

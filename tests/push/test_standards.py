"""What is sent to push services, against the examples of the standards."""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from vedette.push.encryption import (
    CURVE,
    MOST_PLAIN_BYTES,
    check_keys,
    decoded,
    encoded,
    encrypt,
    point_of,
)

PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
EXAMPLE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_encryption_is_that_of_rfc_8291() -> None:
    """The example of its section 5."""
    number = int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        decoded(PUBLIC),
        decoded(SECRET),
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
        private=ec.derive_private_key(number, CURVE),
    )
    assert encoded(body) == EXAMPLE


def test_a_message_stays_below_what_services_take() -> None:
    """4,096 bytes with everything; more is refused before it is sent."""
    body = encrypt(b"x" * MOST_PLAIN_BYTES, decoded(PUBLIC), decoded(SECRET))
    assert len(body) <= 4096
    with pytest.raises(ValueError, match="at most"):
        encrypt(b"x" * (MOST_PLAIN_BYTES + 1), decoded(PUBLIC), decoded(SECRET))


@pytest.mark.parametrize(
    ("public", "secret"), [("", SECRET), (PUBLIC[:-4], SECRET), ("B" * 87, SECRET), (PUBLIC, "AA")]
)
def test_keys_that_are_none_are_refused(public: str, secret: str) -> None:
    """Before they are kept."""
    check_keys(PUBLIC, SECRET)
    with pytest.raises(ValueError):  # noqa: PT011 - in whatever words
        check_keys(public, secret)


def test_the_proof_is_that_of_rfc_8292(rollback: None) -> None:
    """A token for the origin of the service, signed by the key that stands beside it."""
    from vedette.push.signing import authorization

    key = ec.generate_private_key(CURVE)
    header = authorization("https://push.example.net:8443/p/JzLQ3?a=1", "mailto:a@b.c", 1e9, key)
    scheme, _, rest = header.partition(" ")
    token, public = (part.strip().partition("=")[2] for part in rest.split(","))
    assert scheme == "vapid"
    assert decoded(public) == point_of(key)
    head, claims, mark = token.split(".")
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    said = json.loads(decoded(claims))
    assert said["aud"] == "https://push.example.net:8443"
    assert 0 < said["exp"] - 1e9 <= 86_400
    assert said["sub"] == "mailto:a@b.c"
    raw = decoded(mark)
    assert len(raw) == 64
    signature = encode_dss_signature(
        int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    )
    text = f"{head}.{claims}".encode()
    key.public_key().verify(signature, text, ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signature, text + b"x", ec.ECDSA(SHA256()))

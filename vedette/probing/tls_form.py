"""The fields about TLS that many kinds share."""

from __future__ import annotations

from vedette.probing.kinds import ProbeField, whole
from vedette.probing.security import TlsSettings, context_of
from vedette.probing.settings import Reading

_VERIFY = ProbeField(
    name="verify",
    label="Check the certificate",
    help="Off takes any certificate, and every result says so.",
    form="yes",
    default=True,
    is_rare=True,
    way=whole,
)
CHECKED_FIELDS = (
    ProbeField(
        name="authorities",
        label="Own authorities",
        help="Certificates in PEM form that are trusted besides the system's.",
        form="block",
        is_rare=True,
        way=whole,
    ),
    ProbeField(
        name="certificate",
        label="Client certificate",
        help="In PEM form, for servers that ask for one.",
        form="block",
        is_rare=True,
    ),
    ProbeField(
        name="key",
        label="Key of the client certificate",
        help="In PEM form, without a passphrase.",
        form="block",
        is_secret=True,
        is_rare=True,
    ),
)
FIELDS = (_VERIFY, *CHECKED_FIELDS)


def read_tls(reading: Reading, alpn: tuple[str, ...] = ()) -> TlsSettings:
    """The settings, their context made; what is wrong is noted."""
    settings = TlsSettings(
        verify=reading.yes("verify", absent=True),
        authorities=reading.text("authorities").strip(),
        certificate=reading.text("certificate").strip(),
        key=reading.text("key").strip(),
        alpn=alpn,
    )
    if bool(settings.certificate) != bool(settings.key):
        reading.wrong("key", "certificate and key go together")
        return settings
    try:
        context_of(settings)
    except ValueError as error:
        is_own = "PEM without a passphrase" in str(error)
        reading.wrong("certificate" if is_own else "authorities", str(error))
    return settings

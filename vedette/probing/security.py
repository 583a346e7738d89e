"""TLS for probes: contexts made once for their settings, the handshake, the certificate."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from vedette.probing.certificates import facts_of
from vedette.probing.connecting import connect, connect_to
from vedette.probing.running import Failed, Run

_PROBLEMS = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    62: "hostname",
    63: "hostname",
    64: "hostname",
}  # by OpenSSL's X509_V_ERR_*; whatever else is one of the chain
WORDS = {
    "not_yet_valid": "the certificate is not valid yet",
    "expired": "a certificate has expired",
    "self_signed": "the certificate is signed by itself",
    "hostname": "the certificate is for other names",
    "chain": "the chain of certificates does not lead to a trusted one",
    "handshake": "the handshake failed",
}
Protocol = TypeVar("Protocol", bound=asyncio.BaseProtocol)


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """`authorities`, `certificate` and `key` are PEM; the latter two are for a server that asks."""

    verify: bool = True
    authorities: str = ""
    certificate: str = ""
    key: str = ""
    alpn: tuple[str, ...] = ()


DEFAULT = TlsSettings()
_LOOK_SECONDS = 2.0


@lru_cache(256)
def context_of(settings: TlsSettings) -> ssl.SSLContext:
    """The context for these settings. Raises ValueError with words."""
    context = ssl.create_default_context()
    if settings.authorities:
        try:
            context.load_verify_locations(cadata=settings.authorities)
        except (ssl.SSLError, ValueError, TypeError):
            raise ValueError("this is no certificate in PEM form") from None
    if settings.certificate:
        _load(context, settings)
    if settings.alpn:
        context.set_alpn_protocols(list(settings.alpn))
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _load(context: ssl.SSLContext, settings: TlsSettings) -> None:
    """OpenSSL takes a key only from a file: one that this user alone can read, and only now."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(f"{settings.certificate.strip()}\n{settings.key.strip()}\n")
        file.flush()
        try:
            context.load_cert_chain(file.name, password="")
        except (ssl.SSLError, ValueError, OSError):
            words = (
                "certificate and key cannot be used: PEM without a passphrase, one for the other"
            )
            raise ValueError(words) from None


async def connect_securely(
    run: Run,
    host: str,
    port: int,
    factory: Callable[[], Protocol],
    tls: TlsSettings,
    server_name: str = "",
) -> tuple[asyncio.Transport, Protocol]:
    """Connect and shake hands. Raises Failed; then facts tell of the certificate all the same."""
    transport, protocol = await connect(run, host, port, factory)
    try:
        return await secure(run, transport, protocol, tls, server_name or host), protocol
    except Failed as failed:
        if failed.evidence.get("tls", "handshake") != "handshake":
            await _look_at_certificate(run, port, server_name or host)
            run.facts["certificate"]["problem"] = failed.evidence["tls"]
        raise


async def secure(
    run: Run,
    transport: asyncio.Transport,
    protocol: asyncio.BaseProtocol,
    tls: TlsSettings,
    server_name: str,
) -> asyncio.Transport:
    """The same connection with TLS on it. Raises Failed with the reason `tls`."""
    loop = asyncio.get_running_loop()
    name = server_name.strip("[]").rstrip(".")
    with run.phase("tls"):
        try:
            if transport.is_closing():
                raise EOFError("the connection was closed")
            made = await loop.start_tls(transport, protocol, context_of(tls), server_hostname=name)
            if made is None or made.get_extra_info("ssl_object") is None:
                raise EOFError("the connection was closed")
        except asyncio.CancelledError:
            transport.abort()
            raise
        except (OSError, EOFError) as error:
            transport.abort()
            raise _not_shaken(error) from None
    _tell(run, made, tls)
    return made


def _not_shaken(error: Exception) -> Exception:
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = _PROBLEMS.get(error.verify_code, "chain")
        return Failed("tls", f"{WORDS[problem]}: {error.verify_message}", tls=problem)
    if isinstance(error, TimeoutError):
        return error
    words = getattr(error, "reason", None) or str(error) or type(error).__name__
    text = f"{WORDS['handshake']}: {str(words).replace('_', ' ').lower()}"
    return Failed("tls", text, tls="handshake")


def _tell(run: Run, transport: asyncio.Transport, tls: TlsSettings) -> None:
    shaken: ssl.SSLObject = transport.get_extra_info("ssl_object")
    run.facts["tls"] = shaken.version()
    der = shaken.getpeercert(True)
    if der:
        run.facts["certificate"] = facts_of(der)
    if not tls.verify:
        run.facts["verify"] = "off: any certificate is taken"
    if shaken.selected_alpn_protocol():
        run.facts["alpn"] = shaken.selected_alpn_protocol()


async def _look_at_certificate(run: Run, port: int, server_name: str) -> None:
    """Shake hands again without a check, to say which certificate was refused."""
    run.facts["certificate"] = {}
    spare = Run(run.around)
    unchecked = TlsSettings(verify=False)
    left = run.around.seconds - run.milliseconds / 1000
    try:
        async with asyncio.timeout(min(left / 2, _LOOK_SECONDS)):
            made = await connect_to(spare, [run.facts["address"]], port, asyncio.Protocol)
            (await secure(spare, *made, unchecked, server_name)).abort()
    except (Failed, OSError):
        return
    run.facts["certificate"] |= spare.facts.get("certificate", {})

"""Host and port, as kinds without an address of their own have them."""

from __future__ import annotations

from vedette.probing.http1.address import ascii_host
from vedette.probing.kinds import ProbeField, Settings
from vedette.probing.settings import Reading


def fields(example: str, port: int = 0) -> tuple[ProbeField, ProbeField]:
    """The two fields; `port` is the usual one, if there is one."""
    return (
        ProbeField(name="host", label="Host", example=example, is_needed=True, is_address=True),
        ProbeField(
            name="port",
            label="Port",
            form="number",
            default=port or "",
            least=1,
            most=65535,
            example=str(port or 1234),
            is_needed=not port,
            is_address=True,
        ),
    )


def read_place(reading: Reading) -> tuple[str, int]:
    """Host and port that are filled in; what is wrong is noted."""
    port = reading.number("port")
    if port != int(port):
        reading.wrong("port", "a whole number")
    return read_host(reading, "host"), int(port)


def read_host(reading: Reading, name: str) -> str:
    """A host of a field, as resolvers take it."""
    host = reading.text(name).strip("[]")
    if not host:
        return ""
    try:
        return ascii_host(host)
    except ValueError as error:
        reading.wrong(name, str(error))
        return ""


def shown(host: str, port: int) -> str:
    """Both as one writes them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def target(settings: Settings, port: int = 0) -> str:
    """What it looks at."""
    return shown(str(settings["host"]).strip("[]"), int(settings.get("port") or port))


def hosts(settings: Settings) -> frozenset[str]:
    """Whom it talks to."""
    return frozenset({ascii_host(str(settings["host"]).strip("[]"))})

"""Where the metadata lives: SQLite in the data folder, or PostgreSQL by URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from vedette.config import Config, ConfigError

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000;"
)

# A server that is gone without a word is noticed within about half a minute.
_NETWORK: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_STATEMENT_SECONDS = 300  # far more than any needs; PostgreSQL itself knows no end


def database_settings(config: Config) -> dict[str, Any]:
    """Django's settings of the default database. Raises ConfigError for an unknown scheme."""
    if not config.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(config.data / "vedette.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "init_command": _SQLITE_PRAGMAS,
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
            },
        }
    parts = urlsplit(config.database_url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ConfigError("VEDETTE_DATABASE_URL: only postgres://user:password@host/name is known")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": dict(parse_qsl(parts.query)).get("host") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_NETWORK, **_options(parts.query)},
    }


def _options(query: str) -> dict[str, Any]:
    """What the URL says of the connection, beside the host; `options` replaces the time limit."""
    pairs = parse_qsl(query, keep_blank_values=True)
    asked = {name: value for name, value in pairs if name != "host"}
    return {"options": f"-c statement_timeout={_STATEMENT_SECONDS * 1000}", **asked}

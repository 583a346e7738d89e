"""Every setting of the product: environment name, type, default and one line of help.

Read once at start by `load`; a wrong value stops the start with a message that says how
to mend it. The settings page of the docs is made from these fields (`vedette settings`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vedette.outgoing.addresses import read_networks

PREFIX = "VEDETTE_"
_MOST_SOCKET_BYTES = 103  # 107 on Linux, 103 elsewhere
_SIZE_UNITS = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40, "b": 1}


class ConfigError(ValueError):
    """A setting has a value that cannot be used; the text names it and says what to write."""


def setting(default: object, text: str) -> Any:
    """A field of `Config` with its default and its line of help."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings, parsed. Build it with `load`; tests build it directly."""

    data: Path = setting(  # noqa: RUF009 - makes the field with its help
        Path("vedette-data"), "Folder that holds everything Vedette keeps."
    )
    listen: str = setting("127.0.0.1:8000", "Address and port the server listens on.")
    url: str = setting("", "Public address of this installation; default http://LISTEN.")
    hosts: str = setting(
        "", "More names under which the pages may be asked for, as a.example.com, .example.org."
    )
    secret_key: str = setting("", "Key that signs sessions; made in the folder when empty.")
    database_url: str = setting("", "postgres://… for the metadata; SQLite in the folder if empty.")
    log_level: str = setting("info", "debug, info, warning or error.")
    trusted_proxies: int = setting(0, "Number of reverse proxies whose X-Forwarded-For is trusted.")
    max_envelope_bytes: int = setting(100 << 20, "Largest envelope sent uncompressed.")
    max_inflated_bytes: int = setting(
        48 << 20, "Largest envelope after inflating a compressed one."
    )
    max_event_bytes: int = setting(10 << 20, "Largest single event.")
    max_inflight_bytes: int = setting(64 << 20, "Request bodies held in memory at one time.")
    max_inflight_disk_bytes: int = setting(
        1 << 30, "Large request bodies held on disk while they are received."
    )
    body_timeout_seconds: int = setting(30, "A request body that takes longer is cut off.")
    spool_segment_bytes: int = setting(64 << 20, "Size at which the spool starts a new file.")
    spool_max_bytes: int = setting(4 << 30, "Backlog at which errors, too, are refused with 429.")
    disk_free_min_bytes: int = setting(512 << 20, "Free disk below which data is refused with 429.")
    store_memory_bytes: int = setting(128 << 20, "Memory limit of the embedded columnar store.")
    store_threads: int = setting(2, "Threads of the embedded columnar store.")
    retention_days: int = setting(90, "Days for which telemetry is kept.")
    kept_items_retention_days: int = setting(
        30, "Days for which raw items of later kinds are kept."
    )
    checks_retention_days: int = setting(90, "Days for which single checks of monitors are kept.")
    canaries: str = setting(
        "",
        "HOST:PORT, … that tell our own network's failure from others'; its gateway; or none.",
    )
    digesters: int = setting(0, "Processes that digest; 0: one per core but one, at least one.")
    project_issues_per_hour: int = setting(
        1000,
        "New issues of a project in an hour; the events of further ones share one. 0: no limit.",
    )
    project_events_per_minute: int = setting(
        0, "Errors a project may send in a minute; 0: no limit."
    )
    mail_url: str = setting(
        "", "smtp://user:password@host:587 (or smtps://, smtp+plain://); files in mail/ if empty."
    )
    mail_from: str = setting("Vedette <vedette@localhost>", "Sender of all mail.")
    oidc_url: str = setting(
        "", "Issuer of OpenID Connect where people sign in, as https://id.example.com/realms/a."
    )
    oidc_client_id: str = setting("", "What the provider calls this installation.")
    oidc_client_secret: str = setting("", "The provider's secret for this installation.")
    oidc_name: str = setting("Single sign-on", "What the button on the sign-in page says.")
    oidc_sign_up: bool = setting(
        False, "Whether whom the provider knows becomes a member of the first organisation."
    )
    dead_man_url: str = setting(
        "", "Asked once a minute as a sign of life, for a service that misses it when it stops."
    )
    backup_s3_key_id: str = setting("", "Access key for backups to S3.")
    backup_s3_secret: str = setting("", "Its secret.")
    outgoing_networks: str = setting(
        "", "Private networks that requests may go to, as 10.1.0.0/16, 127.0.0.1."
    )
    scrub_ip_addresses: bool = setting(False, "Remove IP addresses from event data.")
    scrub_emails: bool = setting(False, "Remove e-mail addresses from free text.")
    spike_protection: bool = setting(True, "Cut bursts of errors far beyond what is usual.")

    @property
    def host(self) -> str:
        """The host part of `listen`, without brackets."""
        return self.listen.rpartition(":")[0].strip("[]") or "127.0.0.1"

    @property
    def port(self) -> int:
        """The port part of `listen`."""
        return int(self.listen.rpartition(":")[2])

    @property
    def base_url(self) -> str:
        """The public address without a trailing slash."""
        if self.url:
            return self.url.rstrip("/")
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def path_prefix(self) -> str:
        """The path under which a reverse proxy mounts the product; empty at the root."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names under which the pages answer; a leading dot takes all subdomains along."""
        own = (urlsplit(self.base_url).hostname or "", self.host, "localhost")
        more = (name.strip().lower() for name in self.hosts.split(","))
        return tuple(dict.fromkeys(name for name in (*own, *more) if name))

    @property
    def store_folder(self) -> Path:
        """Day files of the columnar store."""
        return self.data / "store"

    @property
    def spool_folder(self) -> Path:
        """Segment files of the spool, one folder per writer."""
        return self.data / "spool"

    @property
    def blob_folder(self) -> Path:
        """Content-addressed blobs."""
        return self.data / "blobs"

    @property
    def artifact_folder(self) -> Path:
        """Source maps and debug files by content, as long as something needs them."""
        return self.data / "artifacts"

    @property
    def run_folder(self) -> Path:
        """Sockets and process ids of the running product."""
        return self.data / "run"

    @property
    def digester_count(self) -> int:
        """How many processes digest, each with a share of the spool."""
        return self.digesters or max(1, (os.cpu_count() or 1) - 1)

    def bell(self, index: int) -> Path:
        """The socket by which the door wakes the digester with this index."""
        return self.run_folder / f"spool-{index}.bell"

    @property
    def owner_socket(self) -> Path:
        """The Unix socket on which the owner of store and metadata takes batches."""
        return self.run_folder / "owner.sock"

    @property
    def body_folder(self) -> Path:
        """Large request bodies while they are received."""
        return self.run_folder / "bodies"

    @property
    def pages_socket(self) -> Path:
        """The Unix socket on which the pages answer the door."""
        return self.run_folder / "pages.sock"

    @property
    def prober_socket(self) -> Path:
        """The Unix socket on which the prober is asked to look at a monitor now."""
        return self.run_folder / "prober.sock"

    @property
    def prober_wanted(self) -> Path:
        """The file that is there while there is a monitor for which a probe is to be run."""
        return self.run_folder / "prober.wanted"

    @property
    def store_socket(self) -> Path:
        """The Unix socket on which the store's owner answers."""
        return self.run_folder / "store.sock"


def load(environ: Mapping[str, str] | None = None, **overrides: object) -> Config:
    """Read the settings from the environment; `overrides` (from the command line) win.

    Raises ConfigError for a value that does not parse or an unknown VEDETTE_ name.
    """
    env = os.environ if environ is None else environ
    values: dict[str, object] = {}
    known = {PREFIX + f.name.upper() for f in fields(Config)}
    for name in env:
        if name.startswith(PREFIX) and name.removesuffix("_FILE") not in known:
            raise ConfigError(f"{name} is not a setting; `vedette settings` lists them all")
    for f in fields(Config):
        raw = _raw_value(env, PREFIX + f.name.upper())
        if raw is not None:
            values[f.name] = _parse(PREFIX + f.name.upper(), raw, f.default)
    values.update({name: value for name, value in overrides.items() if value is not None})
    config = Config(**values)  # type: ignore[arg-type]
    _check(config)
    return config


def _raw_value(env: Mapping[str, str], name: str) -> str | None:
    if name in env:
        return env[name]
    path = env.get(name + "_FILE")
    if path is None:
        return None
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ConfigError(f"{name}_FILE: cannot read {path}: {error.strerror}") from error


def _parse(name: str, raw: str, default: object) -> object:
    if isinstance(default, bool):
        if raw.lower() in ("1", "true", "yes", "on"):
            return True
        if raw.lower() in ("0", "false", "no", "off", ""):
            return False
        raise ConfigError(f"{name}: {raw!r} is not yes or no")
    if isinstance(default, Path):
        return Path(raw)
    if isinstance(default, int):
        return read_number(name, raw)
    return raw


def read_number(name: str, raw: str) -> int:
    """A whole number or a size, as 64MB. Raises ConfigError, which calls it `name`."""
    text = raw.strip().lower().replace("_", "")
    for unit, factor in _SIZE_UNITS.items():
        if text.endswith(unit) and text[: -len(unit)].strip().isdigit():
            return int(text[: -len(unit)]) * factor
    try:
        return int(text)
    except ValueError:
        raise ConfigError(f"{name}: {raw!r} is not a whole number (sizes: 64MB, 4GB)") from None


def _check(config: Config) -> None:
    port = config.listen.rpartition(":")[2]
    if ":" not in config.listen or not port.isdigit() or not 0 <= int(port) < 65536:
        raise ConfigError(f"{PREFIX}LISTEN: {config.listen!r} is not HOST:PORT")
    if config.url and urlsplit(config.url).scheme not in ("http", "https"):
        raise ConfigError(f"{PREFIX}URL: {config.url!r} does not start with http:// or https://")
    if config.oidc_url and not (config.oidc_client_id and config.oidc_client_secret):
        raise ConfigError(
            f"{PREFIX}OIDC_URL needs {PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET"
        )
    try:
        read_networks(config.outgoing_networks)
    except ValueError as error:
        raise ConfigError(f"{PREFIX}OUTGOING_NETWORKS: {error}") from None
    named = config.canaries.replace(",", " ").split()
    if named != ["none"] and not all(_is_place(one) for one in named):
        raise ConfigError(f"{PREFIX}CANARIES: {config.canaries!r} is not HOST:PORT, HOST:PORT")
    if config.digesters < 0:
        raise ConfigError(f"{PREFIX}DIGESTERS: {config.digesters} is less than 0")
    _check_sockets(config)
    if config.log_level not in ("debug", "info", "warning", "error"):
        raise ConfigError(f"{PREFIX}LOG_LEVEL: {config.log_level!r} is not a level")


def _is_place(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdigit() and 0 < int(port) < 65536


def _check_sockets(config: Config) -> None:
    """The system takes the path of a socket only up to a length."""
    last = config.bell(config.digester_count - 1)
    longest = max((last, config.owner_socket), key=lambda path: len(path.name))
    over = len(os.fsencode(longest.absolute())) - _MOST_SOCKET_BYTES
    if over > 0:
        raise ConfigError(
            f"{PREFIX}DATA: {config.data.absolute()} is {over} bytes too long for the sockets "
            "in it; choose a shorter path"
        )

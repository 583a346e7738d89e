"""`vedette relay`: the door alone, on the way to another Vedette or to Sentry."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette import logs
from vedette.config import Config

if TYPE_CHECKING:
    from vedette.relay.options import Options, Place

NAME = "relay"
HELP = "keep what SDKs send on disk and send it on to an upstream, whenever that can be reached"

log = logging.getLogger("vedette.relay")


_MANY = {"action": "append", "default": []}
_ARGUMENTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("--upstream", "the address in the DSNs, without a key", {"metavar": "URL", "required": True}),
    ("--listen", "address (VEDETTE_LISTEN)", {"metavar": "HOST:PORT"}),
    ("--most-bytes", "what may wait on disk (4GB)", {"metavar": "SIZE", "default": "4GB"}),
    ("--project", "take only for this project; may be repeated", {"metavar": "ID", **_MANY}),
    ("--key", "take only with this public key; may be repeated", {"metavar": "KEY", **_MANY}),
    (
        "--tunnel-host",
        "a name that browsers' DSNs give the upstream, besides its own; may be repeated",
        {"metavar": "HOST", **_MANY},
    ),
    (
        "--tunnel-path",
        "where browsers send envelopes (/tunnel)",
        {"metavar": "PATH", "default": "/tunnel"},
    ),
    (
        "--tell-addresses",
        "send clients' addresses on as X-Forwarded-For",
        {"action": "store_true"},
    ),
    (
        "--proxy",
        "the way out (HTTPS_PROXY, HTTP_PROXY, NO_PROXY); 'none' for none",
        {"metavar": "URL"},
    ),
    (
        "--ca-file",
        "certificates to believe instead of the system's",
        {"metavar": "FILE", "type": Path},
    ),
    ("--connections", "to the upstream (4)", {"metavar": "N", "type": int, "default": 4}),
    (
        "--at-once",
        "requests of one key under way; more than 1 may overtake each other (1)",
        {"metavar": "N", "type": int, "default": 1},
    ),
    ("--timeout", "for an answer (30)", {"metavar": "SECONDS", "type": float, "default": 30.0}),
    (
        "--longest-wait",
        "a limit of the upstream that lasts longer lets things go instead (300)",
        {"metavar": "SECONDS", "type": float, "default": 300.0},
    ),
    ("--again", "send once more what the upstream had refused", {"action": "store_true"}),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The upstream, whom it is for, how much it keeps, and the way to the upstream."""
    for name, text, settings in _ARGUMENTS:
        parser.add_argument(name, help=text, **settings)


def run(config: Config, options: argparse.Namespace) -> int:
    """Relay until SIGTERM."""
    from vedette.relay.options import OptionError

    logs.start(config.log_level, "relay")
    try:
        chosen = _read(config, options)
    except OptionError as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 2
    chosen.folder.mkdir(parents=True, exist_ok=True)
    return _serve(config, chosen, again=options.again)


def _serve(config: Config, options: Options, *, again: bool) -> int:
    from functools import partial

    from vedette.allocation import bound_arenas
    from vedette.claim import Claimed
    from vedette.garbage import spare_what_is_loaded
    from vedette.http.connection import Connection
    from vedette.http.guard import Guard
    from vedette.http.serving import serve_on_port
    from vedette.relay.service import Relay

    bound_arenas()
    guard = Guard()
    try:
        relay = Relay(config, options, guard, again=again)
    except Claimed as error:
        log.critical("%s", error)
        return 1
    spare_what_is_loaded(20_000, 50, 100)
    log.info("relays from %s to %s", config.listen, options.upstream.address)
    serve_on_port(relay, config.host, config.port, partial(Connection, guard))
    return 0


def _read(config: Config, options: argparse.Namespace) -> Options:
    from vedette.relay.options import OptionError, Options, read_place, read_size, trust_of

    upstream = read_place(options.upstream, "--upstream")
    if upstream.host == config.host and upstream.port == config.port:
        raise OptionError("--upstream: it is where this relay listens itself")
    if min(options.connections, options.at_once) < 1 or options.timeout <= 0:
        raise OptionError("--connections, --at-once and --timeout are at least 1")
    return Options(
        upstream=upstream,
        folder=config.data / "relay",
        most_bytes=read_size(options.most_bytes),
        projects=frozenset(options.project),
        keys=frozenset(key.lower() for key in options.key),
        tunnel_path="/" + options.tunnel_path.strip("/"),
        tunnel_hosts=frozenset(host.lower() for host in options.tunnel_host),
        tells_addresses=options.tell_addresses,
        proxy=_proxy(options.proxy, upstream),
        trust=trust_of(options.ca_file),
        connections=max(options.connections, options.at_once),
        at_once=options.at_once,
        timeout_seconds=options.timeout,
        longest_wait_seconds=options.longest_wait,
    )


def _proxy(named: str | None, upstream: Place) -> Place | None:
    """The proxy that is named, or that of the environment unless it leaves the upstream out."""
    from urllib.request import proxy_bypass

    from vedette.relay.options import read_place

    if named:
        return None if named == "none" else read_place(named, "--proxy")
    names = (f"{upstream.scheme}_proxy", f"{upstream.scheme}_proxy".upper())
    found = next((os.environ[name] for name in names if os.environ.get(name)), "")
    if not found or proxy_bypass(upstream.host):
        return None
    return read_place(found if "://" in found else f"http://{found}", "HTTPS_PROXY or HTTP_PROXY")

"""`vedette doctor`: looks at the folder, its safety, disk, port, clock, processes, store, spool."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from vedette import address, health, invocation, safety
from vedette.config import Config
from vedette.finding import Finding
from vedette.pipeline.dead import DeadLetters
from vedette.sealing.sealer import Sealer
from vedette.spool import backlog
from vedette.store import query as q
from vedette.store.asker import HEALTH, asking_for
from vedette.store.errors import StoreError
from vedette.store.remote import StoreClient
from vedette.store.visible import VisibleProjects

NAME = "doctor"
HELP = "check the installation and say what to do"

_CLOCK_SECONDS = 1_750_000_000  # a clock before 2025 is wrong


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens."""
    parser.add_argument("--listen", metavar="HOST:PORT", help="address (VEDETTE_LISTEN)")


def run(config: Config, options: argparse.Namespace) -> int:
    """Print one line per check; the status is 1 if something needs doing."""
    config = address.as_running(config)
    bad = 0
    for name, check in CHECKS.items():
        finding = check(config)
        bad += bool(finding.advice)
        print(f"{'!!' if finding.advice else 'ok'}  {name:<10}{finding.text}")
        if finding.advice:
            print(f"    {'':<10}→ {finding.advice}")
    return 1 if bad else 0


def _folder(config: Config) -> Finding:
    if not config.data.exists():
        start = invocation.line(config, "serve")
        return Finding(f"{config.data} does not exist yet", f"start once with: {start}")
    if config.data.stat().st_mode & 0o077:
        return Finding(
            f"{config.data} is readable for others on this machine", f"chmod 700 {config.data}"
        )
    try:
        with tempfile.NamedTemporaryFile(dir=config.data) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Finding(
            f"{config.data} cannot be written: {error.strerror}",
            f"give it to the user who runs Vedette: chown -R USER {config.data}",
        )
    return Finding(f"{config.data} can be written")


def _disk(config: Config) -> Finding:
    place = config.data if config.data.exists() else Path.cwd()
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB free"
    if free < config.disk_free_min_bytes:
        return Finding(text, "data is refused until there is room: delete files or add disk")
    if free < 4 * config.disk_free_min_bytes:
        return Finding(text, "it is getting tight: lower VEDETTE_RETENTION_DAYS or add disk")
    return Finding(text)


def _port(config: Config) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET) as probe:
        probe.settimeout(2)
        taken = probe.connect_ex((config.host, config.port)) == 0
    running = health.read_status(config, "worker") is not None
    if taken and not running:
        return Finding(
            f"{config.listen} is taken by another program",
            "stop that program, or start with --listen 127.0.0.1:ANOTHER_PORT",
        )
    return Finding(f"{config.listen} is {'served' if taken else 'free'}")


def _clock(config: Config) -> Finding:
    now = time.time()
    text = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    if now < _CLOCK_SECONDS:
        return Finding(text, "the clock is far behind: turn on NTP (timedatectl set-ntp true)")
    return Finding(text)


def _processes(config: Config) -> Finding:
    worker = health.read_status(config, "worker")
    pid = config.run_folder / "supervisor.pid"
    if not pid.exists():
        return Finding("not running", f"start with: {invocation.line(config, 'serve')}")
    if worker is None:
        return Finding(
            "the worker gives no sign of life",
            "look at the log; it is restarted by itself, or restart vedette serve",
        )
    if not health.accepts(config.pages_socket):
        return Finding(
            f"worker {worker['pid']} is alive, but the pages do not answer",
            "look at the log; they are restarted by themselves, or restart vedette serve",
        )
    return Finding(f"worker {worker['pid']} is alive, the pages answer")


def _store(config: Config) -> Finding:
    if not config.store_socket.exists():
        return Finding("closed (the worker owns it)")
    now = int(time.time() * q.MICROSECONDS)
    select = q.Select(
        table="errors",
        projects=VisibleProjects.of_system(),
        columns={"n": q.count()},
        start=0,
        end=now,
    )
    try:
        client = StoreClient(config.store_socket, connect_seconds=1, answer_seconds=3)
        with asking_for(HEALTH):
            count = client.query(select).rows[0][0]
    except StoreError as error:
        return Finding(str(error), "restart vedette serve; the spool keeps what has come in")
    size = sum(path.stat().st_size for path in config.store_folder.rglob("*") if path.is_file())
    return Finding(f"{count:,} errors in {size / 1e6:.1f} MB")


def _spool(config: Config) -> Finding:
    waiting = backlog.total_bytes(config.spool_folder)
    dead = DeadLetters(config.data / "dead", Sealer(config.data)).count()
    text = f"{waiting:,} bytes waiting, {dead} records set aside"
    if dead:
        return Finding(text, f"look into {config.data}/dead: each .json says why; please report it")
    if backlog.age_seconds(config.spool_folder) > 60:
        return Finding(text, "processing does not keep up: look at the log and the CPU")
    return Finding(text)


CHECKS: dict[str, Callable[[Config], Finding]] = {
    "python": lambda config: Finding(sys.version.split()[0]),
    "folder": _folder,
    "files": safety.file_modes,
    "address": safety.address,
    "settings": safety.settings,
    "disk": _disk,
    "port": _port,
    "clock": _clock,
    "processes": _processes,
    "store": _store,
    "spool": _spool,
}

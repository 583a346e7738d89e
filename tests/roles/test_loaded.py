"""What a role does not work with it does not load: modules are most of an idle process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_REQUESTS = ("httpx", "httpcore", "h11", "click", "smtplib")
_PAGES_ONLY = ("markdown_it", "segno", "joserfc", "pyotp", "a2wsgi")
_PIPELINE_ONLY = ("hyperscan", "ua_parser", "pydemumble", "opentelemetry")
NOT_LOADED = {
    "door": ("django", "duckdb", "yaml", "symbolic", *_REQUESTS, *_PAGES_ONLY, *_PIPELINE_ONLY),
    "digester": ("django", "duckdb", "sqlite3", "asyncio", "ssl", *_REQUESTS, *_PAGES_ONLY),
    "worker": ("uvicorn", "httptools", "uvloop", *_REQUESTS, *_PAGES_ONLY),
    "pages": ("duckdb", "ua_parser", "opentelemetry", "markdown_it", "segno", *_REQUESTS),
}
_BUILD = """
import sys
from vedette import config
from vedette.roles import {role}

settings = config.load()
if {role!r} in ("worker", "pages"):
    from vedette import django_setup

    django_setup.setup(settings)
if {role!r} == "worker":
    from vedette.roles.worker import Worker

    made = Worker(settings)
elif {role!r} == "door":
    from vedette.http.guard import Guard

    made = door.build(settings, Guard())
else:
    made = {role}.build(settings)
print([name for name in {names!r} if name in sys.modules])
"""

_LOAD = """
import sys
from vedette import config
from vedette.kinds import discover

for one in discover("vedette.roles"):
    one.ROLE.load(config.load())
before = set(sys.modules)
"""
_TELL = "print(*(set(sys.modules) - before))"


@pytest.mark.parametrize("role", NOT_LOADED)
def test_a_role_loads_only_what_it_works_with(role: str, tmp_path: Path) -> None:
    """Ready for work, a process holds nothing that is for others or for seldom."""
    done = subprocess.run(
        [sys.executable, "-c", _BUILD.format(role=role, names=NOT_LOADED[role])],
        env={"VEDETTE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "[]\n", done.stderr


def test_what_two_roles_work_with_is_loaded_before_the_forks(tmp_path: Path) -> None:
    """Each module once in memory: a role loads by itself only what nobody else does."""
    later = [_loaded_after_the_fork(role, tmp_path) for role in NOT_LOADED]
    assert [
        name
        for place, names in enumerate(later)
        for name in names
        if any(name in others for others in later[place + 1 :])
    ] == []


def test_nothing_is_loaded_before_the_forks_that_only_one_role_may_load(tmp_path: Path) -> None:
    """DuckDB was not made to be forked, and 13 MB of it would lie in every process."""
    done = subprocess.run(
        [sys.executable, "-c", _LOAD + "print([n for n in before if n.strip('_') == 'duckdb'])"],
        env={"VEDETTE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def _loaded_after_the_fork(role: str, folder: Path) -> set[str]:
    code = _LOAD + _BUILD.format(role=role, names=()) + _TELL
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"VEDETTE_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[1].split())

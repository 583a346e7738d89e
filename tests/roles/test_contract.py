"""What every role of the drawer promises."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from vedette import runtime
from vedette.config import Config
from vedette.kinds import discover
from vedette.roles import Role

ROLES = discover("vedette.roles")


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
def test_a_role_is_run_with_the_settings_and_its_index(role: ModuleType) -> None:
    """`run(config, index)` is all that a process needs to play it."""
    assert list(inspect.signature(role.run).parameters) == ["config", "index"]
    assert isinstance(role.ROLE, Role)
    assert role.ROLE.instances(Config()) >= 1
    assert role.__doc__


def test_the_store_s_owner_is_started_first_and_the_door_last() -> None:
    """So that the door, which is stopped first, has somebody to answer for it."""
    order = [part.role for part in runtime.parts(Config())]
    assert (order[0], order[-2:]) == ("worker", ["pages", "door"])


def test_a_file_in_the_drawer_is_supervised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No list is edited: as many processes as the role's file says, in its place."""
    (tmp_path / "digest.py").write_text(
        '"""Two of a kind."""\n'
        "from vedette.roles import Role\n"
        "ROLE = Role(order=25, instances=lambda config: config.digester_count)\n"
        "def run(config, index=0): pass\n"
    )
    import vedette.roles

    monkeypatch.setattr(vedette.roles, "__path__", [*vedette.roles.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "vedette.roles.digest", raising=False)
    found = runtime.parts(Config(digesters=2))
    sys.modules.pop("vedette.roles.digest", None)
    assert [str(part) for part in found] == [
        *("worker", "digester", "digester 1", "digest", "digest 1", "prober", "pages", "door")
    ]


def test_the_supervisor_stays_small() -> None:
    """Finding the roles loads nothing that the roles work with."""
    code = (
        "import sys\nfrom vedette import config, runtime\nruntime.parts(config.Config())\n"
        "print([n for n in ('django', 'duckdb', 'uvicorn', 'asyncio') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

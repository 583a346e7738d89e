"""The command line as a script uses it, beside no server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vedette import __version__

_ROOT = Path(__file__).parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def vedette(tmp_path: Path) -> Run:
    """Run `vedette …` in an environment without settings, with an empty folder beside it."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("VEDETTE_")}
        inherited.pop("DJANGO_SETTINGS_MODULE", None)
        home = {"VEDETTE_DATA": str(tmp_path / "data"), "PYTHONPATH": str(_ROOT)}
        return subprocess.run(
            [sys.executable, "-m", "vedette", *arguments],
            env={**inherited, **home, **settings},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_project_is_created_as_json(vedette: Run) -> None:
    """Organisation, project, id, key and DSN; the second one gets an id and a slug of its own."""
    first, second = (
        json.loads(vedette("project", "create", "Shop", "--json").stdout) for _ in "ab"
    )
    assert set(first) == {"organization", "project", "id", "public_key", "dsn"}
    assert first["project"] == "shop"
    assert second["project"] == "shop-2"
    assert first["id"] != second["id"]
    assert first["dsn"] == f"http://{first['public_key']}@127.0.0.1:8000/{first['id']}"


def test_a_dsn_has_the_public_address(vedette: Run) -> None:
    """VEDETTE_URL is what applications are told."""
    made = vedette("project", "create", "Shop", "--json", VEDETTE_URL="https://x.example/errors")
    about = json.loads(made.stdout)
    assert about["dsn"] == f"https://{about['public_key']}@x.example/errors/{about['id']}"


def test_a_token_is_created_as_json(vedette: Run) -> None:
    """The token, its organisation, and where it is for."""
    made = json.loads(vedette("token", "create", "--json").stdout)
    assert made["token"].startswith("sntrys_")
    assert made["organization"] == "my-organization"
    assert made["url"] == "http://127.0.0.1:8000"


def test_a_token_for_an_unknown_organisation_is_refused(vedette: Run) -> None:
    """The message names what was not found."""
    done = vedette("token", "create", "--organization", "nobody")
    assert done.returncode == 1
    assert "nobody" in done.stderr


def test_the_folder_may_be_named_on_the_command_line(vedette: Run, tmp_path: Path) -> None:
    """`--data` wins over the environment; relative paths start where the command does."""
    assert vedette("project", "create", "Shop", "--json", "--data", "other").returncode == 0
    assert (tmp_path / "other" / "vedette.sqlite3").exists()
    assert not (tmp_path / "data").exists()


def test_the_settings_are_listed(vedette: Run) -> None:
    """One line each, with the default."""
    lines = vedette("settings").stdout.splitlines()
    assert any(line.split()[:2] == ["VEDETTE_RETENTION_DAYS", "90"] for line in lines)


def test_the_doctor_looks_at_an_empty_folder(vedette: Run) -> None:
    """Nothing is there yet: it says how to start, and touches nothing."""
    done = vedette("doctor", VEDETTE_LISTEN="127.0.0.1:1")
    assert done.returncode == 1
    assert "does not exist yet" in done.stdout
    assert "vedette serve" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named(vedette: Run) -> None:
    """Status 2 and one line, no traceback."""
    done = vedette("settings", VEDETTE_RETENTION_DAYS="forever")
    assert done.returncode == 2
    assert done.stderr.startswith("vedette: VEDETTE_RETENTION_DAYS")
    assert len(done.stderr.splitlines()) == 1


def test_the_version_is_printed(vedette: Run) -> None:
    """`vedette --version`."""
    assert vedette("--version").stdout == f"vedette {__version__}\n"


def test_an_event_without_a_server_says_so(vedette: Run) -> None:
    """The message says what failed and what may be wrong."""
    vedette("project", "create", "Shop")
    done = vedette("send-test-event", VEDETTE_LISTEN="127.0.0.1:1")
    assert done.returncode == 1
    assert "does not answer" in done.stderr


def test_a_project_is_removed_for_good(vedette: Run) -> None:
    """Only when it is meant; an unknown one is named."""
    vedette("project", "create", "Shop")
    assert vedette("project", "remove", "shop").returncode == 1
    assert "was removed" in vedette("project", "remove", "shop", "--yes").stdout
    gone = vedette("project", "remove", "shop", "--yes")
    assert gone.returncode == 1
    assert "shop" in gone.stderr

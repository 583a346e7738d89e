"""Commands beside a running server, which know nothing but its folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.product import Product


def _command(product: Product, *arguments: str) -> str:
    done = _run(product, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _run(product: Product, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VEDETTE_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-m", "vedette", *arguments, "--data", str(product.folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_projects_dsn_names_the_servers_own_address(product: Product) -> None:
    """`vedette project create --data DIR` prints a DSN that works, whatever port is served."""
    made = json.loads(_command(product, "project", "create", "Beside", "--json"))
    assert f"@127.0.0.1:{product.port}/{made['id']}" in made["dsn"]
    said = _command(product, "send-test-event", "--dsn", made["dsn"])
    assert f"{product.base}/issues/" in said
    assert product.wait_for_issue(made)["metadata"]["type"] == "RuntimeError"


def test_a_token_made_beside_the_server_opens_the_api(product: Product) -> None:
    """`vedette token create --data DIR` prints a token and the address it is for."""
    made = json.loads(_command(product, "token", "create", "--json"))
    assert made["url"] == product.base
    assert made["token"].startswith("sntrys_")


@pytest.mark.parametrize("email", ["bob@example.com", "charlie@example.com"])
def test_a_persons_sign_in_link_leads_to_the_server(product: Product, email: str) -> None:
    """`vedette create-user EMAIL` prints a link that opens."""
    link = _command(product, "create-user", email).strip()
    assert link.startswith(product.base + "/sign-in/link/")
    assert product.post(link.removeprefix(product.base), b"", method="GET")[0] == 200


def test_the_doctor_finds_a_running_server_well(product: Product) -> None:
    """Every check passes while everything runs."""
    lines = _command(product, "doctor").splitlines()
    assert [line for line in lines if not line.startswith("ok")] == []
    assert any(f"127.0.0.1:{product.port} is served" in line for line in lines)


def test_a_role_that_is_asked_for_is_given(tmp_path: Path) -> None:
    """`vedette create-user EMAIL --role` changes a member's role, and refuses aloud."""
    with Product(tmp_path / "data") as product:  # of its own: nobody else is owner
        _command(product, "create-user", "dora@example.com")
        for role in ("owner", "admin"):
            done = _run(product, "create-user", "dora@example.com", "--role", role)
            assert done.returncode == (0 if role == "owner" else 1)
            words = "is owner now" if role == "owner" else "stays owner"
            assert words in done.stderr

"""The first minute: what is printed works when it is pasted, and nobody else can read the data."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.product import Product

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Started in a folder that an earlier version has left open to all."""
    folder = tmp_path_factory.mktemp("first") / "data"
    (folder / "store").mkdir(parents=True)
    (folder / "store" / "old.txt").write_text("events")
    (folder / "store" / "old.txt").chmod(0o644)
    folder.chmod(0o755)
    with Product(folder) as running:
        yield running


def test_the_printed_command_works_when_pasted(product: Product) -> None:
    """In a plain shell, from the folder in which the product was started."""
    found = re.search(r"Or try it:\s+(.+)", product.log())
    assert found is not None
    shell = {"PATH": "/usr/bin:/bin", "HOME": str(product.folder.parent)}
    done = subprocess.run(
        ["sh", "-c", found[1]], cwd=os.getcwd(), env=shell, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "was accepted" in done.stdout


def test_what_make_run_prints_names_the_python_that_make_made() -> None:
    """`.venv/bin/python -m vedette`, and no folder where it is the default one."""
    code = (
        "import dataclasses, pathlib; from vedette import config, invocation\n"
        "held = config.Config()\n"
        "held = dataclasses.replace(held, data=held.data.absolute())\n"
        "print(invocation.line(held, 'serve'))"
    )
    if not Path(sys.executable).is_relative_to(ROOT):
        pytest.skip("this Python is not the one that make has made")
    shell = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=shell, capture_output=True, text=True
    )
    words = done.stdout.split()
    assert words[0].startswith(".venv/bin/")
    assert words[-1] == "serve"


def test_nobody_else_may_read_what_is_kept(product: Product, project: dict[str, str]) -> None:
    """Every file and folder, new and old, is for its owner alone."""
    assert product.send(project, b'{}\n{"type":"event"}\n{"message":"lamp"}\n')[0] == 200
    product.wait_for_issue(project)
    paths = [product.folder, *product.folder.rglob("*")]
    names = {path.name for path in paths}
    assert {"vedette.sqlite3", "secret_key", "pages.sock", "store.sock", "old.txt"} <= names
    opened = {
        str(path.relative_to(product.folder.parent)): stat.filemode(mode)
        for path in paths
        if (mode := path.lstat().st_mode) & 0o077
    }
    assert opened == {}

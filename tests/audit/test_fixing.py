"""`vedette audit fix`: what it writes, what it only shows, and what it leaves alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.audit.checkouts import findings, write
from vedette import cli
from vedette.audit.finding import Change
from vedette.audit.fixing import changed

ERROR = """"use client";
// what is shown instead

export default function Failed({ error }) {
  return <p>Sorry</p>;
}
"""
PACKAGE = '{"name": "shop", "dependencies": {"next": "15", "@sentry/nextjs": "10", "react": "19"}}'
SWALLOWS = "fetch('/x', { method: 'POST' }).catch(() => {});\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def _shop(tmp_path: Path) -> Path:
    files = {"package.json": PACKAGE, "app/error.tsx": ERROR, "app/page.tsx": SWALLOWS}
    return write(tmp_path / "shop", files)


def test_a_safe_change_is_written(tmp_path: Path) -> None:
    """Imports below what must stay first; the rights of the file stay; all else is untouched."""
    shop = _shop(tmp_path)
    (shop / "app/error.tsx").chmod(0o640)
    assert cli.main(["audit", "fix", str(shop)]) == 0
    lines = (shop / "app/error.tsx").read_text().split("\n")
    assert lines[0] == '"use client";'
    assert lines[2:4] == [
        'import { useEffect } from "react";',
        'import * as Sentry from "@sentry/nextjs";',
    ]
    assert "    Sentry.captureException(error);" in lines
    assert stat.S_IMODE((shop / "app/error.tsx").stat().st_mode) == 0o640
    assert (shop / "app/page.tsx").read_text() == SWALLOWS
    before = (shop / "app/error.tsx").read_text()
    assert cli.main(["audit", "fix", str(shop)]) == 0
    assert (shop / "app/error.tsx").read_text() == before


def test_a_diff_shows_all_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what is left to a person; a rule that is not there is a wrong question."""
    shop = _shop(tmp_path)
    assert cli.main(["audit", "fix", "--diff", str(shop)]) == 0
    told = capsys.readouterr().out
    assert "+    Sentry.captureException(error);" in told
    assert "--- a/app/page.tsx" in told
    assert (shop / "app/error.tsx").read_text() == ERROR
    assert cli.main(["audit", "fix", str(shop), "--diff", "--rule", "boundary.not-reporting"]) == 0
    assert "app/page.tsx" not in capsys.readouterr().out
    assert cli.main(["audit", "fix", str(shop), "--rule", "no.rule"]) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f()\n", "import x\nf()\ng()\n"),
        ('"""Says."""\n\nf()\n', '"""Says."""\nimport x\n\nf()\ng()\n'),
        ('"""Says\nmore.\n"""\nf()\n', '"""Says\nmore.\n"""\nimport x\nf()\ng()\n'),
        ("/* a\n b */\nf()\n", "/* a\n b */\nimport x\nf()\ng()\n"),
        ("#!/bin/x\n# -*-\nf()\n", "#!/bin/x\n# -*-\nimport x\nf()\ng()\n"),
        ("import x\r\nf()\r\n", "import x\r\nf()\r\ng()\r\n"),
        ("f('\u2028')\n", "import x\nf('\u2028')\ng()\n"),
    ],
)
def test_imports_go_where_they_may_stand(text: str, expected: str) -> None:
    """Below comments, docstrings and directives, once, with the line ends of the file."""
    last = text.rstrip("\r\n").count("\n") + 1
    line = text.rstrip("\r\n").rpartition("\n")[2]
    change = Change(first=last, last=last, text=f"{line}\ng()", above="import x")
    assert changed(text, [change]) == (expected, 1)


def test_of_changes_that_overlap_one_is_made() -> None:
    """The other would stand in lines that are not there any more."""
    first = Change(first=1, last=2, text="a")
    second = Change(first=2, last=3, text="b")
    assert changed("1\n2\n3\n4\n", [first, second]) == ("1\nb\n4\n", 1)


@pytest.mark.parametrize(
    ("written", "is_given"), [("", True), ("const asyncHandler = mine;", False)]
)
def test_what_a_change_calls_is_there(tmp_path: Path, written: str, is_given: bool) -> None:
    """The function in which a route is wrapped comes with the change, unless the file has it."""
    files = {
        "package.json": '{"name": "a", "dependencies": {"express": "^4.19.0"}}',
        "src/a.js": f"{written}\n"
        "app.get('/', async (req, res) => { res.json(await db.all()); });\n",
    }
    (found,) = findings(tmp_path, files, "async.express4-handler")
    assert found.instead is not None
    assert ("const asyncHandler = " in found.instead.above) is is_given

"""What people accept: ignores, baselines, `audit.toml`, and what is older than a commit."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.audit.checkouts import write
from vedette import cli

SWALLOWS = "try:\n    charge(order)\n    pay(order)\nexcept Exception:\n    pass\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def _audit(
    folder: Path, *words: str, deed: tuple[str, ...] = ()
) -> tuple[int, list[dict[str, Any]]]:
    output = folder.parent / "report.json"
    status = cli.main(
        ["audit", *deed, str(folder), "--format", "json", "--output", str(output)]
        + ["--fail-on", "routine", *words]
    )
    return status, json.loads(output.read_text())["findings"] if output.exists() else []


def _states(findings: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["rule"], one["state"]) for one in findings]


def test_an_ignore_with_a_reason_is_heeded(tmp_path: Path) -> None:
    """On the line above; the finding stays in the report with the reason."""
    said = "# audit-ignore: swallow.py-broad -- paid twice is worse\nexcept"
    folder = write(tmp_path / "shop", {"app.py": SWALLOWS.replace("except", said)})
    status, findings = _audit(folder)
    assert status == 0
    assert _states(findings) == [("swallow.py-broad", "ignored")]
    assert findings[0]["reason"] == "paid twice is worse"


def test_an_ignore_without_a_reason_is_found(tmp_path: Path) -> None:
    """And what it wanted to hide is, too."""
    said = "# audit-ignore: swallow.py-broad\nexcept"
    folder = write(tmp_path / "shop", {"app.py": SWALLOWS.replace("except", said)})
    status, findings = _audit(folder)
    assert status == 1
    assert _states(findings) == [
        ("swallow.py-broad", "open"),
        ("audit.ignore-without-reason", "open"),
    ]


def test_an_ignore_that_accepts_nothing_is_found(tmp_path: Path) -> None:
    """What was mended leaves no ignore that hides the next one."""
    text = "// audit-ignore-file: swallow.catch-empty -- old code */\nf();\n"
    _, findings = _audit(write(tmp_path / "shop", {"app.js": text}))
    assert _states(findings) == [("audit.ignore-unused", "open")]


def test_only_what_is_not_in_the_baseline_is_told(tmp_path: Path) -> None:
    """Lines that move stay known; a baseline that is not there is a wrong question."""
    folder = write(tmp_path / "shop", {"app.py": SWALLOWS})
    assert _audit(folder, "--new-only")[0] == 2
    assert _audit(folder, deed=("baseline", "write"))[0] == 0
    write(folder, {"app.py": f"import x\n\n{SWALLOWS}", "other.py": SWALLOWS})
    status, findings = _audit(folder, "--new-only")
    assert status == 1
    assert [(one["path"], one["state"]) for one in findings] == [
        ("app.py", "known"),
        ("other.py", "open"),
    ]


def test_a_baseline_follows_no_link_and_waits_for_no_pipe(tmp_path: Path) -> None:
    """A checkout of others may hold either under that name."""
    kept = tmp_path / "kept"
    kept.write_text("mine")
    folder = write(tmp_path / "shop", {"app.py": SWALLOWS})
    (folder / ".audit-baseline.json").symlink_to(kept)
    assert _audit(folder, deed=("baseline", "write"))[0] == 0
    assert kept.read_text() == "mine"
    assert _audit(folder, "--new-only")[0] == 0
    (folder / ".audit-baseline.json").unlink()
    os.mkfifo(folder / ".audit-baseline.json")
    assert _audit(folder, "--new-only")[0] == 2


def test_only_what_has_changed_since_a_commit_is_told(tmp_path: Path) -> None:
    """By line, in files that were there; a commit that is not there is a wrong question."""
    folder = write(tmp_path / "shop", {"app.py": SWALLOWS})
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@localhost"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    write(folder, {"app.py": f"{SWALLOWS}\n{SWALLOWS.replace('order', 'cart')}"})
    status, findings = _audit(folder, "--since", "HEAD")
    assert status == 1
    assert [(one["line"], one["state"]) for one in findings] == [(4, "known"), (10, "open")]
    assert _audit(folder, "--since", "nowhere")[0] == 2
    assert _audit(folder, "--since=--output=x")[0] == 2


def test_a_checkout_says_what_it_wants(tmp_path: Path) -> None:
    """Severities, rules that are off, and paths that are accepted, with reasons."""
    toml = (
        '[rule."swallow.py-broad"]\nseverity = "urgent"\n'
        '[[paths]]\nmatch = "old/*"\nreason = "goes in spring"\n'
    )
    files = {"app.py": SWALLOWS, "old/app.py": SWALLOWS, "audit.toml": toml}
    _, findings = _audit(write(tmp_path / "shop", files))
    assert [(one["path"], one["severity"], one["state"]) for one in findings] == [
        ("app.py", "urgent", "open"),
        ("old/app.py", "urgent", "ignored"),
    ]


@pytest.mark.parametrize(
    "toml",
    [
        "rules = 1",
        "not toml",
        '[rule."no.rule"]\noff = true\nreason = "x"',
        '[rule."swallow.py-broad"]\noff = true',
        '[rule."swallow.py-broad"]\nseverity = "awful"',
        '[[paths]]\nmatch = "*"\nreason = " "',
    ],
)
def test_wrong_wishes_are_refused(tmp_path: Path, toml: str) -> None:
    """With the status of a wrong question, not as if nothing were wished."""
    assert _audit(write(tmp_path / "shop", {"audit.toml": toml, "a.py": ""}))[0] == 2

"""How much a swallowed error weighs: what a comment says, what is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.checkouts import audited
from vedette.audit.rules._weighing import gives_reason

HANDLERS = {
    "java": "class A {{ void f() {{ try {{ db.save(r); }} catch (SQLException e) {{ {} }} }} }}\n",
    "php": "<?php\ntry {{ $db->save($r); }} catch (Exception $e) {{ {} }}\n",
    "rb": "def f\n  db.save(r)\nrescue => e\n  {}\nend\n",
    "go": "package a\n\nfunc f() {{\n\t_ = db.Insert(r) {}\n}}\n",
}


@pytest.mark.parametrize("ending", sorted(HANDLERS))
def test_a_reason_weighs_more_than_a_word(ending: str, tmp_path: Path) -> None:
    """That an error is ignored is seen; why it is ignored is for those who ask for all."""
    mark = "#" if ending == "rb" else "//"
    said = {"src/a": f"{mark} ignore\n", "src/b": f"{mark} the row is written again at night\n"}
    files = {f"{path}.{ending}": HANDLERS[ending].format(text) for path, text in said.items()}
    with audited(tmp_path, files) as done:
        words = [one.severity.word for one in done.findings if one.rule.startswith("swallow.")]
    assert sorted(words) == ["info", "routine"]


@pytest.mark.parametrize(
    ("comment", "is_reason"),
    [
        ("// ignore", False),
        ("/* Ignore errors. */", False),
        ("// do nothing", False),
        ("// best effort", False),
        ("// Log.log(Log.ERROR, this, io);", False),
        ("// TODO report this to the people in charge", False),
        ("// won't happen", True),
        ("// ignore: the session has expired", True),
        ("# couldn't find a virtual package either", True),
    ],
)
def test_a_reason_is_more_than_that_nothing_is_done(comment: str, is_reason: bool) -> None:
    """Words of other tools, code and plans are none."""
    assert gives_reason(comment) is is_reason


def _severities(tmp_path: Path, path: str, text: str) -> list[str]:
    with audited(tmp_path, {path: text}) as done:
        return [one.severity.word for one in done.findings if one.rule.startswith("swallow.")]


def test_an_answer_of_go_weighs_where_an_error_could_be_given(tmp_path: Path) -> None:
    """A function that gives errors and gives none, a deed that is not done; not a mere answer."""
    text = """package a

func drop(name string) error {
\tif err := store.load(name); err != nil {
\t\treturn nil
\t}
\treturn store.drop(name)
}

func clean(name string) {
\tif err := store.removeAll(name); err != nil {
\t\treturn
\t}
\tdone(name)
}

func title(name string) string {
\tfound, err := store.load(name)
\tif err != nil {
\t\treturn ""
\t}
\treturn found.title
}
"""
    assert _severities(tmp_path, "src/a.go", text) == ["routine", "routine", "info"]


def test_an_interruption_that_is_told_weighs_little(tmp_path: Path) -> None:
    """It is heard of, and only the thread goes on; one that nobody hears of is important."""
    text = """class A {
  void rest() {
    try { Thread.sleep(9); } catch (InterruptedException e) { log.warn("woken", e); }
  }
  void wait() {
    try { Thread.sleep(9); } catch (InterruptedException e) { }
  }
  void close() {
    try { finish(); } catch (IOException e) { }
  }
}
"""
    assert _severities(tmp_path, "src/A.java", text) == ["important", "info", "info"]

"""How much a swallowed error weighs: what a comment says, what is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.checkouts import audited
from vedette.audit.rules._weighing import says_so

HANDLERS = {
    "java": "class A {{ void f() {{ try {{ db.save(r); }} catch (SQLException e) {{ {} }} }} }}\n",
    "php": "<?php\ntry {{ $db->save($r); }} catch (Exception $e) {{ {} }}\n",
    "rb": "def f\n  db.save(r)\nrescue => e\n  {}\nend\n",
    "go": "package a\n\nfunc f() {{\n\t_ = db.Insert(r) {}\n}}\n",
}


@pytest.mark.parametrize("ending", sorted(HANDLERS))
def test_who_says_so_has_thought_of_it(ending: str, tmp_path: Path) -> None:
    """An error that is ignored with a word is for those who ask for all; a plan is no such word."""
    mark = "#" if ending == "rb" else "//"
    said = {"src/a": f"{mark} ignored here\n", "src/b": f"{mark} TODO write it again\n"}
    files = {f"{path}.{ending}": HANDLERS[ending].format(text) for path, text in said.items()}
    with audited(tmp_path, files) as done:
        words = {one.path[4]: one.severity.word for one in done.findings}
    assert words["a"] == "info"
    assert words["b"] in ("important", "routine")


@pytest.mark.parametrize(
    ("comment", "is_said"),
    [
        ("// ignore", True),
        ("/* Ignore errors. */", True),
        ("// best effort", True),
        ("// Log.log(Log.ERROR, this, io);", False),
        ("// return fmt.Errorf(name, err)", False),
        ("// We have a bigger issue to report. TODO: tell them apart", True),
        ("// TODO report this to the people in charge", False),
        ("// won't happen", True),
        ("# couldn't find a virtual package either", True),
    ],
)
def test_words_are_no_code_and_no_plans(comment: str, is_said: bool) -> None:
    """Code that was taken out, and what is to be done, say nothing of why nothing is done."""
    assert says_so(comment) is is_said


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
    try { queue.take(); } catch (InterruptedException e) { }
  }
  void close() {
    try { finish(); } catch (IOException e) { }
  }
}
"""
    assert _severities(tmp_path, "src/A.java", text) == ["important", "info", "info"]


def test_a_comment_where_nothing_is_tried(tmp_path: Path) -> None:
    """Errors of Go are values: a file with comments on them holds no try."""
    text = """package a

func load(name string) (string, error) {
\tfound, err := store.load(name)
\tif err != nil {
\t\t// ignored
\t\treturn "", nil
\t}
\treturn found, nil
}
"""
    assert _severities(tmp_path, "src/a.go", text) == ["info"]


def test_what_is_dropped_again_and_again_is_a_habit(tmp_path: Path) -> None:
    """The same call in the same way, eight times in a file, was decided once."""
    one = "try { rows.insertRow(x); } catch (DaoException e) { }"
    lines = "\n".join(f"  void a{number}() {{ {one} }}" for number in range(8))
    said = _severities(tmp_path, "src/A.java", f"class A {{\n{lines}\n}}\n")
    assert said == ["info"] * 8

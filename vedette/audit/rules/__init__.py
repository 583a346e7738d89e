"""DRAWER: one file per rule, `RULE`, a `Rule`: something by which an error is heard of by nobody.

A file's name is the rule's id with `_` for `.` and `-`. Severity, help, documentation, options and
tests follow from what it declares; its samples are what the contract test runs it over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from textwrap import dedent

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.kinds import discover

ECMA = ("javascript", "typescript", "tsx")
ALL = (*ECMA, "python", "go", "java", "php", "ruby")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A small checkout: `files` by path. `says` names what it shows, in a few words.

    Texts may be indented with the code around them and begin on the line after the quotes.
    `lines` of a bad sample are those that must be found, in order, whatever file they are in;
    without them one finding will do.
    """

    language: str
    says: str
    files: Mapping[str, str]
    lines: tuple[int, ...] = ()

    def checkout(self) -> dict[str, str]:
        """The files as they are written to disk."""
        return {path: dedent(text.removeprefix("\n")) for path, text in self.files.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The contract of a rule.

    - `id`: `swallow.catch-empty`; `severity` where nothing of the context speaks for another;
    - `title`: a few words, as tables name it; `why`: what is wrong and why, in two sentences;
      `advice`: what to do about it, in a sentence;
    - `languages`: asked only about files of these, and run only if there is one;
    - `of_file`: what is wrong in one file. Asked once of each product file, and of all others
      where the person wants those; a rule with `everywhere` is asked of these in any case;
    - `of_project`: what is wrong with the whole, or between its files. Asked once;
    - `changes`: its findings say what to write instead, at least where the code has its usual form;
      what is found is not found any more once that is written;
    - `bad`: found by it, one sample at least for each language family; `good`: not found by it.

    Both may look at everything in the project. A rule makes no requests, reads no files but
    through `project.text`, and raises nothing.
    """

    id: str
    severity: Severity
    title: str
    why: str
    advice: str
    languages: tuple[str, ...]
    of_file: Callable[[Project, FileFacts], Iterable[Finding]] | None = None
    of_project: Callable[[Project], Iterable[Finding]] | None = None
    everywhere: bool = False
    changes: bool = False
    bad: tuple[Sample, ...]
    good: tuple[Sample, ...]


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its id."""
    found: list[Rule] = [module.RULE for module in discover(__name__)]
    return {one.id: one for one in found}

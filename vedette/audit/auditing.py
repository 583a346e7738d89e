"""An audit from beginning to end: walk, read, ask the rules. Called by the command and by tests."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vedette.audit.cache import Cache
from vedette.audit.copied import copied
from vedette.audit.errors import NoFolder
from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding
from vedette.audit.outline import Outline, outline_of
from vedette.audit.project import Project
from vedette.audit.reading import Shelf, read_all
from vedette.audit.rules import Rule, rules
from vedette.audit.walk import Skipped, Source, read, walk

# More findings of one rule in one file than anybody writes by hand: a tool wrote it (spec, 3.7).
_MOST_ALIKE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a person has set for an audit.

    `reporters` are functions that report by the person's word, `benign` calls whose failure is
    nothing; `with_nonproduct` asks the rules about tests, scripts, examples and generated files,
    too. `cache` is the folder of the cache, None for none. `only` are ids of rules, empty for all.
    """

    reporters: tuple[str, ...] = ()
    benign: tuple[str, ...] = ()
    with_nonproduct: bool = False
    cache: Path | None = None
    processes: int = 0
    only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found, and what was looked at.

    `project` answers for the checkout until `close`. `errors` are files that could be read in part
    or not at all, with why.
    """

    project: Project
    findings: list[Finding]
    files: Counter[str]
    size_bytes: int
    skipped: list[Skipped]
    errors: dict[str, str]
    shelf: Shelf = field(repr=False)

    def close(self) -> None:
        """Let go of the facts."""
        self.shelf.close()


def audit(
    root: str | Path,
    chosen: Chosen = Chosen(),  # noqa: B008 -- frozen
    told: Callable[[int, str], None] = lambda count, word: None,
) -> Audit:
    """Audit the folder `root`. Raises `NoFolder`.

    `told` hears of progress: how many files are done, and with what. Nothing is written below
    `root`, nothing of it is run.
    """
    whole = os.path.realpath(root)
    if not os.path.isdir(whole):
        raise NoFolder(f"{root}: is no folder")
    skipped: list[Skipped] = []
    sources, manifests = _walked(whole, skipped)
    told(len(sources), "found")
    cache, shelf = Cache(chosen.cache), Shelf()
    try:
        skipped += read_all(
            whole,
            sources,
            cache,
            shelf,
            processes=chosen.processes,
            told=lambda count: told(count, "read"),
        )
        project, errors = _project(whole, shelf, manifests, chosen)
        findings = list(_asked(project, chosen))
    except BaseException:
        shelf.close()
        raise
    finally:
        cache.close()
    return Audit(
        project=project,
        findings=sorted(findings, key=_order),
        files=Counter(one.language for one in project.outlines.values()),
        size_bytes=sum(one.size_bytes for one in sources),
        skipped=skipped,
        errors=errors,
        shelf=shelf,
    )


def _walked(root: str, skipped: list[Skipped]) -> tuple[list[Source], dict[str, str]]:
    sources: list[Source] = []
    manifests: dict[str, str] = {}
    for one in walk(root):
        if isinstance(one, Skipped):
            skipped.append(one)
        elif one.language:
            sources.append(one)
        else:
            try:
                manifests[one.path] = read(root, one).decode("utf-8", "replace")
            except OSError as error:
                skipped.append(Skipped(one.path, f"cannot be read: {error.strerror or error}"))
    return sources, manifests


def _project(
    root: str, shelf: Shelf, manifests: dict[str, str], chosen: Chosen
) -> tuple[Project, dict[str, str]]:
    outlines: dict[str, Outline] = {}
    errors: dict[str, str] = {}
    generated = [*_attributed(manifests, shelf.paths()), *_compiled(set(shelf.paths()))]
    holders: dict[str, str] = {}
    for path in shelf.paths():
        facts = shelf.get(path)
        holders[path] = facts.holder
        if facts.error:
            errors[path] = facts.error
        if facts.is_generated:
            generated.append(path)
        outlines[path] = outline_of(facts)
    generated += copied(holders)
    project = Project(
        root,
        outlines,
        manifests,
        shelf.get,
        generated=generated,
        reporters=chosen.reporters,
        benign=chosen.benign,
    )
    return project, errors


def _attributed(manifests: dict[str, str], paths: list[str]) -> list[str]:
    """Files that a `.gitattributes` calls generated or vendored, below the folder it stands in."""
    from fnmatch import fnmatchcase

    patterns = [
        f"{path.removesuffix('.gitattributes')}{words[0].lstrip('/')}"
        for path, text in manifests.items()
        if path.endswith(".gitattributes")
        for line in text.splitlines()
        if (words := line.split())
        and any(
            word in ("linguist-generated", "linguist-generated=true", "linguist-vendored")
            for word in words[1:]
        )
    ]
    return [path for path in paths if any(fnmatchcase(path, one) for one in patterns)]


def _compiled(paths: set[str]) -> Iterator[str]:
    """JavaScript whose TypeScript stands beside it, or in `src` where it stands in `lib`."""
    for path in paths:
        stem, dot, ending = path.rpartition(".")
        if dot and ending in ("js", "jsx", "mjs", "cjs"):
            beside = (stem, stem.replace("/lib/", "/src/", 1), stem.replace("lib/", "src/", 1))
            if any(f"{one}{typed}" in paths for one in beside for typed in (".ts", ".tsx")):
                yield path


def _asked(project: Project, chosen: Chosen) -> Iterator[Finding]:
    present = {one.language for one in project.outlines.values()}
    asked = [
        one
        for one in rules().values()
        if present.intersection(one.languages) and (not chosen.only or one.id in chosen.only)
    ]
    of_file = [one for one in asked if one.of_file is not None]
    for path in project.outlines:
        is_product = project.is_product(path) or chosen.with_nonproduct
        yield from _of_file(project, path, [one for one in of_file if is_product or one.everywhere])
    for rule in asked:
        if rule.of_project is not None:
            yield from rule.of_project(project)


def _of_file(project: Project, path: str, asked: Iterable[Rule]) -> Iterator[Finding]:
    language = project.outlines[path].language
    wanted = [one for one in asked if language in one.languages]
    if not wanted:
        return
    facts: FileFacts = project.facts(path)
    for rule in wanted:
        if rule.of_file is None:
            continue
        found = list(rule.of_file(project, facts))
        if len({one.what for one in found}) > 1 or len(found) <= _MOST_ALIKE:
            yield from found


def _order(finding: Finding) -> tuple[int, str, int, str]:
    return (-finding.severity, finding.path, finding.line, finding.rule)

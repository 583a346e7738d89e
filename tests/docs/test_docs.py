"""The documentation keeps up with the product."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from vedette.commands.settings import markdown
from vedette.kinds import discover

ROOT = Path(__file__).parent.parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_PATH = re.compile(r"`((?:vedette|tests|benchmarks|tools)/[\w/.]*[\w/])`")

each = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@each
def test_every_link_leads_somewhere(page: Path) -> None:
    """Files exist, and so do the headings that links name."""
    broken = []
    for target in _LINK.findall(_CODE.sub("", page.read_text())):
        if "://" in target:
            continue
        name, _, anchor = unquote(target).partition("#")
        found = (page.parent / name).resolve() if name else page
        if not found.exists() or (anchor and anchor not in _anchors(found)):
            broken.append(target)
    assert broken == []


@each
def test_every_named_path_exists(page: Path) -> None:
    """A file or folder of the product that a page names is there."""
    if page.name == "extending.md":  # its recipes name files that are to be written
        pytest.skip("names examples")
    named = _PATH.findall(_CODE.sub("", page.read_text()))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_drawers_of_the_recipes_exist() -> None:
    """Each place in the table of recipes is there."""
    table = (ROOT / "docs" / "extending.md").read_text().partition("\n## ")[0]
    named = re.findall(r"`((?:vedette|tests|benchmarks)/[\w/.]+)`", table)
    assert len(named) > 12
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_settings_page_lists_every_setting() -> None:
    """Its table is what `vedette settings --markdown` prints."""
    page = (ROOT / "docs" / "configure.md").read_text()
    assert "\n".join(markdown()) in page, "run: vedette settings --markdown"


def test_every_command_is_documented() -> None:
    """Each command of the drawer is named on some page."""
    text = "\n".join(page.read_text() for page in PAGES)
    commands = [module.NAME for module in discover("vedette.commands")]
    unnamed = {"migrate"}  # `vedette serve` runs it
    assert [n for n in commands if f"vedette {n}" not in text and n not in unnamed] == []


def test_every_page_is_in_the_index() -> None:
    """Nobody has to know a page to find it."""
    index = (ROOT / "docs" / "index.md").read_text()
    docs = ROOT / "docs"
    pages = {str(page.relative_to(docs)) for page in docs.rglob("*.md")} - {"index.md"}
    assert {name for name in pages if f"({name})" not in index} == set()


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(_CODE.sub("", page.read_text()))
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}

"""How budgets stand, read beside the models that own the tables."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vedette import clock
from vedette.config import Config
from vedette.ingest.budgets import Budget, Standing
from vedette.ingest.quota_source import QuotaSource
from vedette.options._limits import begin_of
from vedette.spool.identity import identity_of

NOON = 1_795_780_800.0  # 2026-11-27, 12:00 UTC


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """No period ends in the middle of a test."""
    clock.turn(NOON - clock.timestamp())
    yield
    clock.turn(0)


class Metadata:
    """A copy of the product's own tables, with two organisations: 1 has projects 1, 2; 2 has 3."""

    def __init__(self, folder: Path) -> None:
        self.config = Config(data=folder)
        self._path = folder / "vedette.sqlite3"
        for number in (1, 2):
            self._insert("accounts_organization", id=number, slug=f"o{number}", name="O")
        for project, organization in ((1, 1), (2, 1), (3, 2)):
            self._insert(
                "projects_project", id=project, organization_id=organization, slug=str(project)
            )
        spool = identity_of(self.config.spool_folder)
        for writer, position in ((f"web-0@{spool}", 77), ("web-0@other", 5), ("web-1", 6)):
            self._insert("issues_spoolposition", writer=writer, position=position)

    def choose(self, organization: int | None, project: int | None, **chosen: Any) -> None:
        self._insert(
            "control_choice", organization_id=organization, project_id=project, group="quotas",
            chosen=json.dumps(chosen),
        )  # fmt: skip

    def use(self, project: int, span: str, quantity: int, size: int = 0, *, ago: int = 0) -> None:
        begins = begin_of(span, NOON - ago)
        self._insert(
            "usage_usage", project_id=project, category="error", span=span, begins=begins,
            quantity=quantity, size_bytes=size,
        )  # fmt: skip

    def standing(self) -> Standing:
        return QuotaSource(self.config).load()

    def _insert(self, table: str, **values: Any) -> None:
        """One row; columns that are not given get something of their type."""
        with sqlite3.connect(self._path) as database:
            columns = database.execute(f"PRAGMA table_info({table})").fetchall()
            for _, name, kind, is_needed, default, is_key in columns:
                if name not in values and is_needed and default is None and not is_key:
                    values[name] = "" if "char" in kind or "text" in kind else 0
            names = ", ".join(f'"{name}"' for name in values)
            marks = ", ".join("?" * len(values))
            database.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608
                list(values.values()),
            )
        database.close()


@pytest.fixture
def metadata(tmp_path: Path, migrated: Path) -> Metadata:
    """The tables as migrations make them."""
    shutil.copy(migrated, tmp_path / "vedette.sqlite3")
    return Metadata(tmp_path)


def used(budgets: tuple[Budget, ...]) -> list[tuple[str, str, int, int]]:
    """Whose each is, its period, what it allows and what was used."""
    return [(one.owner, one.limit.period, one.limit.most, one.used) for one in budgets]


def test_without_limits_there_is_nothing_to_know(metadata: Metadata) -> None:
    """Whatever else is set among quotas."""
    metadata.choose(None, 1, spike_protection=False)
    metadata.use(1, "month", 9)
    assert metadata.standing() == Standing()


def test_limits_of_projects_are_inherited_number_by_number(metadata: Metadata) -> None:
    """Each project has them for itself; 0 is none."""
    metadata.choose(None, None, limits={"error": {"month": 100, "day": 10}})
    metadata.choose(1, None, limits={"error": {"day": 20}})
    metadata.choose(None, 2, limits={"error": {"month": 0, "day_mb": 3}})
    metadata.use(1, "month", 7)
    metadata.use(1, "day", 5)
    metadata.use(1, "day", 99, ago=86400)
    metadata.use(2, "day", 1, 1234)
    found = metadata.standing()
    assert used(found.budgets[1]["error"]) == [
        ("project", "month", 100, 7),
        ("project", "day", 20, 5),
    ]
    assert used(found.budgets[2]["error"]) == [
        ("project", "day", 20, 1),
        ("project", "day", 3_000_000, 1234),
    ]
    assert used(found.budgets[3]["error"]) == [
        ("project", "month", 100, 0),
        ("project", "day", 10, 0),
    ]
    assert found.positions == {"web-0": 77}


def test_budgets_are_for_the_sum_of_what_is_below(metadata: Metadata) -> None:
    """An organisation's for its projects, the installation's for all; nobody inherits them."""
    metadata.choose(1, None, budgets={"error": {"month": 50}})
    metadata.choose(None, None, budgets={"error": {"minute": 9}})
    for project, quantity in ((1, 5), (2, 6), (3, 100)):
        metadata.use(project, "month", quantity)
        metadata.use(project, "minute", 1)
    found = metadata.standing().budgets
    assert used(found[2]["error"]) == [
        ("organization", "month", 50, 11),
        ("installation", "minute", 9, 3),
    ]
    assert found[1]["error"][0] is found[2]["error"][0]
    assert used(found[3]["error"]) == [("installation", "minute", 9, 3)]


@pytest.mark.parametrize(
    "written", ['{"limits": 7}', "[]", '"x"', '{"limits": {"error": {"month": "no"}}}']
)
def test_what_cannot_be_used_limits_nobody(metadata: Metadata, written: str) -> None:
    """And keeps nobody's own limit from counting."""
    metadata.choose(None, 1, limits={"error": {"month": 5}})
    metadata._insert("control_choice", project_id=2, group="quotas", chosen=json.dumps({}))
    with sqlite3.connect(metadata._path) as database:
        database.execute("UPDATE control_choice SET chosen = ? WHERE project_id = 2", (written,))
    database.close()
    found = metadata.standing().budgets
    assert used(found[1]["error"]) == [("project", "month", 5, 0)]
    assert 2 not in found

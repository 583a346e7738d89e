"""The door's keys, read beside the models that own them."""

from __future__ import annotations

import dataclasses
import sqlite3
import stat
from pathlib import Path

import pytest

from vedette.config import Config
from vedette.ingest.key_source import KeySource
from vedette.ingest.keys import Key

_TABLES = """
CREATE TABLE projects_project (id integer PRIMARY KEY, organization_id integer);
CREATE TABLE projects_projectkey (
    id integer, public_key text, project_id integer, is_active bool, works_until integer,
    former_project_id integer);
CREATE TABLE control_choice (
    organization_id integer, project_id integer, key_id integer, "group" text, chosen text);
INSERT INTO projects_project VALUES (7, 1), (8, 1);
INSERT INTO projects_projectkey VALUES
    (1, 'a', 7, 1, 0, 4507), (2, 'b', 8, 0, 9, 0), (3, 'c', 8, 1, 0, 0);
INSERT INTO control_choice VALUES
    (NULL, 7, NULL, 'intake', '{"origins": ["Shop.example", "*.x.org"]}'),
    (NULL, NULL, 2, 'intake', '{"events_per_minute": 30, "networks": ["10.0.0.0/8"]}'),
    (1, NULL, NULL, 'intake', '{"kinds": ["error"]}'),
    (NULL, NULL, NULL, 'other', '{"events_per_minute": 1}');
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A folder with two projects."""
    with sqlite3.connect(tmp_path / "vedette.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(_TABLES)
    database.close()
    return Config(data=tmp_path, project_events_per_minute=5)


KEYS = {
    "a": Key(7, True, 5, ("shop.example", "*.x.org"), kinds=("error",), former_project_id=4507),
    "b": Key(8, False, 30, networks=("10.0.0.0/8",), kinds=("error",), works_until=9.0),
    "c": Key(8, True, 5, kinds=("error",)),
}


def test_keys_come_from_the_metadata(config: Config) -> None:
    """With their project and state, and what the places they belong to let in."""
    assert KeySource(config).load() == KEYS


def test_a_door_starts_with_the_last_keys_while_the_database_is_away(config: Config) -> None:
    """The copy is for the owner's eyes; keys that are known already are not replaced by it."""
    source = KeySource(config)
    source.load()
    copy = config.data / "keys.copy"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    (config.data / "vedette.sqlite3").rename(config.data / "away")
    assert KeySource(config).load() == KEYS
    with pytest.raises(sqlite3.OperationalError):
        source.load()


def test_without_database_and_copy_the_start_fails(tmp_path: Path) -> None:
    """A door that knows nobody would refuse everybody."""
    with pytest.raises(sqlite3.OperationalError):
        KeySource(Config(data=tmp_path)).load()


def test_a_changed_key_is_read_and_copied(config: Config) -> None:
    """The copy follows."""
    source = KeySource(config)
    source.load()
    with sqlite3.connect(config.data / "vedette.sqlite3") as database:
        database.execute("UPDATE projects_projectkey SET is_active = 0")
    database.close()
    expected = {name: dataclasses.replace(key, is_active=False) for name, key in KEYS.items()}
    assert source.load() == expected
    (config.data / "vedette.sqlite3").unlink()
    assert KeySource(config).load() == expected


def test_keys_count_where_their_copy_cannot_be_written(config: Config) -> None:
    """A key that was ended opens nothing any more, also while the disk is full."""
    (config.data / "keys.copy").mkdir()  # nothing can be put in its place
    source = KeySource(config)
    assert source.load() == KEYS
    with sqlite3.connect(config.data / "vedette.sqlite3") as database:
        database.execute("UPDATE projects_projectkey SET is_active = 0")
    database.close()
    assert not any(key.is_active for key in source.load().values())


def test_what_has_not_changed_is_not_worked_out_again(config: Config) -> None:
    """Thousands of keys cost a door nothing every few seconds; whatever changes counts."""
    source = KeySource(config)
    first = source.load()
    assert source.load() is first
    with sqlite3.connect(config.data / "vedette.sqlite3") as database:
        database.execute("UPDATE control_choice SET chosen = '{}' WHERE project_id = 7")
    database.close()
    assert source.load()["a"].allowed_domains == ()


@pytest.mark.parametrize("written", ["strict", '"strict"', "[1]", "7"])
def test_a_choice_that_somebody_else_wrote_costs_no_key(config: Config, written: str) -> None:
    """It says nothing."""
    with sqlite3.connect(config.data / "vedette.sqlite3") as database:
        database.execute("UPDATE control_choice SET chosen = ? WHERE project_id = 7", (written,))
    database.close()
    found = KeySource(config).load()["a"]
    assert found == Key(7, True, 5, kinds=("error",), former_project_id=4507)

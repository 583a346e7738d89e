"""What others wrote and a team copied is no product of the team's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.checkouts import audited

SWALLOWS = "<?php\n%s\ntry { $db->save($row); } catch (Exception $e) { }\n"
LIBRARY = "/**\n * @copyright 2004-2016 Ada Lovelace\n * @license BSD\n */"
OURS = "/* Copyright (c) 2020 The Engine Authors. All rights reserved. */"


def _checkout(header: str, count: int = 30) -> dict[str, str]:
    return {f"src/own{number}.php": SWALLOWS % header for number in range(count)}


def _copied(tmp_path: Path, files: dict[str, str]) -> list[str]:
    with audited(tmp_path, files) as done:
        return [path for path in files if done.project.standing(path) == "generated"]


def test_a_file_with_another_holder_is_copied(tmp_path: Path) -> None:
    """Where nearly no file names a holder of rights, one with a licence of another's is theirs."""
    files = _checkout("") | {"src/Reader.php": SWALLOWS % LIBRARY}
    assert _copied(tmp_path, files) == ["src/Reader.php"]


def test_a_folder_of_another_holder_is_copied(tmp_path: Path) -> None:
    """With those of its files that say nothing."""
    library = {f"src/reader/part{number}.php": SWALLOWS % LIBRARY for number in range(5)}
    files = _checkout("") | library | {"src/reader/deep/plain.php": SWALLOWS % ""}
    assert _copied(tmp_path, files) == [*library, "src/reader/deep/plain.php"]


def test_contributors_write_what_is_ours(tmp_path: Path) -> None:
    """A file beside files of the team's is the team's, whoever has put a name above it."""
    files = _checkout(OURS) | {
        "src/new.php": SWALLOWS % LIBRARY,
        "src/other/reader.php": SWALLOWS % LIBRARY,
        "src/other/plain.php": SWALLOWS % "",
    }
    assert _copied(tmp_path, files) == ["src/other/reader.php"]


@pytest.mark.parametrize(
    "files",
    [
        _checkout("", 10) | {"src/Reader.php": SWALLOWS % LIBRARY},
        _checkout(OURS, 15) | {f"a/{number}.php": SWALLOWS % LIBRARY for number in range(15)},
        _checkout("", 30) | {f"a/{number}.php": SWALLOWS % LIBRARY for number in range(12)},
        _checkout("") | {"src/a.php": SWALLOWS % "$said = '(c) 2004 Ada Lovelace, licensed';"},
        _checkout("") | {"src/a.php": SWALLOWS % "// Copyright 2004 Ada Lovelace"},
    ],
    ids=["few files", "halves", "too large a part", "a text in the code", "no licence"],
)
def test_what_may_be_ours_is_product(tmp_path: Path, files: dict[str, str]) -> None:
    """Nothing is taken out of an audit by a guess."""
    assert _copied(tmp_path, files) == []


def test_git_attributes_hold_below_their_folder(tmp_path: Path) -> None:
    """A pattern for everything says nothing about what stands elsewhere."""
    files = {
        "made/.gitattributes": "*.php linguist-generated\n",
        "made/a.php": SWALLOWS % "",
        "src/a.php": SWALLOWS % "",
    }
    assert _copied(tmp_path, files) == ["made/a.php"]


def test_a_framework_with_its_version_is_copied(tmp_path: Path) -> None:
    """As its first comment says, without the mark of what is kept."""
    head = (
        "/*  Pattern JavaScript framework, version 1.7\n *  (c) 2010 Ada Lovelace, MIT licensed */"
    )
    files = {
        "web/pattern.js": f"{head}\nasync function a() {{ try {{ await b() }} catch (e) {{}} }}\n"
    }
    assert _copied(tmp_path, files) == ["web/pattern.js"]

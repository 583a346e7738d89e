"""Maps are read exactly, and what is no map is said to be none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from vedette.blobs.packed import PackedFolder
from vedette.sourcemaps import trial
from vedette.sourcemaps.maps import MapCache, SourceMap
from vedette.sourcemaps.trial import failing
from vedette.sourcemaps.validity import MalformedMap

# A number of more digits than its value needs: allowed, and more than the library reads.
_TOO_LONG = {"validMappingLargeVLQ"}
MAP = json.dumps(
    {
        "version": 3,
        "sources": ["till.ts"],
        "sourcesContent": ["one\ntwo\nthree\n"],
        "names": [],
        "mappings": "IAAA;;IACA",
    }
).encode()


def _cases(fixtures: Path) -> list[dict[str, Any]]:
    found = json.loads((fixtures / "sourcemaps/tc39/source-map-spec-tests.json").read_text())
    cases: list[dict[str, Any]] = found["tests"]
    assert len(cases) > 80
    return cases


def test_every_mapping_of_the_specification_is_exact(fixtures: Path) -> None:
    """The tests of TC39: source, line, column and name of each position that they name."""
    resources, checked = fixtures / "sourcemaps/tc39/resources", 0
    for case in _cases(fixtures):
        actions = [a for a in case.get("testActions", ()) if a["actionType"] == "checkMapping"]
        if not actions:
            continue
        script = (resources / case["baseFile"]).read_bytes()
        source_map = SourceMap((resources / case["sourceMapFile"]).read_bytes(), script)
        for action in actions:
            token = source_map.lookup(action["generatedLine"] + 1, action["generatedColumn"] + 1)
            found = token and (token.source or None, token.line - 1, token.column - 1)
            source = action["originalSource"], action["originalLine"], action["originalColumn"]
            assert found == (source if action["originalLine"] is not None else None), case["name"]
            assert (token.name or None if token else None) == action["mappedName"], case["name"]
            checked += 1
    assert checked > 60


def test_the_specification_decides_what_is_a_map(fixtures: Path) -> None:
    """A map that is none is refused in words, never read as an empty one and never a crash."""
    resources = fixtures / "sourcemaps/tc39/resources"
    for case in _cases(fixtures):
        raw = (resources / case["sourceMapFile"]).read_bytes()
        if case["name"] not in _TOO_LONG:
            assert bool(_refusal(raw)) is not case["sourceMapIsValid"], case["name"]


def _refusal(raw: bytes) -> str:
    """Why the bytes are no map; empty if they are one."""
    try:
        SourceMap(raw, b"")
    except MalformedMap as error:
        return str(error)
    return ""


@pytest.mark.parametrize("bundle", ["preact", "simple"])
def test_every_look_up_in_real_bundles_is_exact(fixtures: Path, bundle: str) -> None:
    """Place, function, name and the lines around it."""
    folder = fixtures / "sourcemaps" / bundle
    about = json.loads((folder / "lookups.json").read_text())
    source_map = SourceMap(
        (folder / about["map"]).read_bytes(), (folder / about["js"]).read_bytes()
    )
    assert len(about["cases"]) > 10
    for case in about["cases"]:
        token = source_map.lookup(case["line"], case["column_1based"])
        assert token is not None
        found = (token.source, token.line, token.column, token.name or None)
        assert found == (case["src"], case["src_line"], case["src_col"], case["name"])
        assert token.function == case["function"]
        assert (token.line_text or None) == case["context_line"]
        assert token.before[-3:] == case["pre_context"]
        assert token.after[:3] == case["post_context"]


def test_a_position_outside_is_nowhere() -> None:
    """Before the first mapping, on a line without any, beyond the end, and no position at all."""
    source_map = SourceMap(MAP, b"abcdefgh\nxyz\nabcdefgh")
    assert source_map.lookup(1, 5) is not None
    for line, column in ((1, 1), (2, 1), (4, 1), (0, 0), (-1, 5), (1 << 40, 1), (1, 1 << 40)):
        assert source_map.lookup(line, column) is None
    assert source_map.has_position(3, 8)
    assert not source_map.has_position(3, 80)
    assert not source_map.has_position(4, 1)


def test_sections_and_a_guarded_map_are_read() -> None:
    """An index map, and one behind the line that keeps browsers from running it."""
    section = {"offset": {"line": 0, "column": 0}, "map": json.loads(MAP)}
    later = {"offset": {"line": 10, "column": 0}, "map": json.loads(MAP)}
    sectioned = json.dumps({"version": 3, "sections": [section, later]}).encode()
    found = SourceMap(sectioned, b"").lookup(13, 5)
    assert found is not None
    assert (found.source, found.line, found.line_text) == ("till.ts", 2, "two\n")
    guarded = SourceMap(b")]}'\n" + MAP, b"").lookup(1, 5)
    assert guarded is not None
    assert guarded.line_text == "one\n"


def test_a_large_map_reads_as_a_small_one() -> None:
    """Its texts are left aside until they are needed; the lines are the same."""
    small = {**json.loads(MAP), "sourcesContent": ["one\n\nthree\r\n"]}
    large = {**small, "sources": ["till.ts", "other.ts"], "x_padding": "x" * 100_000}
    large["sourcesContent"] = [*small["sourcesContent"], None]
    for line in (1, 3):
        one = SourceMap(json.dumps(small).encode(), b"").lookup(line, 5)
        other = SourceMap(json.dumps(large).encode(), b"").lookup(line, 5)
        assert one is not None
        assert other is not None
        strip = [
            [text.rstrip("\n") for text in (*t.before, t.line_text or "", *t.after)]
            for t in (one, other)
        ]
        assert strip[0] == strip[1]
        assert (one.source, one.line, one.column) == (other.source, other.line, other.column)


def test_hermes_names_its_functions() -> None:
    """React Native's engine: functions by the map's own table, without the script."""
    table = [{"names": ["<global>", "pay"], "mappings": "AAA;ACC"}]
    held = {**json.loads(MAP), "mappings": "AAAA,IACA", "x_facebook_sources": [table]}
    token = SourceMap(json.dumps(held).encode(), b"").lookup(1, 5)
    assert token is not None
    assert (token.function, token.line) == ("pay", 2)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"<!doctype html><title>Not found</title>",
        b"[]",
        b"[" * 100_000,
        b'{"version":3}',
        MAP[:-20],
        MAP.replace(b'"IAAA', b'"I\xc3\x9f'),
    ],
)
def test_rubbish_is_no_map(raw: bytes) -> None:
    """An error page, a torn file, deep nesting."""
    with pytest.raises(MalformedMap):
        SourceMap(raw, b"")


def test_scripts_built_to_end_the_process_are_found_out(tmp_path: Path) -> None:
    """Deep nesting of any kind; what is only no JavaScript is no danger."""
    folder = PackedFolder(tmp_path)
    good = [b"", b"function pay(){throw 1}", b"\x00\xff", b"<!doctype html>", b"(" * 100]
    bad = [b"(" * 100_000, b"function a(){" * 20_000, b"!" * 2_000_000 + b"a"]
    names = [folder.put(script) for script in (*good, *bad)]
    order = [names[5], *names[:4], names[6], names[7], names[4]]
    assert failing(tmp_path, order) == set(names[5:])
    assert failing(tmp_path, []) == set()


def test_the_hot_maps_stay_within_the_bound() -> None:
    """The one that was used last is kept; the bound is one of bytes."""
    most = 3 * SourceMap(MAP, b"").size_bytes
    cache = MapCache(most_bytes=most)
    reads: list[str] = []

    def get(name: str, raw: bytes = MAP) -> None:
        def read() -> tuple[bytes, bytes]:
            reads.append(name)
            return raw, b""

        cache.get((name, ""), read)

    for name in ("a", "b", "c", "a", "d", "a", "b"):
        get(name)
    assert reads == ["a", "b", "c", "d", "b"]
    assert cache.size_bytes <= most
    for _ in range(2):
        with pytest.raises(MalformedMap):
            get("bad", b"{}")
    assert reads.count("bad") == 1


def test_a_build_of_many_such_scripts_is_found_out_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process is started for each that fails, so not for all of them."""
    started: list[int] = []
    real = trial._survivors

    def survivors(folder: Path, names: Sequence[str]) -> int:
        started.append(len(names))
        return real(folder, names)

    monkeypatch.setattr(trial, "_survivors", survivors)
    folder = PackedFolder(tmp_path)
    bad = [folder.put(b"(" * 100_000 + b"%d" % number) for number in range(30)]
    assert failing(tmp_path, bad) == set(bad)
    assert len(started) < 10


def test_the_texts_of_a_map_are_told_from_a_list_that_looks_the_same() -> None:
    """The sources may be called by what they hold."""
    text = "x" * 70_000
    raw = json.dumps(
        {"version": 3, "sources": [text], "sourcesContent": [text], "mappings": "AAAA"}
    ).encode()
    token = SourceMap(raw, b"").lookup(1, 1)
    assert token is not None
    assert (token.source, token.line_text) == (text, text)


@pytest.mark.parametrize(
    "before", [b"\xef\xbb\xbf", b")]}'\n", b")]}\n", b")]}'", b"\xef\xbb\xbf)]}'\r\n"]
)
def test_what_servers_and_editors_put_before_a_map_is_no_part_of_it(before: bytes) -> None:
    """A byte order mark, and the line that keeps a page from running the map."""
    token = SourceMap(before + MAP, b"").lookup(1, 5)
    assert token is not None
    assert (token.source, token.line_text) == ("till.ts", "one\n")


def test_a_line_that_means_the_same_as_the_line_before_is_read() -> None:
    """As in bundles that are not minified: several lines were made of one."""
    raw = json.dumps(
        {
            "version": 3,
            "sources": ["till.ts"],
            "names": [],
            "mappings": "AAAA;AAAA;;IAAA,IAAC;A,IAAA",
        }
    ).encode()
    source_map = SourceMap(raw, b"")
    places = {
        (line, column): (token.line, token.column)
        for line in range(1, 7)
        for column in (1, 5, 9)
        if (token := source_map.lookup(line, column)) is not None
    }
    start, second = (1, 1), (1, 2)
    assert places == {
        **{(line, column): start for line in (1, 2) for column in (1, 5, 9)},
        (4, 5): start,
        (4, 9): second,
        **{(5, column): second for column in (5, 9)},
    }


def test_the_lines_of_a_source_are_its_lines(tmp_path: Path) -> None:
    """In large maps as in small ones, also the empty and the last, with whatever break."""
    text = "eins\r\nzwei 😀\n\nvier\n" + "x" * 70_000
    raw = json.dumps(
        {
            "version": 3,
            "sources": ["till.ts"],
            "sourcesContent": [text],
            "names": [],
            "mappings": "AAAA;AACA;AACA;AACA;AACA;AACA",
        }
    ).encode()
    source_map = SourceMap(raw, b"")
    lines = text.splitlines(keepends=True)
    for number in range(1, 6):
        token = source_map.lookup(number, 1)
        assert token is not None
        assert token.line_text == lines[number - 1]
        assert token.before == lines[: number - 1]
        assert token.after == lines[number:]
    beyond = source_map.lookup(6, 1)
    assert beyond is not None
    assert beyond.line_text is None

"""Frames of scripts are read through what was uploaded, and each says what came of it."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.artifacts.bundling import CALLER, DEBUG_ID, FILES, MAP, SCRIPT, bundle, upload
from tests.artifacts.reading import APP, CALL, FRAME, Reader, event, frames_of, verdict_of
from tests.web.world import World
from vedette.artifacts.bundles import remove_bundle
from vedette.artifacts.models import Bundle, FrameTally
from vedette.blobs.packed import PackedFolder

SCRIPT_FILE, MAP_FILE = FILES


@pytest.fixture
def reader(world: World, folder: PackedFolder) -> Reader:
    """Events of the shop."""
    return Reader(world, folder)


def files(**changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The bundle's files with changes of the script and the map."""
    made = copy.deepcopy(FILES)
    made[SCRIPT_FILE].update(changes.get("script", {}))
    made[MAP_FILE].update(changes.get("map", {}))
    return made


def test_a_frame_is_read_by_its_debug_id(token: Client, reader: Reader) -> None:
    """Function, file, line, the lines around it, whose code it is, and the title of the issue."""
    upload(token, bundle())
    stored = reader.send(event(debug_id=DEBUG_ID))
    (frame,) = frames_of(stored)
    assert (frame["function"], frame["filename"]) == ("pay", "src/till.ts")
    assert (frame["lineno"], frame["colno"]) == (2, 9)
    assert frame["abs_path"] == "~/src/till.ts"
    assert frame["context_line"] == "  throw new RangeError(`no ${total}`);"
    assert frame["pre_context"] == ["export function pay(total: number) {"]
    assert frame["post_context"][0] == "}"
    assert frame["in_app"] is True
    assert verdict_of(frame) == "applied"
    assert frames_of(stored, "raw_stacktrace") == [FRAME]
    assert "src/till.ts" in reader.issue().culprit + reader.issue().filename


def test_the_same_bug_of_two_builds_is_one_issue(token: Client, reader: Reader) -> None:
    """Grouping sees the original names: another minifier's name and column change nothing."""
    upload(token, bundle())
    moved = MAP["mappings"].replace("SAASA,EAAIC", "SAASA,GAAIC")
    other = "9" * 8 + DEBUG_ID[8:]
    again = files(
        script={
            "content": SCRIPT.replace("o(r)", "qq(r)"),
            "headers": {"debug-id": other, "sourcemap": "app.js.map"},
        },
        map={
            "content": json.dumps({**MAP, "mappings": moved}),
            "headers": {"debug-id": other},
        },
    )
    upload(token, bundle(again))
    first = event(debug_id=DEBUG_ID)
    second = event({**FRAME, "function": "qq", "colno": 28}, debug_id=other)
    reader.send(first)
    reader.send(second)
    assert reader.row(first["event_id"])["group_id"] == reader.row(second["event_id"])["group_id"]


@pytest.mark.parametrize(
    "url",
    [
        "~/assets/app.js",
        "https://shop.example/assets/app.js",
        "/assets/app.js",
        "https://shop.example/assets/app.js?v=3",
    ],
)
def test_a_frame_is_read_by_release_and_address(token: Client, reader: Reader, url: str) -> None:
    """Whatever host, with a query and a hash in the frame's address."""
    plain = files(script={"url": url, "headers": {"sourcemap": "app.js.map"}}, map={"headers": {}})
    plain[MAP_FILE]["url"] = url.partition("?")[0] + ".map"
    upload(token, bundle(plain), version="shop@1.0")
    sent = {**FRAME, "abs_path": f"{APP}?v=3#top"}
    assert reader.frame(event(sent, release="shop@1.0"))["function"] == "pay"
    assert verdict_of(reader.frame(event(sent, release="shop@2.0"))) == "no_debug_id"


def test_builds_of_a_release_are_told_apart(token: Client, reader: Reader) -> None:
    """A file of one dist is not that of another."""
    plain = files(script={"headers": {"sourcemap": "app.js.map"}}, map={"headers": {}})
    upload(token, bundle(plain), version="shop@1.0", dist="ios")
    assert reader.frame(event(release="shop@1.0", dist="ios"))["function"] == "pay"
    assert verdict_of(reader.frame(event(release="shop@1.0", dist="android"))) == "no_debug_id"


def test_a_map_inside_the_script_is_read(token: Client, reader: Reader) -> None:
    """A data: address in the last comment."""
    inner = base64.b64encode(json.dumps(MAP).encode()).decode()
    comment = f"//# sourceMappingURL=data:application/json;charset=utf-8;base64,{inner}\n"
    inline = files(
        script={
            "content": SCRIPT.partition("//#")[0] + comment,
            "headers": {"debug-id": DEBUG_ID},
        }
    )
    del inline[MAP_FILE]
    upload(token, bundle(inline), version="shop@1.0")
    assert reader.frame(event(debug_id=DEBUG_ID))["function"] == "pay"
    assert reader.frame(event(release="shop@1.0"))["function"] == "pay"


def test_the_caller_names_a_function_without_a_name(token: Client, reader: Reader) -> None:
    """An unnamed function is called as the source calls it where it is called."""
    upload(token, bundle())
    nameless = {**FRAME, "colno": 79, "function": "?"}
    stored = reader.send(event(CALL, nameless, debug_id=DEBUG_ID))
    assert [frame["function"] for frame in frames_of(stored)][-1] == "pay"


VERDICTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("no_debug_id", {}, {"debug_id": ""}),
    ("no_artifact", {}, {"debug_id": "0" * 8 + DEBUG_ID[8:]}),
    ("malformed", {"map": {"content": "<!doctype html>"}}, {}),
    ("malformed", {"map": {"content": '{"version": 3}'}}, {}),
    ("outside", {"map": {"content": json.dumps({**MAP, "mappings": ""})}}, {}),
    ("other_build", {}, {"lineno": 9}),
    ("other_build", {}, {"colno": 900}),
    ("other_build", {"map": {"content": json.dumps({**MAP, "debugId": "0" * 32})}}, {}),
    ("source_missing", {"map": {"content": json.dumps({**MAP, "sourcesContent": None})}}, {}),
]


@pytest.mark.parametrize(("verdict", "changes", "sent"), VERDICTS)
def test_a_frame_says_what_is_wrong(
    token: Client, reader: Reader, verdict: str, changes: Any, sent: dict[str, Any]
) -> None:
    """Everything that can go wrong with an upload; the frame stays as it was sent."""
    upload(token, bundle(files(**changes)))
    debug_id = sent.get("debug_id", DEBUG_ID)
    place = {key: value for key, value in sent.items() if key != "debug_id"}
    frame = reader.frame(event({**FRAME, **place}, debug_id=debug_id))
    assert verdict_of(frame) == verdict
    if verdict != "source_missing":
        assert frame["abs_path"] == APP
        assert "context_line" not in frame
    else:
        assert (frame["function"], frame["lineno"]) == ("pay", 2)


def test_a_script_without_its_map_says_so(token: Client, reader: Reader) -> None:
    """By debug id and by release."""
    alone = {SCRIPT_FILE: FILES[SCRIPT_FILE]}
    upload(token, bundle(alone), version="shop@1.0")
    assert verdict_of(reader.frame(event(debug_id=DEBUG_ID))) == "map_missing"
    assert verdict_of(reader.frame(event(release="shop@1.0"))) == "map_missing"


def test_a_map_of_another_build_of_the_release_is_found_out(token: Client, reader: Reader) -> None:
    """The function that the browser names does not occur in the script that was uploaded."""
    plain = files(script={"headers": {"sourcemap": "app.js.map"}}, map={"headers": {}})
    upload(token, bundle(plain), version="shop@1.0")
    frame = reader.frame(event({**FRAME, "function": "zz"}, release="shop@1.0"))
    assert verdict_of(frame) == "other_build"


@pytest.mark.parametrize(
    "frame",
    [
        {"filename": "<anonymous>"},
        {"abs_path": "https://shop.example/cart", "function": "onclick"},
        {"abs_path": "node:internal/process/task_queues"},
        {"abs_path": "chrome-extension://abc/inject.js"},
        {"abs_path": "/app/node_modules/express/lib/router.js", "platform": "node"},
        {"abs_path": "/app/server.js", "platform": "node", "context_line": "pay()"},
        {"abs_path": "shop/till.py", "platform": "python"},
        {"abs_path": APP, "lineno": None},
        {"abs_path": 7},
        {},
    ],
)
def test_a_frame_that_needs_no_map_has_no_verdict(
    token: Client, reader: Reader, frame: dict[str, Any]
) -> None:
    """Built-in code, a page's own script, packages in Node, other languages."""
    upload(token, bundle())
    assert verdict_of(reader.frame(event({"lineno": 1, "colno": 1, **frame}))) == ""


def test_a_project_without_files_is_left_alone(token: Client, reader: Reader) -> None:
    """Its events are stored as they come."""
    upload(token, bundle(), projects=["web"])
    stored = reader.send(event(debug_id=DEBUG_ID))
    assert frames_of(stored) == [FRAME]
    read = reader.send(event(debug_id=DEBUG_ID), reader.world.web)
    assert verdict_of(frames_of(read)[-1]) == "applied"


def test_what_is_uploaded_counts_at_once_and_what_is_removed_soon(
    token: Client, reader: Reader
) -> None:
    """Answers are kept only as long as the project's files are the same."""
    upload(token, bundle({SCRIPT_FILE: FILES[SCRIPT_FILE]}))
    assert verdict_of(reader.frame(event(debug_id=DEBUG_ID))) == "map_missing"
    upload(token, bundle())
    assert verdict_of(reader.frame(event(debug_id=DEBUG_ID))) == "applied"
    for held in Bundle.objects.all():
        remove_bundle(held)
    reader.context.refresh()  # within two seconds
    assert verdict_of(reader.frame(event(debug_id=DEBUG_ID))) == "no_artifact"


def test_threads_and_bare_stacks_are_read_too(token: Client, reader: Reader) -> None:
    """Wherever an event has frames."""
    upload(token, bundle())
    sent = event(debug_id=DEBUG_ID)
    stack = sent.pop("exception")["values"][0]["stacktrace"]
    sent |= {"threads": {"values": [{"id": 1, "stacktrace": stack}]}, "stacktrace": stack}
    stored = reader.send({**sent, "message": "no"})
    for holder in (stored, stored["threads"]["values"][0]):
        assert holder["stacktrace"]["frames"][0]["function"] == "pay"
        assert holder["raw_stacktrace"]["frames"] == [FRAME]


def test_the_rest_of_an_event_stays_as_it_came(token: Client, reader: Reader) -> None:
    """Numbers beyond 64 bits, and text in any script."""
    upload(token, bundle())
    extra = {"big": 10**18, "text": "naïve 🚀", "half": 0.1}
    stored = reader.send(event(debug_id=DEBUG_ID, extra=extra))
    assert stored["extra"] == extra


def test_what_came_of_frames_is_counted(token: Client, reader: Reader) -> None:
    """By release, file and verdict, as often as it happened; the bundle is known to be of use."""
    upload(token, bundle())
    for _ in range(3):
        reader.send(event(debug_id=DEBUG_ID, release="shop@1.0"))
    reader.send(event(release="shop@1.0"))
    rows = FrameTally.objects.values_list("release", "verdict", "frames", "bundle_id")
    used = Bundle.objects.get()
    assert set(rows) == {
        ("shop@1.0", "applied", 3, used.pk),
        ("shop@1.0", "no_debug_id", 1, 0),
    }
    assert used.used_at is not None


@pytest.mark.parametrize(
    ("name", "checksum"),
    [
        ("uglifyjs-minified-sourcemaps-in-bundle", "51a5a327666cf1d11e23adfd55c3becad27ae769"),
        (
            "uglifyjs-minified-sourcemaps-in-bundle-multi-file",
            "fc8564966f3dff67e1d59a984f97e0d6beb6debb",
        ),
    ],
)
def test_bundles_of_another_tracker_are_read(
    token: Client, reader: Reader, fixtures: Path, name: str, checksum: str
) -> None:
    """Real bundles and real events."""
    folder = fixtures / "events/bugsink"
    assert (
        upload(token, (folder / f"artifact_bundles/{checksum}.zip").read_bytes())["state"] == "ok"
    )
    stored = reader.send(json.loads((folder / f"{name}.json").read_text()))
    read = [frame for frame in frames_of(stored) if verdict_of(frame)]
    assert len(read) >= 3
    assert {verdict_of(frame) for frame in read} == {"applied"}
    assert {frame["function"] for frame in read} >= {"foo", "bar"}
    assert all(frame["context_line"].strip() for frame in read)


def test_names_without_end_are_cut(token: Client, reader: Reader) -> None:
    """A map may call a source and a function whatever it likes."""
    endless = {**MAP, "sources": ["x" * 100_000, "y"], "names": ["n" * 100_000, "a", "b", "c"]}
    endless["sourcesContent"] = ["z" * 100_000, ""]
    changed = json.dumps({**endless, "mappings": "AAAA"})
    upload(token, bundle(files(map={"content": changed})))
    frame = reader.frame(event(debug_id=DEBUG_ID))
    assert verdict_of(frame) == "applied"
    assert len(json.dumps(frame)) < 10_000


def test_what_must_not_be_stored_is_cut_out_of_source_lines(token: Client, reader: Reader) -> None:
    """A credential that somebody wrote into the code; code that speaks of secrets stays."""
    lines = [
        "export function pay(password: string) {",
        "  fetch('/pay', { headers: { Authorization: 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI' } });",
    ]
    changed = {**MAP, "sourcesContent": ["\n".join(lines), CALLER]}
    upload(token, bundle(files(map={"content": json.dumps(changed)})))
    frame = reader.frame(event(debug_id=DEBUG_ID))
    assert frame["pre_context"] == lines[:1]
    assert "eyJhbGciOiJIUzI1NiIsInR5cCI" not in json.dumps(frame)
    assert "Authorization" in frame["context_line"]


def test_an_event_of_very_many_maps_is_read_as_far_as_it_may_cost(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever knows a project's debug ids holds up nobody; what is hot costs nothing."""
    files: dict[str, Any] = {}
    for number in range(6):
        for name, about in FILES.items():
            own = copy.deepcopy(about)
            own["url"] = own["url"].replace("app", f"app{number}")
            own["headers"] = {"sourcemap": f"app{number}.js.map"} if name.endswith("js") else {}
            own["content"] += " " * number
            files[name.replace("app", f"app{number}")] = own
    upload(token, bundle(files), version="shop@9")
    size = len(SCRIPT) + len(json.dumps(MAP))
    monkeypatch.setattr("vedette.sourcemaps.symbolicator._MOST_COLD_BYTES", 2 * size)
    frames = [
        {**FRAME, "abs_path": f"https://shop.example/assets/app{number}.js"} for number in range(6)
    ]
    for read in (2, 4, 6):
        stored = reader.send(event(*frames, release="shop@9"))
        verdicts = [verdict_of(frame) for frame in frames_of(stored)]
        assert verdicts == ["applied"] * read + [""] * (6 - read)

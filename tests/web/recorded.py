"""Recordings of replays made by hand, and sent to the product behind the pages."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import msgspec

from tests.web.world import World
from vedette import clock
from vedette.wire.envelope import build_envelope

Event = dict[str, Any]
Node = dict[str, Any]
_numbers = count(10)


def element(tag: str, attributes: dict[str, Any] | None = None, *inner: Node, **more: Any) -> Node:
    """An element as recorders write it."""
    return {
        "type": 2,
        "tagName": tag,
        "attributes": attributes or {},
        "childNodes": list(inner),
        "id": next(_numbers),
        **more,
    }


def words(text: str, **more: Any) -> Node:
    """A text."""
    return {"type": 3, "textContent": text, "id": next(_numbers), **more}


def document(*body: Node, head: Sequence[Node] = ()) -> Node:
    """A whole page."""
    kind = {"type": 1, "name": "html", "publicId": "", "systemId": "", "id": next(_numbers)}
    page = element("html", {}, element("head", {}, *head), element("body", {}, *body))
    return {"type": 0, "childNodes": [kind, page], "id": next(_numbers)}


def whole(ms: float, page: Node, *, width: int = 800, height: int = 600) -> list[Event]:
    """A whole page at a moment, with its address and size."""
    about = {"href": "https://shop.example/lamps", "width": width, "height": height}
    data = {"node": page, "initialOffset": {"left": 0, "top": 0}}
    return [
        {"type": 4, "timestamp": ms, "data": about},
        {"type": 2, "timestamp": ms + 1, "data": data},
    ]


def change(ms: float, **data: Any) -> Event:
    """A mutation of the page."""
    none: dict[str, list[Any]] = {"adds": [], "removes": [], "texts": [], "attributes": []}
    return {"type": 3, "timestamp": ms, "data": {"source": 0, **none, **data}}


def move(ms: float, x: int = 20, y: int = 20) -> Event:
    """A move of the pointer: somebody is there."""
    at = {"x": x, "y": y, "id": 1, "timeOffset": 0}
    return {"type": 3, "timestamp": ms, "data": {"source": 1, "positions": [at]}}


def crumb(ms: float, category: str, message: str = "", **data: Any) -> Event:
    """What an SDK notes."""
    payload = {"category": category, "timestamp": ms / 1000, "message": message, "data": data}
    return {"type": 5, "timestamp": ms, "data": {"tag": "breadcrumb", "payload": payload}}


def span(ms: float, op: str, description: str, **data: Any) -> Event:
    """What an SDK measures; it writes seconds."""
    times = {"startTimestamp": ms / 1000, "endTimestamp": ms / 1000 + 0.04}
    payload = {"op": op, "description": description, **times, "data": data}
    return {
        "type": 5,
        "timestamp": ms / 1000,
        "data": {"tag": "performanceSpan", "payload": payload},
    }


def send_replay(
    world: World, replay_id: str, segments: Iterable[tuple[int, list[Event]]], **about: Any
) -> None:
    """Send segments by their numbers, with an event each."""
    now = clock.timestamp()
    for number, events in segments:
        event = {
            "replay_id": replay_id,
            "segment_id": number,
            "timestamp": now,
            "replay_start_timestamp": now - 60,
            **about,
        }
        body = b'{"segment_id":%d}\n' % number + zlib.compress(json.dumps(events).encode())
        items = [
            ({"type": "replay_event"}, json.dumps(event).encode()),
            ({"type": "replay_recording"}, body),
        ]
        envelope = build_envelope({"event_id": replay_id}, items)
        world.stage.flow.spool(envelope, project=world.shop.pk)


def send_film(world: World, replay_id: str, number: int, start: float, video: bytes) -> None:
    """Send a segment of a mobile replay: a second of video."""
    event = {
        "replay_id": replay_id,
        "segment_id": number,
        "timestamp": start / 1000 + 1,
        "replay_start_timestamp": start / 1000,
        "platform": "java",
    }
    about = {"href": "", "width": 160, "height": 120}
    events = [{"type": 4, "timestamp": at, "data": about} for at in (start, start + 1000)]
    packed = {
        "replay_event": json.dumps(event).encode(),
        "replay_recording": b'{"segment_id":%d}\n' % number + json.dumps(events).encode(),
        "replay_video": video,
    }
    item = ({"type": "replay_video"}, msgspec.msgpack.encode(packed))
    envelope = build_envelope({"event_id": replay_id}, [item])
    world.stage.flow.spool(envelope, project=world.shop.pk)


_UNSEEN = ("style", "script", "noscript", "title", "textarea")


def last_words(events: list[Event]) -> list[str]:
    """The words that a page ends with, by its events alone, in order of the alphabet."""
    nodes: dict[int, Node] = {}
    inside: dict[int, list[int]] = {}
    root = 0
    for event in sorted(events, key=lambda one: float(one["timestamp"])):
        data = event["data"]
        if event["type"] == 2:
            nodes, inside, root = {}, {}, data["node"]["id"]
            _take(data["node"], nodes, inside)
        elif event["type"] == 3 and data["source"] == 0:
            _change(data, nodes, inside)
    found: list[str] = []
    _collect(root, nodes, inside, found)
    return sorted(found)


def _take(node: Node, nodes: dict[int, Node], inside: dict[int, list[int]]) -> None:
    nodes[node["id"]] = node
    inside[node["id"]] = [child["id"] for child in node.get("childNodes", [])]
    for child in node.get("childNodes", []):
        _take(child, nodes, inside)


def _change(data: Any, nodes: dict[int, Node], inside: dict[int, list[int]]) -> None:
    for one in data.get("removes", []):
        if one["id"] in inside.get(one["parentId"], []):
            inside[one["parentId"]].remove(one["id"])
    for one in data.get("adds", []):
        parent, node = one["parentId"], one["node"]
        if node["type"] == 0 or (nodes.get(parent, {}).get("type") == 0 and node["type"] == 2):
            # a document in a frame, or the page of one, takes the place of what was there
            inside[parent] = []
        _take(node, nodes, inside)
        inside.setdefault(parent, []).append(node["id"])
    for one in data.get("texts", []):
        if one["id"] in nodes:
            nodes[one["id"]]["textContent"] = one["value"] or ""


def _collect(
    at: int, nodes: dict[int, Node], inside: dict[int, list[int]], found: list[str]
) -> None:
    node = nodes.get(at, {})
    if node.get("tagName") in _UNSEEN:
        return
    if node.get("type") == 3:
        found += node["textContent"].split()
    for child in inside.get(at, []):
        _collect(child, nodes, inside, found)

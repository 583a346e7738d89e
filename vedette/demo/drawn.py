"""A page of the demo's shop as rrweb records it: the whole of it, and what is done on it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final

WIDTH: Final = 1280
HEIGHT: Final = 720
# Where what can be clicked lies, in pixels.
PLACES: Final = {"lamp": (220, 290), "buy": (220, 470), "pay": (980, 560), "coupon": (980, 430)}
_STYLE = (
    "body{margin:0;font:16px system-ui;color:#222;background:#fafafa}"
    "header{height:64px;padding:0 40px;display:flex;align-items:center;background:#2b3a55;"
    "color:#fff;font-size:22px}main{display:flex;gap:32px;padding:40px}"
    ".card{width:360px;height:440px;background:#fff;border:1px solid #ddd;border-radius:8px;"
    "padding:24px;box-sizing:border-box}.picture{height:220px;background:#f2d492;"
    "border-radius:6px}button{height:48px;width:160px;border:0;border-radius:6px;"
    "background:#2b3a55;color:#fff;font-size:16px}.cart{margin-left:auto}"
    ".error{color:#b00020;margin-top:16px}"
)


class Page:
    """One page as it is drawn; names the ids of its nodes."""

    def __init__(self, title: str) -> None:
        self._numbers = itertools.count(1)
        self.ids: dict[str, int] = {}
        self._node = self._document(title)

    def opened(self, ms: int, href: str) -> list[dict[str, Any]]:
        """What is recorded when the page is opened: its address and size, and all of it."""
        meta = {"href": href, "width": WIDTH, "height": HEIGHT}
        whole = {"node": self._node, "initialOffset": {"top": 0, "left": 0}}
        return [
            {"type": 4, "timestamp": ms, "data": meta},
            {"type": 2, "timestamp": ms + 1, "data": whole},
        ]

    def moved(self, ms: int, path: Sequence[tuple[int, int]]) -> dict[str, Any]:
        """The pointer's way up to a moment, 50 ms from place to place."""
        positions = [
            {"x": x, "y": y, "id": self.ids["body"], "timeOffset": (at + 1 - len(path)) * 50}
            for at, (x, y) in enumerate(path)
        ]
        return _changed(ms, source=1, positions=positions)

    def clicked(self, ms: int, name: str) -> dict[str, Any]:
        """A click in the middle of something."""
        x, y = PLACES[name]
        return _changed(ms, source=2, type=2, id=self.ids[name], x=x, y=y)

    def said(self, ms: int, parent: str, words: str) -> dict[str, Any]:
        """A line of text in red appears within something."""
        line, text = next(self._numbers), next(self._numbers)
        element = {"type": 2, "tagName": "p", "attributes": {"class": "error"}, "childNodes": []}
        adds = [
            {"parentId": self.ids[parent], "nextId": None, "node": {**element, "id": line}},
            {"parentId": line, "nextId": None, "node": {"type": 3, "textContent": words,
                                                        "id": text}},
        ]  # fmt: skip
        return _changed(ms, source=0, adds=adds, removes=[], texts=[], attributes=[])

    def _document(self, title: str) -> dict[str, Any]:
        style = self._element("style", "", self._text(_STYLE, isStyle=True))
        lamp = self._element(
            "section", "card", self._element("div", "picture", name="lamp"),
            self._element("h2", "", self._text("Harbour lamp, brass")),
            self._element("button", "buy", self._text("Into the cart"), name="buy"),
        )  # fmt: skip
        cart = self._element(
            "section", "card cart", self._element("h2", "", self._text("Your cart")),
            self._element("p", "", self._text("1 × Harbour lamp")),
            self._element("a", "coupon", self._text("Add a coupon"), name="coupon"),
            self._element("button", "pay", self._text("Pay"), name="pay"), name="cart",
        )  # fmt: skip
        body = self._element(
            "body", "", self._element("header", "", self._text(title)),
            self._element("main", "", lamp, cart), name="body",
        )  # fmt: skip
        doctype = {"type": 1, "name": "html", "publicId": "", "systemId": ""}
        html = self._element("html", "", self._element("head", "", style), body)
        return {
            "type": 0,
            "childNodes": [{**doctype, "id": next(self._numbers)}, html],
            "id": next(self._numbers),
        }

    def _element(
        self, tag: str, looks: str, *children: dict[str, Any], name: str = ""
    ) -> dict[str, Any]:
        number = next(self._numbers)
        if name:
            self.ids[name] = number
        attributes = {"class": looks} if looks else {}
        return {
            "type": 2,
            "tagName": tag,
            "attributes": attributes,
            "childNodes": list(children),
            "id": number,
        }

    def _text(self, words: str, **more: Any) -> dict[str, Any]:
        return {"type": 3, "textContent": words, "id": next(self._numbers), **more}


def _changed(ms: int, **data: Any) -> dict[str, Any]:
    return {"type": 3, "timestamp": ms, "data": data}


def crumb(ms: int, category: str, message: str, **data: Any) -> dict[str, Any]:
    """A breadcrumb as the SDK adds it to a recording."""
    payload = {
        "timestamp": ms / 1000,
        "type": "default",
        "category": category,
        "message": message,
        "data": data,
    }
    return {"type": 5, "timestamp": ms, "data": {"tag": "breadcrumb", "payload": payload}}


def span(ms: int, took: int, op: str, description: str, **data: Any) -> dict[str, Any]:
    """A span of the page's performance as the SDK adds it; its times are in seconds."""
    payload = {
        "op": op,
        "description": description,
        "startTimestamp": ms / 1000,
        "endTimestamp": (ms + took) / 1000,
        "data": data,
    }
    return {"type": 5, "timestamp": ms, "data": {"tag": "performanceSpan", "payload": payload}}

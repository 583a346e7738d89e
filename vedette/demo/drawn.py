"""A page of the demo's shop as rrweb records it: the whole of it, and what is done on it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple


class Box(NamedTuple):
    """Where something lies on the page, in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A window, how high its page is, and where what can be clicked lies on it."""

    width: int
    height: int
    page_height: int
    places: dict[str, Box]


DESKTOP: Final = Layout(
    1280,
    720,
    1060,
    {
        "lamp": Box(64, 128, 312, 220),
        "buy": Box(64, 448, 160, 48),
        "coupon": Box(904, 404, 120, 24),
        "pay": Box(904, 472, 160, 48),
        "more-1": Box(40, 620, 276, 260),
        "more-2": Box(348, 620, 276, 260),
        "more-3": Box(656, 620, 276, 260),
        "more-4": Box(964, 620, 276, 260),
        "help": Box(40, 980, 80, 24),
    },
)
PHONE: Final = Layout(
    390,
    844,
    1640,
    {
        "lamp": Box(40, 104, 310, 220),
        "buy": Box(40, 424, 160, 48),
        "coupon": Box(40, 840, 120, 24),
        "pay": Box(40, 908, 160, 48),
        "more-1": Box(16, 1020, 171, 240),
        "more-2": Box(203, 1020, 171, 240),
        "more-3": Box(16, 1280, 171, 240),
        "more-4": Box(203, 1280, 171, 240),
        "help": Box(16, 1580, 80, 24),
    },
)
_ITEMS = ("Desk lamp, black", "Storm lantern", "Globe, 20 cm", "Wall lamp, oak")
_STYLE = (
    "*{box-sizing:border-box}body{margin:0;font:16px/1.4 system-ui,sans-serif;color:#222;"
    "background:#fafafa;position:relative;height:1060px}header{height:64px;padding:0 40px;"
    "display:flex;align-items:center;background:#2b3a55;color:#fff;font-size:22px}"
    ".card{position:absolute;left:40px;top:104px;width:360px;height:440px;background:#fff;"
    "border:1px solid #ddd;border-radius:8px;padding:24px}.cart{left:880px}"
    ".picture{height:220px;margin:-1px;background:radial-gradient(circle at 50% 30%,#fff3c4 0 18%,"
    "#f2d492 40%,#d9a441);border-radius:6px}h2{font-size:22px;margin:16px 0 0}p{margin:12px 0}"
    "button{position:absolute;left:24px;height:48px;width:160px;border:0;border-radius:6px;"
    "background:#2b3a55;color:#fff;font-size:16px}.buy{top:344px}.pay{top:368px}"
    ".coupon{position:absolute;left:24px;top:300px;color:#2b3a55;text-decoration:underline}"
    ".more{position:absolute;top:620px;width:276px;height:260px;background:#fff;"
    "border:1px solid #ddd;border-radius:8px;padding:150px 16px 0}.more::before{content:'';"
    "position:absolute;left:16px;right:16px;top:16px;height:120px;border-radius:6px;"
    "background:#dfe6f1}.m2{left:348px}.m3{left:656px}.m4{left:964px}.m1{left:40px}"
    "footer{position:absolute;top:940px;left:0;right:0;height:120px;padding:40px;"
    "background:#e9ecf1}.error{color:#b00020}"
    "@media(max-width:600px){body{height:1640px}header{padding:0 16px}.card{left:16px;top:80px;"
    "width:358px}.cart{top:540px}.more{width:171px;height:240px;top:1020px;padding-top:140px}"
    ".m1,.m3{left:16px}.m2,.m4{left:203px}.m3,.m4{top:1280px}footer{top:1540px;height:100px;"
    "padding:40px 16px}}"
)


class Page:
    """One page as it is drawn, in a window of a layout; names the ids of its nodes."""

    def __init__(self, title: str, layout: Layout) -> None:
        self.layout = layout
        self._numbers = itertools.count(1)
        self._top = 0
        self.ids: dict[str, int] = {"document": next(self._numbers)}
        self._node = self._document(title)

    def opened(self, ms: int, href: str) -> list[dict[str, Any]]:
        """What is recorded when the page is opened: its address and size, and all of it."""
        meta = {"href": href, "width": self.layout.width, "height": self.layout.height}
        whole = {"node": self._node, "initialOffset": {"left": 0, "top": 0}}
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

    def reached(self, ms: int, name: str) -> list[dict[str, Any]]:
        """The page is scrolled until something is seen, if it has to be."""
        box = self.layout.places[name]
        if self._top <= box.top and box.top + box.height <= self._top + self.layout.height:
            return []
        middle = box.top + box.height // 2 - self.layout.height // 2
        self._top = max(0, min(middle, self.layout.page_height - self.layout.height))
        return [_changed(ms, source=3, id=self.ids["document"], x=0, y=self._top)]

    def place(self, name: str, rng: random.Random) -> tuple[int, int]:
        """Somewhere in the window on something, most often near its middle."""
        box = self.layout.places[name]
        across, down = (min(max(rng.gauss(0.5, 0.14), 0.05), 0.95) for _ in range(2))
        return round(box.left + box.width * across), round(box.top + box.height * down) - self._top

    def clicked(self, ms: int, name: str, at: tuple[int, int]) -> dict[str, Any]:
        """A click on something."""
        return _changed(ms, source=2, type=2, id=self.ids[name], x=at[0], y=at[1])

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
        viewport = self._element("meta", "", name="viewport")
        viewport["attributes"] = {"name": "viewport", "content": "width=device-width"}
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
        more = [
            self._element("a", f"more m{at}", self._text(words), name=f"more-{at}")
            for at, words in enumerate(_ITEMS, 1)
        ]
        foot = self._element("footer", "", self._element("a", "help", self._text("Help"),
                                                         name="help"))  # fmt: skip
        body = self._element(
            "body", "", self._element("header", "", self._text(title)),
            self._element("main", "", lamp, cart, *more), foot, name="body",
        )  # fmt: skip
        doctype = {"type": 1, "name": "html", "publicId": "", "systemId": ""}
        html = self._element("html", "", self._element("head", "", viewport, style), body)
        return {
            "type": 0,
            "childNodes": [{**doctype, "id": next(self._numbers)}, html],
            "id": self.ids["document"],
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

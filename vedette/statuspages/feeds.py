"""The history as RSS 2.0 and Atom (RFC 4287): an entry for each incident, with its updates."""

from __future__ import annotations

from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from vedette.statuspages import words
from vedette.statuspages.prose import as_html
from vedette.statuspages.shapes import IncidentShape, Picture
from vedette.statuspages.xml_text import allowed

_MOST = 50
_ATOM = "http://www.w3.org/2005/Atom"


def rss(picture: Picture) -> str:
    """RSS 2.0."""
    root = Element("rss", {"version": "2.0", "xmlns:atom": _ATOM})
    channel = SubElement(root, "channel")
    _text(channel, "title", f"{picture.title}: incidents")
    _text(channel, "link", picture.address)
    _text(channel, "description", picture.description or f"What happened at {picture.title}")
    own = {"rel": "self", "href": f"{picture.address}history.rss", "type": "application/rss+xml"}
    SubElement(channel, "atom:link", own)
    for one in picture.incidents[:_MOST]:
        item = SubElement(channel, "item")
        _text(item, "title", one.title)
        _text(item, "link", _link(one, picture))
        _text(item, "guid", _link(one, picture))
        _text(item, "pubDate", format_datetime(one.published_at))
        _text(item, "description", _content(one, picture))
    return _written(root)


def atom(picture: Picture) -> str:
    """Atom."""
    root = Element("feed", {"xmlns": _ATOM})
    _text(root, "title", f"{picture.title}: incidents")
    _text(root, "id", picture.address)
    SubElement(root, "link", {"href": picture.address})
    SubElement(root, "link", {"rel": "self", "href": f"{picture.address}history.atom"})
    newest = max((one.changed_at for one in picture.incidents), default=picture.now)
    _text(root, "updated", newest.isoformat(timespec="seconds"))
    _text(SubElement(root, "author"), "name", picture.title)
    for one in picture.incidents[:_MOST]:
        entry = SubElement(root, "entry")
        _text(entry, "title", one.title)
        _text(entry, "id", _link(one, picture))
        SubElement(entry, "link", {"href": _link(one, picture)})
        _text(entry, "published", one.published_at.isoformat(timespec="seconds"))
        _text(entry, "updated", one.changed_at.isoformat(timespec="seconds"))
        _text(entry, "content", _content(one, picture)).set("type", "html")
    return _written(root)


def _content(one: IncidentShape, picture: Picture) -> str:
    said = [
        f"<p><strong>{words.STATUSES.get(update.status, update.status)}</strong> "
        f"{words.moment(update.at, picture.zone)}</p>{as_html(update.text)}"
        for update in one.updates
    ]
    return "".join(said)


def _link(one: IncidentShape, picture: Picture) -> str:
    return f"{picture.address}incidents/{one.key}/"


def _text(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, name)
    made.text = allowed(text)
    return made


def _written(root: Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")

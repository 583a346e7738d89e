"""Fields of recorded pages in which secrets stand: which those are, and those that are known.

A recording (rrweb's format) tells in one place what a field is, and in others what is in it: as
attributes and texts, and as input that names the field by its number. `field_walk` looks for them.
"""

from __future__ import annotations

import logging
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from vedette.pipeline.scrub.values import is_about
from vedette.pipeline.scrub.words import Names, counts_tokens

log = logging.getLogger("vedette.pipeline")

TRIGGERS: Final = (r"cc-(?:number|csc|exp|name|given|family|additional|type)|one-time-code",)
SHOWN: Final = b"data-rr-is-password"  # of a field whose text was made readable
# Of which members the values tell what a field is, or what the text after it.
TELLING: Final = frozenset((b"type", b"autocomplete", b"name", b"property", b"textContent"))
# Elements with what people filled in, as a value, as texts or as what can be chosen.
FILLED: Final = frozenset((b"input", b"textarea", b"select", b"output"))
TYPED: Final = frozenset((b"input", b"textarea"))

_MOST_FIELDS = 2048  # of one page, and as many of what lies within them
_MOST_NUMBERS = 2048 * 192  # of all pages
_OF_A_PAGE = 64  # numbers whose place a page takes beside its own
_SEGMENT = re.compile(rb'\s*+\{\s*+"segment_id"\s*+:\s*+([0-9]{1,12})\b')
_SECRET_KINDS = ("current-password", "new-password", "one-time-code")
_PRESSED = ("submit", "button", "reset", "image", "checkbox", "radio")
# Attributes of a field that hold nothing of what was filled in; so do those that begin as told.
_PLAIN = frozenset(
    b"type autocomplete name id class style property http-equiv charset tabindex size maxlength"
    b" minlength required disabled readonly role form for inputmode enterkeyhint spellcheck"
    b" autocorrect autocapitalize autofocus dir lang hidden list multiple rows cols wrap step"
    b" accept width height _csstext".split()
)
_PLAIN_BEGINNINGS = (b"rr_", b"data-rr-", b"data-sentry-", b"data-test")
# Of fields for typing; elsewhere these words are too common.
_NAMES = re.compile(
    rb"(?:^|[^a-z])(?:pin|pass|pwd|passcode|otp|totp|mfa|cvn|ssn)(?:$|[^a-z])"
    rb"|card[-_ ]?(?:number|num|no)(?:$|[^a-z])|one[-_ ]?time[-_ ]?(?:code|pass)"
    rb"|(?:verification|security|sms|backup)[-_ ]?code",
    re.IGNORECASE,
)
_MOST_SAID = 60  # characters: more are a sentence about something else
_TELLING_ARIA = (b"aria-label", b"aria-description", b"aria-value", b"aria-placeholder")


class Known(NamedTuple):
    """Numbers of one page: of secret fields, and of the texts and choices within them.

    `former` are those of pages before it and of such as came late, `segment` is where it was
    recorded whole. With `is_full` there are more than are kept, and any field may be one.
    """

    fields: frozenset[int] = frozenset()
    inner: frozenset[int] = frozenset()
    former: frozenset[int] = frozenset()
    segment: int = -1
    is_full: bool = False

    @property
    def size(self) -> int:
        """The place it takes, in numbers."""
        return _OF_A_PAGE + len(self.fields) + len(self.inner) + len(self.former)

    def at(self, segment: int | None) -> Known:
        """What is known of a segment: one that came late, or again, may be of a page before."""
        if not self.is_late(segment):
            return self
        return self._replace(fields=self.fields | self.former)

    def is_late(self, segment: int | None) -> bool:
        """Whether the page was recorded whole in it or after it. One without a number is not."""
        return segment is not None and segment <= self.segment

    def then(self, told: Known, segment: int | None, *, is_whole: bool) -> Known:
        """What is known after a segment that told of these."""
        if self.is_late(segment):
            former = self.former | told.fields | told.inner
            return self._replace(former=_newest(former))
        if is_whole:
            former = _newest(self.former | self.fields | self.inner)
            at = self.segment if segment is None else segment
            return Known(former=former, segment=at)._with(told.fields, told.inner)
        return self._with(self.fields | told.fields, self.inner | told.inner)

    def and_also(self, other: Known) -> Known:
        """What either knows of the same page."""
        both = self._replace(
            former=_newest(self.former | other.former),
            segment=max(self.segment, other.segment),
            is_full=self.is_full or other.is_full,
        )
        return both._with(self.fields | other.fields, self.inner | other.inner)

    def _with(self, fields: frozenset[int], inner: frozenset[int]) -> Known:
        is_full = self.is_full or max(len(fields), len(inner)) > _MOST_FIELDS
        return self._replace(fields=_newest(fields), inner=_newest(inner), is_full=is_full)


class Fields:
    """The numbers of secret fields by page, of the pages that were looked at last.

    A page is named by its project, a colon, and its replay. Each project has its share.
    What is typed comes in later payloads than the field. Belongs to one thread. With a `path`
    they outlive the process, as far as they were saved; `others` are files of those among whom
    replays were shared out otherwise before, and `is_mine` says which pages are here now.
    """

    def __init__(
        self,
        path: Path | None = None,
        others: Iterable[Path] = (),
        is_mine: Callable[[str], bool] = lambda _page: True,
    ) -> None:
        self._path = path
        self._is_saved = True
        self._pages: OrderedDict[str, Known] = OrderedDict(_read(path) if path else {})
        for other in others:
            for page, known in _read(other).items():
                if is_mine(page):
                    self._pages[page] = self.of(page).and_also(known)
        self._held: Counter[str] = Counter()
        for page, known in self._pages.items():
            self._held[_owner(page)] += known.size
        self._make_room()

    def of(self, page: str) -> Known:
        """Those that are known of a page."""
        return self._pages.get(page, _NOTHING)

    def keep(self, page: str, known: Known) -> None:
        """From now on this is known of the page."""
        if not page or not (known.fields or known.former):
            return
        before = self._pages.get(page)
        self._is_saved = self._is_saved and before == known
        self._held[_owner(page)] += known.size - (before.size if before is not None else 0)
        self._pages[page] = known
        self._pages.move_to_end(page)
        self._make_room()

    def _make_room(self) -> None:
        """Forget the oldest of the project with the most, so that a flood drives out no other's."""
        while self._held.total() > _MOST_NUMBERS:
            owner = max(self._held, key=self._held.__getitem__)
            page = next(page for page in self._pages if _owner(page) == owner)
            self._held[owner] -= self._pages.pop(page).size
            if not self._held[owner]:
                del self._held[owner]

    def save(self) -> None:
        """Write them down, if there are others than before."""
        if self._path is None or self._is_saved:
            return
        new = self._path.with_suffix(".new")
        try:
            new.write_bytes(msgspec.msgpack.encode(self._pages))
            new.replace(self._path)
            self._is_saved = True
        except OSError as error:
            log.warning("secret fields of replays are forgotten should this process end: %s", error)


def _owner(page: str) -> str:
    return page.partition(":")[0]


def _read(path: Path) -> dict[str, Known]:
    try:
        return _decode(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, msgspec.DecodeError) as error:
        log.warning("secret fields of replays were forgotten: %s", error)
        return {}


def segment_of(payload: bytes) -> int | None:
    """The number of the segment that a payload is."""
    found = _SEGMENT.match(payload)
    return int(found[1]) if found is not None else None


def is_secret(held: dict[str, Any]) -> bool:
    """Whether the attributes of an element say that what stands in it is a secret."""
    if "data-rr-is-password" in held or str(held.get("type")).lower() == "password":
        return True
    kinds = str(held.get("autocomplete")).lower().split()
    return any(kind in _SECRET_KINDS or kind.startswith("cc-") for kind in kinds)


def is_named_secret(held: dict[str, Any], names: Names, *, is_typed: bool) -> bool:
    """Whether its name is that of a secret, and it holds what was typed or drawn.

    Where it is for typing, its id and what it says of itself are names, too.
    """
    kind = str(held.get("type")).lower()
    if kind in _PRESSED:
        return False
    called = ("name", "property", "id") if is_typed else ("name", "property")
    said = ("placeholder", "aria-label") if is_typed and kind != "search" else ()
    written = [held.get(one) for one in called] + [
        one for one in map(held.get, said) if len(str(one)) <= _MOST_SAID
    ]
    return any(
        _names_secret(one.encode("utf-8", "replace"), names, is_typed=is_typed)
        for one in written
        if isinstance(one, str)
    )


def _names_secret(name: bytes, names: Names, *, is_typed: bool) -> bool:
    if is_typed and _NAMES.search(name) is not None and not names.is_safe(name):
        return True
    name = name.replace(b" ", b"_")  # as words are written of which names are made
    is_named = names.name_rule(name) is not None
    return is_named and not is_about(name) and not counts_tokens(name)


def is_plain(attribute: bytes) -> bool:
    """Whether an attribute of a field holds nothing of what was filled in."""
    name = attribute.lower()
    if name.startswith(b"aria-"):
        return not name.startswith(_TELLING_ARIA)
    return name in _PLAIN or name.startswith(_PLAIN_BEGINNINGS)


def _newest(numbers: Iterable[int]) -> frozenset[int]:
    return frozenset(sorted(numbers)[-_MOST_FIELDS:])


_NOTHING = Known()
_decode = msgspec.msgpack.Decoder(dict[str, Known]).decode

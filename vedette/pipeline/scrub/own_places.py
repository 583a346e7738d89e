"""Where a value of a payload stands, as people write it: kept while a payload is gone through.

A name may be written as a member's, as the first of a pair (`[["note", "x"]]`), or as an
attribute's (`{"key": "note", "value": {"stringValue": "x"}}`): a rule for it is about all of them.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from vedette.pipeline.scrub import pairs, structure
from vedette.pipeline.scrub.rule_lines import MOST_CHARACTERS, Rule
from vedette.pipeline.scrub.scopes import PAYLOAD, Scope

_LONGEST_NAME: Final = 4 * (MOST_CHARACTERS + 1)  # bytes of UTF-8
_LONGEST_PATH: Final = 4 * _LONGEST_NAME
_VALUE: Final = b"value"
_IN_PAIR: Final = 1
# An attribute, or a header or variable as an object: the name first, as everybody writes it, or
# after a value without containers of its own.
_KEYED = re.compile(
    rb'\{\s*+"(?:key|name)"\s*+:\s*+"([^"]*+)"\s*+,\s*+"value"\s*+:'
    rb'|\{\s*+"value"\s*+:\s*+(?:"[^"]*+"|\{[^{}]*+\}|[^\s",{}\[\]]++)\s*+,'
    rb'\s*+"(?:key|name)"\s*+:\s*+"([^"]*+)"\s*+\}'
)

Paths = tuple[str, ...]


class Place(NamedTuple):
    """The name of a value, and its path in steps that are joined by slashes.

    What a list of pairs or attributes names has a second path, as if it were a member.
    """

    name: bytes
    paths: Paths
    scope: Scope


class _Level:
    """A container that is open, and where in it we are.

    `paths` are its own, with a slash at the end; `attribute` is the name that it gives to its
    member `value`, and `alias` the paths that this one has for it. `rule` is what is to go from all
    of it that is not needed.
    """

    __slots__ = ("alias", "attribute", "index", "is_list", "name", "paths", "rule", "scope")

    def __init__(self, paths: Paths, scope: Scope, *, is_list: bool) -> None:
        self.paths = paths
        self.scope = scope
        self.is_list = is_list
        self.index = 0
        self.name = b""
        self.attribute: bytes | None = None
        self.alias: Paths = ()
        self.rule: Rule | None = None


class Way:
    """From container to container. `root` is the place of a text that is gone through by itself."""

    def __init__(self, payload: bytes, mask: bytes, root: Place | None = None) -> None:
        self._payload = payload
        self._mask = mask
        self._root = ("",) if root is None else tuple(f"{path}/" for path in root.paths)
        self._scope = PAYLOAD if root is None else root.scope
        self._open: list[_Level] = []

    @property
    def rule(self) -> Rule | None:
        """The rule about all of the container at hand."""
        return self._open[-1].rule if self._open else None

    def start(self, member: bytes | None) -> None:
        """Begin, before the whole or before the value of this member of the top."""
        self._open = []
        if member is not None:
            self._open.append(_Level(self._root, self._scope, is_list=False))
            self._open[-1].name = member

    def step(self) -> None:
        """Pass a comma."""
        if self._open:
            self._open[-1].index += 1

    def name(self, name: bytes) -> None:
        """Pass the name of a member."""
        if self._open:
            self._open[-1].name = name

    def leave(self) -> None:
        """Pass the end of a container."""
        if self._open:
            self._open.pop()

    def enter(
        self, place: Place | None, start: int, *, is_list: bool, rule: Rule | None = None
    ) -> None:
        """Pass the beginning of the container at this place.

        Deeper than anybody writes a place all paths begin alike: if they grew for ever, they would
        take the square of a payload.
        """
        outer = self._open[-1] if self._open else None
        if place is None or outer is None:
            self._open.append(_Level(self._root, self._scope, is_list=is_list))
            return
        paths = tuple(
            f"{path}/" if len(path) < _LONGEST_PATH else outer.paths[-1] for path in place.paths
        )
        level = _Level(paths, place.scope, is_list=is_list)
        level.rule = rule
        if outer.is_list and not is_list and (keyed := _KEYED.match(self._mask, start)):
            group = 1 if keyed[1] is not None else 2
            written = self._payload[keyed.start(group) : keyed.end(group)]
            level.attribute = structure.decoded(written)
            level.alias = _joined(outer.paths, _step(level.attribute))
        self._open.append(level)

    def place(self, start: int) -> Place | None:
        """Of the value that begins at `start`; None for the whole."""
        if not self._open:
            return None
        level = self._open[-1]
        if level.is_list:
            step = str(level.index)
            place = Place(b"", _joined(level.paths, step), level.scope)
            return self._paired(place, start) if level.index == _IN_PAIR else place
        paths = _joined(level.paths, _step(level.name))
        scope = level.scope.child(level.name)
        if level.attribute is not None and level.name == _VALUE:
            return Place(level.attribute, paths + level.alias, scope)
        return Place(level.name, paths, scope)

    def _paired(self, place: Place, start: int) -> Place:
        """The second of a list, which the first may name."""
        outer = self._open[-2] if len(self._open) > 1 else None
        if outer is None or not outer.is_list:
            return place
        name = pairs.name_of(self._payload, self._mask, start)
        if name is None:
            return place
        return Place(name, place.paths + _joined(outer.paths, _step(name)), place.scope)


def inside(place: Place, name: bytes) -> Place:
    """Of what a text holds under a name."""
    step = _step(name)
    return Place(name, tuple(f"{path}/{step}" for path in place.paths), place.scope)


def _joined(paths: Paths, step: str) -> Paths:
    return (paths[0] + step,) if len(paths) == 1 else tuple(path + step for path in paths)


def _step(name: bytes) -> str:
    """A name as a step of a path; one that is longer than any rule is cut short."""
    return name[:_LONGEST_NAME].decode("utf-8", "replace").replace("/", "\0")

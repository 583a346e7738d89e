"""The `_meta` tree of a payload: what was removed or shortened, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_ACTIONS = {"x": "removed", "s": "replaced", "m": "masked", "p": "pseudonymised", "e": "encrypted"}
_ERRORS = {
    "invalid_data": "could not be read and was removed",
    "missing_attribute": "a needed part was missing",
    "invalid_attribute": "was not a known attribute",
    "value_too_long": "was too long",
    "past_timestamp": "lay too far in the past",
    "future_timestamp": "lay in the future",
    "clock_drift": "was corrected for the sender's clock",
}


@dataclass(frozen=True, slots=True)
class Remarks:
    """The remarks on one value; `at` leads to those on its parts."""

    tree: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, payload: dict[str, Any]) -> Remarks:
        """The remarks on a whole payload."""
        held = payload.get("_meta")
        return cls(held if isinstance(held, dict) else {})

    def at(self, key: str | int) -> Remarks:
        """The remarks on the part under a key or an index."""
        held = self.tree.get(str(key))
        return Remarks(held) if isinstance(held, dict) else EMPTY

    @property
    def words(self) -> str:
        """What happened to the value itself, for people; empty when it is as it was sent."""
        held = self.tree.get("")
        if not isinstance(held, dict):
            return ""
        said = [_remark(remark) for remark in _list(held.get("rem"))]
        said += [_error(error) for error in _list(held.get("err"))]
        return "; ".join(dict.fromkeys(word for word in said if word))


EMPTY = Remarks()


def _list(value: object) -> list[Any]:
    return value[:8] if isinstance(value, list) else []


def _remark(remark: object) -> str:
    """A remark is `[rule, action, start?, end?]`; `!limit` and `!raw` are the server's own."""
    if not isinstance(remark, list) or not remark or not isinstance(remark[0], str):
        return ""
    rule = remark[0][:80]
    if rule == "!limit":
        return "shortened: too long"
    action = remark[1] if len(remark) > 1 and isinstance(remark[1], str) else "x"
    return f"{_ACTIONS.get(action, 'changed')} by scrubbing: {rule}"


def _error(error: object) -> str:
    name = error[0] if isinstance(error, list) and error else error
    return _ERRORS.get(name, name[:80].replace("_", " ")) if isinstance(name, str) else ""

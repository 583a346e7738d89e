"""The scrub step: one JSON payload in, the same payload without secrets out.

Called for every item with a JSON payload before anything is written to the store.
"""

from __future__ import annotations

from collections.abc import Sequence

from vedette.pipeline.scrub import pairs, split_numbers, structure
from vedette.pipeline.scrub.budget import Budget, BudgetSpent, TooCostly
from vedette.pipeline.scrub.edits import Edit, applied
from vedette.pipeline.scrub.engine import Engine, build_engine, may_hold_large_number
from vedette.pipeline.scrub.field_walk import FieldWalk
from vedette.pipeline.scrub.fields import Fields, segment_of
from vedette.pipeline.scrub.meta import paths_of
from vedette.pipeline.scrub.numbers import Numbers
from vedette.pipeline.scrub.own_rules import OwnRules
from vedette.pipeline.scrub.parameters import Parameters
from vedette.pipeline.scrub.query_pairs import with_query_pairs
from vedette.pipeline.scrub.redaction import LIMIT, Redactor
from vedette.pipeline.scrub.remarks import Remark, Scrubbed
from vedette.pipeline.scrub.safe_paths import SafePaths
from vedette.pipeline.scrub.scopes import FULL, PAYLOAD, Scope
from vedette.pipeline.scrub.settings import ScrubSettings
from vedette.pipeline.scrub.typing_fields import may_ask
from vedette.pipeline.scrub.walk import Walk
from vedette.pipeline.scrub.words import Names

Told = Sequence[tuple[int, bytes]]

_PAIR_STEPS = 2  # the pair's place in its list, and the value's in the pair


class Scrubber:
    """Scrubs by one project's settings. Costly to build: keep it. Safe to share among threads.

    `fields`: payloads hold whole pages, whose tables may name thousands of people, and whose
    secret fields are noted here; then one thread at a time.
    """

    def __init__(
        self,
        settings: ScrubSettings,
        *,
        engine: Engine | None = None,
        redactor: Redactor | None = None,
        fields: Fields | None = None,
    ) -> None:
        self._fields = fields
        self._engine = engine or build_engine(settings)
        self._names = Names(settings)
        self._redactor = redactor or Redactor(settings, self._names)
        self._parameters = Parameters(self._redactor)
        self._settings = settings
        self._safe_paths = SafePaths(settings.safe_fields)
        self._has_work = settings.has_work
        self._numbers = Numbers(self._is_secret_number)
        self._own = OwnRules(settings, self._names)

    def scrub(self, payload: bytes, earlier: Sequence[Remark] = (), page: str = "") -> Scrubbed:
        """The payload without what the settings forbid, and a remark for each change.

        One that was scrubbed before keeps its `earlier` remarks.

        `payload` is one JSON value in UTF-8. The result is JSON and says the same outside
        the changed values, although `\\u00XX` escapes of ASCII may be written out. What is
        not JSON is scrubbed as far as its strings can be told. A text or member that would
        cost too much is cut, with a remark; raises TooCostly where that does not suffice.
        `page` is an id of the page that payloads hold in turns.
        """
        found = self._by_built_in(payload, tuple(earlier), page)
        return self._own.scrub(found) if self._own else found

    def _by_built_in(self, payload: bytes, earlier: tuple[Remark, ...], page: str) -> Scrubbed:
        if not self._has_work:
            return Scrubbed(payload, earlier, is_doubtful=True)
        positions = self._numbers.without_harmless(payload, self._engine.positions(payload))
        if not positions and not self._may_be_of_page(payload, page):
            return Scrubbed(payload, earlier)
        is_doubtful = may_hold_large_number(payload, positions)
        plain = structure.without_ascii_escapes(payload)
        if plain != payload:
            positions = self._engine.positions(plain)
        try:
            plain, edits, told = self._edits(plain, positions)
            edits = self._of_fields(plain, told, page) + edits
        except BudgetSpent:
            raise TooCostly from None
        if edits and self._safe_paths:
            edits = self._unsafe(plain, edits)
        if not edits:
            has_pairs = b"query_string" in plain and len(plain) != len(payload)
            kept = () if has_pairs else earlier
            return Scrubbed(plain if has_pairs else payload, kept, is_doubtful=is_doubtful)
        kept = earlier if len(plain) == len(payload) else ()  # else nobody knows where they stand
        return applied(plain, edits, is_doubtful=is_doubtful, earlier=kept)

    def _of_fields(self, payload: bytes, told: Told, page: str) -> list[Edit]:
        """The edits of secret fields of a page; they go before others in the same place."""
        if self._fields is None or not self._settings.uses_defaults:
            return []
        budget = Budget(len(payload), of_pages=True)
        walk = FieldWalk(payload, self._names, self._redactor, budget, self._fields)
        edits = walk.run(told, page)
        return edits + split_numbers.edits_of(payload, self._redactor, budget)

    def _may_be_of_page(self, payload: bytes, page: str) -> bool:
        """Whether secrets may be in it of which no text tells by itself."""
        if self._fields is None:
            return False
        known = self._fields.of(page).at(segment_of(payload))
        is_asked = bool(known.fields) or may_ask(payload)
        return is_asked or split_numbers.may_hold_parts(payload)

    def _is_secret_number(self, digits: bytes) -> bool:
        """Whether a rule takes anything out of a string of these digits, wherever it stands."""
        return bool(self._redactor.cuts(digits, FULL, Budget(len(digits)), in_pair=True))

    def _edits(self, payload: bytes, positions: list[int]) -> tuple[bytes, list[Edit], Told]:
        """The edits of a payload, and what tells of fields; where a query string was looked at, of
        one with pairs instead."""
        budget = Budget(len(payload), of_pages=self._fields is not None)
        walk = self._walk(payload, positions, PAYLOAD, budget, is_nested=False)
        if walk.query_start is not None:
            paired = with_query_pairs(payload, walk.query_start)
            if paired != payload:
                return self._edits(paired, self._engine.positions(paired))
        if walk.log_entry_start is not None:
            parameters = self._parameters.edits(payload, walk.log_entry_start)
            return payload, walk.edits + parameters, walk.told
        return payload, walk.edits, walk.told

    def _unsafe(self, payload: bytes, edits: list[Edit]) -> list[Edit]:
        """The edits of values that no safe field names by its path; what is cut short stays so."""
        paths = paths_of(payload, sorted({edit.start for edit in edits}))
        mask = structure.masked(payload)
        return [
            edit
            for edit in edits
            if edit.marks[0].rule == LIMIT
            or not self._is_safe(payload, mask, edit.start, paths.get(edit.start, ()))
        ]

    def _is_safe(self, payload: bytes, mask: bytes, start: int, path: tuple[str, ...]) -> bool:
        """Whether a safe field is the path of a value, of its list of pairs, or names it there."""
        if self._safe_paths.holds(path):
            return True
        name = pairs.name_of(payload, mask, start)
        if name is None or len(path) < _PAIR_STEPS:
            return False
        whole = path[:-_PAIR_STEPS]
        named = (*whole, name.decode("utf-8", "replace"))
        return self._safe_paths.holds(whole) or self._safe_paths.holds(named)

    def _walk(
        self,
        payload: bytes,
        positions: list[int],
        root: Scope,
        budget: Budget,
        *,
        is_nested: bool,
    ) -> Walk:
        walk = Walk(
            payload,
            names=self._names,
            redactor=self._redactor,
            removes_addresses=self._settings.ip_addresses,
            budget=budget,
            nested=None if is_nested else self._nested,
        )
        walk.run(positions, root)
        return walk

    def _nested(self, payload: bytes, root: Scope, budget: Budget) -> list[Edit]:
        positions = self._engine.positions(payload)
        return self._walk(payload, positions, root, budget, is_nested=True).edits

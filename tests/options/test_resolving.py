"""What a value comes to along the levels, and what is wrong with one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.options import Level, Option, OptionGroup
from vedette.options._resolving import Resolved, check, resolve, values
from vedette.rules.problems import Problem

GROUP = OptionGroup(
    name="sample",
    label="Sample",
    help="For tests.",
    order=1,
    options=(
        Option(name="is_on", label="On", form="switch", default=True),
        Option(name="days", label="Days", form="number", default=30, least=1, most=90),
        Option(name="share", label="Share", form="number", default=0.5, most=1),
        Option(name="mode", label="M", form="choice", default="a",
               choices=(("a", "A"), ("b", "B"))),
        Option(name="words", label="Words", form="lines", default=["built"], is_added=True),
        Option(
            name="only",
            label="Only",
            form="lines",
            default=[],
            most_entries=2,
            check=lambda line: "is no path" if "/" not in line else "",
        ),
        Option(name="rules", label="Rules", form="entries", default=[], most_entries=2),
        Option(name="note", label="Note", form="words", default="", most_characters=5),
    ),
)  # fmt: skip

NAMES = [one.name for one in GROUP.options]


def test_the_nearest_place_that_chose_counts() -> None:
    """And it is known which it was; lists that are added to hold what all chose."""
    resolved = resolve(
        GROUP,
        [
            (Level.INSTALLATION, {"days": 60, "words": ["a"], "only": ["x/y"]}),
            (Level.ORGANIZATION, {"days": 50, "is_on": False, "words": ["a", "b"]}),
            (Level.PROJECT, {"is_on": True, "only": []}),
        ],
    )
    assert resolved["days"] == Resolved(50, Level.ORGANIZATION)
    assert resolved["is_on"] == Resolved(True, Level.PROJECT)
    assert resolved["words"] == Resolved(["built", "a", "b"], Level.ORGANIZATION)
    assert resolved["only"] == Resolved([], Level.PROJECT)
    assert resolved["mode"] == Resolved("a", Level.BUILT_IN)


@pytest.mark.parametrize(
    ("chosen", "path", "words"),
    [
        ({"is_on": 1}, "is_on", "is true or false"),
        ({"days": True}, "days", "is a whole number from 1 to 90"),
        ({"days": 91}, "days", "is a whole number from 1 to 90"),
        ({"days": 10**400}, "days", "is a whole number from 1 to 90"),
        ({"days": 1.5}, "days", "is a whole number from 1 to 90"),
        ({"days": float("nan")}, "days", "is a whole number from 1 to 90"),
        ({"share": float("nan")}, "share", "is a number from 0 to 1"),
        ({"share": float("inf")}, "share", "is a number from 0 to 1"),
        ({"mode": "c"}, "mode", "is one of a, b"),
        ({"words": "a"}, "words", "is a list of texts"),
        ({"words": ["a", "\ud83d"]}, "words", "holds half of a character"),
        ({"note": "\ud83d"}, "note", "holds half of a character"),
        ({"words": ["a\0b"]}, "words", "holds NUL"),
        ({"note": "a\0"}, "note", "holds NUL"),
        ({"words": [" "]}, "words", "each is a line of at most 200 characters"),
        ({"only": ["a/b", "c"]}, "only.1", "is no path"),
        ({"only": ["a/b", "b/c", "c/d"]}, "only", "has at most 2 entries"),
        ({"rules": [1]}, "rules", "is a list of objects"),
        ({"note": "too long"}, "note", "is one line of at most 5 characters"),
        ({"odd": 1}, "odd", f"no option of sample; there are {', '.join(NAMES)}"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(chosen: dict[str, Any], path: str, words: str) -> None:
    """In words that say what is right."""
    assert check(GROUP, chosen) == [Problem(path, words)]


TABLE = Option(
    name="table",
    label="Table",
    form="table",
    default={},
    most=9,
    rows=(("a", "A"), ("b", "B")),
    columns=(("day", "a day"), ("month", "a month")),
)


def test_numbers_of_a_table_are_inherited_one_by_one() -> None:
    """What does not fit counts as not chosen, and costs its neighbours nothing."""
    group = replace(GROUP, options=(TABLE,))
    above = {"a": {"day": 1, "month": 2}, "c": {"day": 3}}
    own = {"a": {"day": 0, "month": 99, "week": 1}, "b": {"day": 4}}
    chain = [(Level.ORGANIZATION, {"table": above}), (Level.PROJECT, {"table": own})]
    assert values(resolve(group, chain)) == {
        "table": {"a": {"day": 0, "month": 2}, "b": {"day": 4}}
    }


def test_what_is_local_is_inherited_by_nobody() -> None:
    """It counts where it was chosen; a place that may not choose it is told."""
    local = replace(TABLE, is_local=True, levels=(Level.INSTALLATION, Level.ORGANIZATION))
    group = replace(GROUP, options=(local,))
    above = (Level.INSTALLATION, {"table": {"a": {"day": 1}}})
    assert values(resolve(group, [above])) == {"table": {"a": {"day": 1}}}
    assert values(resolve(group, [above, (Level.ORGANIZATION, {})])) == {"table": {}}
    assert check(group, {"table": {}}, Level.ORGANIZATION) == []
    assert check(group, {"table": {}}, Level.PROJECT)[0].path == "table"


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ([], "is written as {row: {column: number}}"),
        ({"a": 1}, "is written as {row: {column: number}}"),
        ({"c": {}}, "has no row c; there are a, b"),
        ({"a": {"week": 1}}, "has no column week; there are day, month"),
        ({"a": {"day": 10}}, "a, a day: is a whole number from 0 to 9"),
        ({"a": {"day": "x"}}, "a, a day: is a whole number from 0 to 9"),
        ({"a": {"day": 1.5}}, "a, a day: is a whole number from 0 to 9"),
    ],
)
def test_a_mistake_in_a_table_is_told(held: Any, words: str) -> None:
    """With the row and the column."""
    group = replace(GROUP, options=(TABLE,))
    assert check(group, {"table": held}) == [Problem("table", words)]


def test_what_is_no_object_is_told_too() -> None:
    """A group is written as option: value."""
    assert check(GROUP, [1]) == [Problem("", "sample is written as option: value")]


def test_a_list_counts_as_far_as_it_fits() -> None:
    """An entry too long, or one too many, does not undo the others."""
    only = next(one for one in GROUP.options if one.name == "only")
    chosen = {"only": ["a/b", "c", 7, "d/e", "f/g"]}
    assert resolve(GROUP, [(Level.PROJECT, chosen)])[only.name].value == ["a/b", "d/e"]
    assert resolve(GROUP, [(Level.PROJECT, {"only": ["c"]})])[only.name].level is Level.BUILT_IN


def test_a_list_of_what_is_allowed_never_becomes_empty_by_itself() -> None:
    """An empty one allows all: what no longer fits goes on to shut out everything else."""
    only = next(one for one in GROUP.options if one.name == "only")
    allowed = replace(only, name="allowed", allows_only=True)
    group = replace(GROUP, options=(allowed,))
    for held, counts in ((["a/b", "c"], ["a/b"]), (["c", 7, ""], ["c", ""]), ([], []), ([7], [])):
        assert values(resolve(group, [(Level.PROJECT, {"allowed": held})])) == {"allowed": counts}


@pytest.mark.parametrize("held", [[], ["words"], "words", 7, None])
def test_a_place_whose_row_holds_no_options_has_chosen_nothing(held: Any) -> None:
    """Somebody who wrote into the database stops neither pipeline nor pages."""
    resolved = resolve(GROUP, [(Level.ORGANIZATION, {"days": 50}), (Level.PROJECT, held)])
    assert resolved["days"] == Resolved(50, Level.ORGANIZATION)
    assert resolved["words"].level is Level.BUILT_IN


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)  # fmt: skip
_CHOSEN = st.dictionaries(st.sampled_from(NAMES), _ANY)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")
@given(st.lists(st.tuples(st.sampled_from(list(Level)), _CHOSEN), max_size=4))
def test_whatever_is_kept_comes_to_values_that_fit(
    chain: list[tuple[Level, dict[str, Any]]],
) -> None:
    """What no longer fits its option counts as not chosen."""
    resolved = values(resolve(GROUP, chain))
    assert set(resolved) == {one.name for one in GROUP.options}
    assert check(GROUP, {name: value for name, value in resolved.items() if name != "words"}) == []

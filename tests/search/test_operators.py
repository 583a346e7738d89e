"""The contract of the drawer of operators: every file found runs these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.search.rows import ROWS, found, open_store
from vedette.search import parse
from vedette.search.operators import SearchOperator, operators
from vedette.store.duck import DuckStore

every_operator = pytest.mark.parametrize(
    "operator", operators().values(), ids=lambda operator: operator.symbol
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckStore]:
    """The store of the search tests."""
    opened = open_store(Path(tmp_path_factory.mktemp("store")))
    yield opened
    opened.close()


@every_operator
def test_its_example_uses_it(operator: SearchOperator) -> None:
    """The example is one term with this operator, and there is a line of help."""
    [term] = parse(operator.example).terms()
    assert term.operator == operator.symbol
    assert isinstance(term.value, tuple) is operator.takes_list
    assert operator.help


@every_operator
def test_its_opposite_is_mutual(operator: SearchOperator) -> None:
    """The opposite of the opposite is the operator."""
    assert operators()[operator.opposite].opposite == operator.symbol


@every_operator
def test_it_finds_what_its_opposite_does_not(operator: SearchOperator, store: DuckStore) -> None:
    """Every row has the fields of the examples, so the two split the rows."""
    text = operator.example
    opposite = operators()[operator.opposite]
    value = text.partition(":")[2].removeprefix(operator.symbol)
    written = "" if opposite.takes_list else opposite.symbol
    sign = "!" if opposite.symbol == "NOT IN" else ""
    key = text.partition(":")[0].removeprefix("!")
    mine, others = found(store, text), found(store, f"{sign}{key}:{written}{value}")
    assert mine | others == set(ROWS)
    assert not mine & others
    assert mine
    assert others

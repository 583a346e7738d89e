"""DRAWER: one file per dataset that can be explored: `DATASET`.

A dataset is a table of some item kind, or those of its rows that fulfil a condition; its search
keys are the kind's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from vedette.kinds import discover
from vedette.search.fields import Fields, fields_of
from vedette.store.errors import BadQuery
from vedette.store.query import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What can be explored.

    - `label`, `noun` (one, many): what people call it and its rows;
    - `table`, `where`: its rows; `aliases`: other names of it in URLs;
    - `beside`: the column that says how many more than itself a row stands for, empty for none;
    - `weight`: the column that says for how many a row stands, where rows are a sample; rows with
      the same value in `cluster` were kept together;
    - `duration`: the column of how long a row took, `failed` of whether it failed;
    - `columns`: what is shown at first of a row; `identity`: the fields by which its page is found;
      `apart`: the column that tells rows of one moment apart;
    - `renamed`: search keys that mean another one's field here, by pairs;
    - `order`: where it stands among the datasets.
    """

    name: str
    label: str
    noun: tuple[str, str]
    table: str
    where: tuple[Condition, ...] = ()
    aliases: tuple[str, ...] = ()
    weight: str = ""
    beside: str = ""
    cluster: str = ""
    duration: str = ""
    failed: str = ""
    columns: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    apart: str
    renamed: tuple[tuple[str, str], ...] = ()
    order: int = 100

    @property
    def fields(self) -> Fields:
        """Its search keys."""
        return _fields(self.table, self.renamed)


@cache
def _fields(table: str, renamed: tuple[tuple[str, str], ...]) -> Fields:
    found = fields_of(table)
    return replace(
        found,
        declared={**found.declared, **{key: found.declared[other] for key, other in renamed}},
        types={**found.types, **{key: found.types[other] for key, other in renamed}},
    )


@cache
def datasets() -> dict[str, Dataset]:
    """Every dataset by its name, in their order."""
    found = [module.DATASET for module in discover(__name__)]
    return {one.name: one for one in sorted(found, key=lambda one: one.order)}


def dataset_named(name: str) -> Dataset:
    """The dataset of this name or alias. Raises BadQuery."""
    known = datasets()
    for one in known.values():
        if name == one.name or name in one.aliases:
            return one
    raise BadQuery(f"there is no dataset {name!r}: it is one of {', '.join(known)}")

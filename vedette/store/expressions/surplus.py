"""`surplus(weight, cluster)`: the variance of a weighted count where whole clusters were kept."""

from __future__ import annotations

from collections import Counter

from vedette.store.expressions import ANY, NUMBER, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(weights: list[float | None], clusters: list[object]) -> float:
    """The sum of w(w - 1)n² over the clusters of n rows."""
    rows = zip(weights, clusters, strict=True)
    numbers = Counter((w, cluster) for w, cluster in rows if w is not None and cluster is not None)
    return float(sum(w * (w - 1) * n * n for (w, _), n in numbers.items()))


_DUCKDB = (
    "coalesce(list_sum(list_transform(map_entries(histogram("
    "struct_pack(w := {weight}::DOUBLE, c := {cluster}))"
    " FILTER (WHERE {weight} IS NOT NULL AND {cluster} IS NOT NULL)),"
    " lambda e: e.key.w * (e.key.w - 1) * e.value * e.value)), 0)::DOUBLE"
)
_CLICKHOUSE = (
    "arraySum(arrayMap((k, n) -> k.1 * (k.1 - 1) * n * n,"
    " sumMapIf([tuple(assumeNotNull(toFloat64({weight})), assumeNotNull({cluster}))],"
    " [toUInt64(1)], isNotNull({weight}) AND isNotNull({cluster})).1,"
    " sumMapIf([tuple(assumeNotNull(toFloat64({weight})), assumeNotNull({cluster}))],"
    " [toUInt64(1)], isNotNull({weight}) AND isNotNull({cluster})).2))"
)

FUNCTION = Function(
    name="surplus",
    help="the variance of a weighted count where whole clusters were kept or not",
    takes=(Parameter(name="weight", types=NUMBER), Parameter(name="cluster", types=ANY)),
    gives=always(ColumnType.FLOAT),
    duckdb=lambda parts: _DUCKDB.format(weight=parts[0], cluster=parts[1]),
    clickhouse=lambda parts: _CLICKHOUSE.format(weight=parts[0], cluster=parts[1]),
    example=call("surplus", Field("number"), Field("text")),
    brute_force=brute_force,
    is_aggregate=True,
    tolerance=1e-9,
)

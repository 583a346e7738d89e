"""Sentry's widgets to those of this product, or in words why there is none like it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace

from vedette.dashboards.content import Widget
from vedette.dashboards.fields import Options, written_options
from vedette.dashboards.layout import Place, fitted
from vedette.dashboards.widgets import widget_kinds
from vedette.dashboards.written import check_options
from vedette.explore.fields import is_call
from vedette.web.api.dashboard_bodies import LayoutBody, QueryBody, WidgetBody
from vedette.web.api.errors import ApiError

LOOKS: Final = {"line": "line", "area": "area", "stacked_area": "stacked", "bar": "bar"}
DATASETS: Final = {
    "error-events": "errors",
    "discover": "errors",
    "transaction-like": "transactions",
    "spans": "spans",
}
SORTS: Final = {"date": "date", "new": "new", "freq": "freq", "user": "user", "trends": "trend"}
UNITS: Final = {"millisecond": "ms", "second": "s", "minute": "min", "hour": "h", "percentage": "%"}
_OF_TRANSACTIONS: Final = ("transaction.duration", "failure_rate", "apdex", "user_misery", "tpm(")
_MOST: Final = 1e15  # a larger one may be no float
_OTHERS: Final = ("issue", "metrics", "vitals")
_SORTED_AS: Final = {"trend": "trend", "priority": "trend", "recommended": "date", "inbox": "date"}
_UNSAID: Final[Mapping[str, tuple[str, ...]]] = {
    "series": ("others", "compares"),
    "number": ("compares", "line", "better"),
    "vitals": ("by",),
}


def read_widget(given: WidgetBody, at: int, number: int, held: Widget | None) -> Widget:
    """The widget; `held` is the one of this number that is there. Raises ApiError 400.

    What Sentry has no words for stays as it is, as does a widget of a kind that is not known here.
    """
    path = f"widgets[{at}]"
    title = " ".join((given.title or "").split())
    if held is not None and held.of_kind is None and given.display_type == held.kind:
        place = place_of(given.layout, held) or held.place
        return replace(held, title=title, place=place)
    queries = given.queries or []
    if len(queries) > 1:
        raise ApiError(400, f"{path}.queries: a widget asks one question, not {len(queries)}")
    name, options = _kind_of(given, queries[0] if queries else QueryBody(), path)
    kind = widget_kinds()[name]
    if held is not None and held.kind == name:
        unsaid = {one: held.whole_options[one] for one in _UNSAID.get(name, ())}
        options = {**unsaid, **options}
    whole, problems = check_options(kind, options)
    if problems:
        raise ApiError(400, "; ".join(f"{path}.{one}" for one in problems)[:2000])
    place = place_of(given.layout, held) or Place(0, 10_000, kind.width, kind.height)
    return Widget(number, name, title, place, written_options(kind.fields, whole))


def place_of(layout: LayoutBody | None, held: Widget | None) -> Place | None:
    """The place in twelve columns. One that is sent back as it was given stays as it is."""
    if layout is None:
        return held.place if held else None
    if held is not None and layout_of(held.place) == (layout.x, layout.y, layout.w, layout.h):
        return held.place
    return fitted(Place(2 * layout.x, 2 * layout.y, 2 * layout.w, 2 * layout.h))


def layout_of(place: Place) -> tuple[int, int, int, int]:
    """The place in six columns, as near as it can be said."""
    return place.x // 2, place.y // 2, max(place.w // 2, 1), max(place.h // 2, 1)


def _kind_of(given: WidgetBody, query: QueryBody, path: str) -> tuple[str, Options]:
    if given.display_type == "text":
        return "text", {"text": given.description or ""}
    if given.widget_type == "issue":
        return "issue_list", _issues(given, query, path)
    if given.widget_type == "metrics":
        return "crash_free", _crash_free(given, query, path)
    if given.widget_type == "vitals":
        most = {"limit": min(given.limit, 25)} if given.limit else {}
        return "vitals", {"query": query.conditions or "", **most}
    dataset = _dataset(given, query, path)
    asked: Options = {"dataset": dataset, "query": query.conditions or ""}
    groups, figures = _columns(query)
    display = given.display_type
    if display in LOOKS:
        top = {"top": given.limit} if given.limit and given.limit <= 10 else {}
        figures_of = {"figures": figures} if figures else {}
        return "series", {**asked, **figures_of, **top, "group": groups, "look": LOOKS[display]}
    if display == "table":
        return "table", _table(given, query, asked)
    if display == "big_number":
        return "number", {**asked, **_figure(figures), **_thresholds(given.thresholds, path)}
    if display in ("top_n", "categorical_bar"):
        most = {"limit": given.limit} if given.limit else {}
        return "top_list", {**asked, "group": groups, **_figure(figures), **most}
    if display in ("heatmap", "heat_map"):
        return "heat_map", asked
    raise ApiError(400, f"{path}.displayType: there is no widget like {display[:40]!r} here")


def _dataset(given: WidgetBody, query: QueryBody, path: str) -> str:
    """Sentry's `discover` is about errors and transactions: what is asked says which."""
    named = given.widget_type or "discover"
    if named not in DATASETS:
        known = ", ".join((*DATASETS, *_OTHERS))
        raise ApiError(400, f"{path}.widgetType: {named[:40]!r} is none of {known}")
    if named != "discover":
        return DATASETS[named]
    return "transactions" if _is_of_transactions(query) else "errors"


def _is_of_transactions(query: QueryBody) -> bool:
    conditions = query.conditions or ""
    terms = {term.strip("()") for term in conditions.split()}
    if terms & {"event.type:transaction", "!event.type:error"}:
        return True
    if terms & {"!event.type:transaction", "event.type:error", "event.type:default"}:
        return False
    groups, figures = _columns(query)
    asked = " ".join([*groups, *figures, conditions])
    return any(word in asked for word in _OF_TRANSACTIONS)


def _columns(query: QueryBody) -> tuple[list[str], list[str]]:
    """Groups and figures; of `fields` where clients send no more."""
    if query.columns is None and query.aggregates is None:
        fields = query.fields or []
        return [one for one in fields if not is_call(one)], [one for one in fields if is_call(one)]
    return list(query.columns or []), list(query.aggregates or [])


def _table(given: WidgetBody, query: QueryBody, asked: Options) -> Options:
    groups, figures = _columns(query)
    shown = {"group": groups, "figures": figures} if figures else {"columns": groups}
    most = {"limit": given.limit} if given.limit else {}
    return {**asked, **shown, **most, "sort": query.orderby or ""}


def _figure(figures: list[str]) -> Options:
    return {"figure": figures[0]} if figures else {}


def _issues(given: WidgetBody, query: QueryBody, path: str) -> Options:
    if given.display_type != "table":
        raise ApiError(400, f"{path}.displayType: issues are shown as a table")
    sort = query.orderby or "date"
    known = SORTS | _SORTED_AS
    if sort not in known:
        raise ApiError(400, f"{path}.queries[0].orderby: it is one of {', '.join(SORTS)}")
    most = {"limit": min(given.limit, 25)} if given.limit else {}
    return {"query": query.conditions or "", "sort": known[sort], **most}


def _crash_free(given: WidgetBody, query: QueryBody, path: str) -> Options:
    groups, figures = _columns(query)
    of = {"crash_free_rate(session)": "sessions", "crash_free_rate(user)": "users"}
    if len(figures) != 1 or figures[0] not in of:
        raise ApiError(400, f"{path}.queries[0].aggregates: it is one of {', '.join(of)}")
    if query.conditions:
        raise ApiError(400, f"{path}.queries[0].conditions: release health is not searched here")
    shown = {"big_number": "number", "table": "releases", **dict.fromkeys(LOOKS, "time")}
    if given.display_type not in shown or groups not in ([], ["release"]):
        raise ApiError(
            400, f"{path}.displayType: release health is a number, over time or by release"
        )
    show = "releases" if groups else shown[given.display_type]
    limits = _thresholds(given.thresholds, path)
    limits.pop("better", None)
    return {"of": of[figures[0]], "show": show, **limits}


def _thresholds(given: Mapping[str, Any] | None, path: str) -> Options:
    """Sentry's `max1` ends what is good, `max2` what is meh."""
    limits = (given or {}).get("max_values")
    if not isinstance(limits, dict):
        return {}
    unit = UNITS.get(str((given or {}).get("unit") or ""), "")
    polarity = str((given or {}).get("preferredPolarity", "-"))
    found: Options = {"better": {"+": "more", "": ""}.get(polarity, "less")}
    for key, name in (("max1", "warning"), ("max2", "critical")):
        value = limits.get(key)
        if value is None:
            continue
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or abs(value) > _MOST:
            raise ApiError(
                400, f"{path}.thresholds.max_values.{key}: it is a number up to {_MOST:g}"
            )
        found[name] = f"{value:.12g}{unit}"
    return found

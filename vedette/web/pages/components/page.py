"""Every component in every state, so that they can be looked at together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse

from vedette import clock
from vedette.issues.reading import Bucket
from vedette.web.access import Viewer
from vedette.web.charts import BarChart, Marker, bar_chart
from vedette.web.remarks import Remarks
from vedette.web.rendering import show
from vedette.web.routing import Page, Route
from vedette.web.templatetags.vedette import LEVELS
from vedette.web.values import Entry, show_entries


class SampleForm(forms.Form):
    """A field without and one with an error."""

    name = forms.CharField(max_length=100, label="Name")
    email = forms.EmailField(label="E-mail address")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentsContext:
    """What the page shows."""

    levels: list[str]
    buckets: list[Bucket]
    chart: BarChart
    empty_chart: BarChart
    form: SampleForm
    wrong_form: SampleForm
    entries: list[Entry]
    moments: list[datetime]
    numbers: list[int]


def components(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page."""
    now = clock.now()
    counts = (0, 3, 1, 0, 0, 8, 13, 21, 9, 4, 2, 0, 1, 5, 34, 20, 7, 3, 2, 2, 0, 1, 0, 6)
    buckets = [
        Bucket(start=now - timedelta(hours=len(counts) - index), count=number)
        for index, number in enumerate(counts)
    ]
    nothing = [Bucket(start=bucket.start, count=0) for bucket in buckets]
    context = ComponentsContext(
        levels=list(LEVELS),
        buckets=buckets,
        chart=replace(bar_chart(buckets), markers=[_marker()]),
        empty_chart=bar_chart(nothing),
        form=SampleForm(initial={"name": "Alice"}),
        wrong_form=SampleForm({"name": "", "email": "alice"}),
        entries=_entries(),
        moments=[now - timedelta(seconds=span) for span in (3, 90, 7200, 200_000, 9_000_000)],
        numbers=[0, 7, 999, 12_400, 1_200_000],
    )
    return show(request, "pages/components/page.html", context)


def _marker() -> Marker:
    return Marker(x=40, name="shop@1.4.0", title="shop@1.4.0 appeared", address="#charts")


def _entries() -> list[Entry]:
    meta = {"password": {"": {"rem": [["@password", "x", 0, 10]]}}}
    held = {
        "text": "a plain text",
        "repr": "'a text as Python writes it'",
        "number": 42,
        "null": None,
        "truth": True,
        "password": None,
        "list": [1, 2, "three"],
        "object": {"key": "value", "nested": {"deep": [True, False, None]}},
        "lines": "first line\nsecond line\n    third line",
        "long": {f"key_{number}": "value" * 3 for number in range(20)},
        "markup": "<script>alert(1)</script>",
    }
    return show_entries(held, Remarks(meta))


PAGE = Page(routes=(Route(path="components/", name="components", view=components),))

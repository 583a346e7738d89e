"""Words of the team: what the figures beside them mean, whom to call, where the runbook is."""

from __future__ import annotations

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Prose
from vedette.dashboards.widgets import Asking, WidgetKind


def ask(options: Options, asking: Asking) -> Prose:
    """The text."""
    return Prose(text=options["text"])


WIDGET = WidgetKind(
    name="text",
    label="Text",
    help="Markdown: what the figures mean, whom to call.",
    icon="file-text",
    order=60,
    fields=(
        Field(
            name="text",
            label="Text",
            kind="prose",
            help="Markdown. HTML is shown as it is written.",
            most=8000,
            is_needed=True,
        ),
    ),
    ask=ask,
    width=4,
    height=2,
    sample={"text": "**On call:** the runbook is at https://example.com/runbook"},
)

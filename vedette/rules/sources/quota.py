"""Quotas: how much of them is used, and bursts that are cut. They are set with the project."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="quota",
    help="how much of the budgets is used, and bursts of errors that are cut",
    noun=("budget", "budgets"),
    table="outcomes",
    measures=("used", "cut"),
    is_told=True,
    untold_past="What was used of budgets in the past cannot be told here.",
)

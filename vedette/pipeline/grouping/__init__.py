"""Grouping: which issue an event belongs to, why, and what it is called.

Called by the pipeline for every event (`group_and_name`, `is_unhandled`, and
`former_groups` where it meets a new group) and by the issue
page (`explain`). Pure: reads a typed event, does no I/O, never raises on what was sent.
"""

from vedette.pipeline.grouping.explanation import explain
from vedette.pipeline.grouping.model import Explanation, Grouping, Title, Variant, Verdict
from vedette.pipeline.grouping.parameterise import parameterise
from vedette.pipeline.grouping.titles import is_unhandled, title
from vedette.pipeline.grouping.versions import (
    VERSION,
    VERSIONS,
    former_groups,
    group,
    group_and_name,
)

__all__ = [
    "VERSION",
    "VERSIONS",
    "Explanation",
    "Grouping",
    "Title",
    "Variant",
    "Verdict",
    "explain",
    "former_groups",
    "group",
    "group_and_name",
    "is_unhandled",
    "parameterise",
    "title",
]

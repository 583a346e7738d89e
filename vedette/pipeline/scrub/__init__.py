"""Scrubbing: secrets leave a payload before anything is written to the store.

`Scrubber` finds triggers in one pass over the raw bytes (`engine`), looks closely only
where there is one (`walk`, by the places in `scopes`, the names in `words` and the
patterns in `patterns`) and returns the payload with remarks. `meta` turns remarks into
Sentry's `_meta` when an event is read.
"""

from vedette.pipeline.scrub.budget import TooCostly
from vedette.pipeline.scrub.meta import meta
from vedette.pipeline.scrub.remarks import Kind, Remark, Scrubbed, decode_remarks, encode_remarks
from vedette.pipeline.scrub.scrubber import Scrubber
from vedette.pipeline.scrub.settings import ScrubSettings
from vedette.pipeline.scrub.text_rules import apply_text_rule

__all__ = [
    "Kind",
    "Remark",
    "ScrubSettings",
    "Scrubbed",
    "Scrubber",
    "TooCostly",
    "apply_text_rule",
    "decode_remarks",
    "encode_remarks",
    "meta",
]

"""Every item type that nobody knows yet: kept, so that nothing sent today is lost."""

from __future__ import annotations

from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind("", category="default", sample=json_sample("a_type_of_the_future", {"a": 1}))

"""Text that a request must not carry: what no database stores and no page can show."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.http import HttpRequest

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def has_unstorable_text(request: HttpRequest, arguments: Mapping[str, object]) -> bool:
    """Whether the path or the query holds NUL or half of a character."""
    texts = [value for value in arguments.values() if isinstance(value, str)]
    for name, values in request.GET.lists():
        texts += [name, *values]
    return any(_UNSTORABLE.search(text) for text in texts)


def has_unstorable_form(request: HttpRequest) -> bool:
    """The same of a form that was sent."""
    return any(
        _UNSTORABLE.search(text)
        for name, values in request.POST.lists()
        for text in (name, *(value for value in values if isinstance(value, str)))
    )

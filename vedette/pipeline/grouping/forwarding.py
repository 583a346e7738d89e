"""Lines of source that do nothing but hand a call on: decorators, middleware, trampolines.

Wrapping a function in one more decorator, retry or middleware does not make its bugs new
ones, so such a frame does not count while a frame that it called is there to count.
"""

from __future__ import annotations

import re
from typing import Final

MAX_LINE: Final = 300

_PYTHON: Final = (
    # def helper(f, *a): return f(*a)     result = await func(self, *args, **kwargs)
    r"(?:(?:async )?def \w+\(.*\)(?: ?->[^:]*)?: *)?(?:try: *)?"
    r"(?:return |yield |yield from |\w+(?:, ?\w+)* ?= ?)?(?:await )?"
    r"[\w.]+\((?:[\w.]+, ?)*\*[\w.]+(?:, ?\*\*[\w.]+)?,?\)"
    r"|(?:return |\w+ ?= ?)?(?:await )?(?:self\.|cls\.)?"
    r"(?:_?get_response|call_next|_?get_response_async)\(\w+\)"
    r"|(?:return )?await (?:self\.)?_?app\(scope, ?receive, ?send\)"
)
_JAVASCRIPT: Final = (
    # return fn.apply(this, arguments);   return await next();
    r"(?:return |(?:const|let|var) \w+ ?= ?)?(?:await )?"
    r"(?:[\w.$]+\.(?:apply\([\w$]+, ?(?:arguments|\w+)\)|call\([\w$]+, ?\.\.\.\w+\))"
    r"|[\w.$]+\((?:[\w$]+, ?)*\.\.\.\w+\)|next\(\w*\))"
)
_PHP: Final = (
    r"(?:return |\$\w+ ?= ?)?(?:\$next\(\$\w+\)|\$\w+\(\.\.\.\$\w+\)"
    r"|call_user_func_array\(\$\w+, ?\$\w+\))"
)
_RUBY: Final = (
    r"(?:\w+(?:, ?\w+)* ?= ?)?(?:@app\.call\(?\s?env\)?|yield\(?\s?\*\w+\)?"
    r"|\w+\.call\(\*\w+(?:, ?&\w+)?\)"
    r"|send\(\w+, ?\*\w+(?:, ?&\w+)?\))"
)
_FORWARDS: Final = re.compile(rf"\s*(?:{_PYTHON}|{_JAVASCRIPT}|{_PHP}|{_RUBY}) *;?\s*")


def is_forwarding(line: str) -> bool:
    """True when this line of source only passes its caller's arguments on to a callable.

    Lines longer than MAX_LINE are minified or generated, and never are.
    """
    return "(" in line and len(line) <= MAX_LINE and _FORWARDS.fullmatch(line) is not None

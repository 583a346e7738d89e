"""Colours of one's own, made readable: contrast of WCAG 2.2 on the page's grounds."""

from __future__ import annotations

import re
from typing import Final

_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_GROUNDS: Final = {"light": "#ffffff", "dark": "#0f1115"}
LEAST: Final = 4.5
MOST_CSS: Final = 20_000
_REFUSED: Final = re.compile(r"@import|url\s*\(|expression\s*\(|</|\\", re.IGNORECASE)


def is_colour(text: str) -> bool:
    """Whether it is written `#rrggbb`."""
    return bool(_HEX.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """Between two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def readable_on(colour: str, ground: str) -> str:
    """The colour, darker or lighter until text in it can be read on the ground."""
    target = "#000000" if _luminance(ground) > 0.5 else "#ffffff"
    for step in range(21):
        mixed = _mix(colour, target, step / 20)
        if contrast(mixed, ground) >= LEAST:
            return mixed
    return target


def accent_css(accent: str) -> str:
    """The two accents, for light and dark; nothing for none."""
    if not is_colour(accent):
        return ""
    light, dark = (readable_on(accent, ground) for ground in _GROUNDS.values())
    return f":root {{ --accent: light-dark({light}, {dark}); }}"


def mistake_in_css(css: str) -> str:
    """Why these styles are not taken; empty if they are. They load nothing from elsewhere."""
    if len(css) > MOST_CSS:
        return f"at most {MOST_CSS} characters"
    found = _REFUSED.search(css)
    return f"styles may not hold {found.group()}: they load nothing" if found else ""


def _luminance(colour: str) -> float:
    parts = [_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _mix(colour: str, target: str, share: float) -> str:
    pairs = ((int(colour[at : at + 2], 16), int(target[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)

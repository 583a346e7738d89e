"""What the bundlers call the files of a build: names, and the hashes they put to them.

Each rule is a bundler's default; `rebuilt` gives one name twice, as two deployments would.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from typing import Final, TypeAlias

HEX: Final = "0123456789abcdef"
BASE64URL: Final = string.ascii_letters + string.digits + "-_"
BASE32: Final = string.ascii_uppercase + "234567"
BASE40: Final = string.digits + string.ascii_lowercase + "_.~-"
CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_WORDS: Final = (
    "account address admin alert analytics archive avatar banner basket billing calendar cart"
    " catalog chart checkout comment company contact coupon customer dashboard delivery detail"
    " dialog discount document editor employee export feature feedback filter footer form gallery"
    " graph header history home image import inbox invoice item journal keyboard label layout list"
    " location login logout manager map market media member menu message modal navigation notice"
    " offer order overview page panel password payment permission person photo picker plan player"
    " policy popup preview price product profile project promotion provider query quote rating"
    " receipt refund region register reminder report request return review role route schedule"
    " search section seller session settings shipping sidebar signup slider status store summary"
    " support survey table tag task team template theme ticket timeline toolbar tracking transfer"
    " upload user validation vendor version video view voucher wallet warehouse widget wizard"
)
WORDS: Final = tuple(_WORDS.split())
Rule: TypeAlias = Callable[[random.Random, str], str]


def _hash(dice: random.Random, alphabet: str, length: int) -> str:
    return "".join(dice.choices(alphabet, k=length))


def _turbopack(dice: random.Random) -> str:
    return _hash(dice, "01234", 1) + _hash(dice, BASE40, 12)


NAMED: Final[dict[str, Rule]] = {
    "Vite": lambda dice, name: f"assets/{name}-{_hash(dice, BASE64URL, 8)}.js",
    "Vite 4": lambda dice, name: f"assets/{name}-{_hash(dice, HEX, 8)}.js",
    "Vite 2": lambda dice, name: f"assets/{name}.{_hash(dice, HEX, 8)}.js",
    "Astro": lambda dice, name: f"_astro/{name}.{_hash(dice, BASE64URL, 8)}.js",
    "SvelteKit": lambda dice, name: f"_app/immutable/entry/{name}.{_hash(dice, BASE64URL, 8)}.js",
    "Nuxt 2": lambda dice, name: f"_nuxt/{name}.{_hash(dice, HEX, 7)}.js",
    "esbuild": lambda dice, name: f"{name}-{_hash(dice, BASE32, 8)}.js",
    "webpack": lambda dice, name: f"static/js/{name}.{_hash(dice, HEX, 20)}.js",
    "webpack, short": lambda dice, name: f"js/{name}.{_hash(dice, HEX, 8)}.js",
    "Create React App": lambda dice, name: f"static/js/{name}.{_hash(dice, HEX, 8)}.chunk.js",
    "Next.js": lambda dice, name: f"_next/static/chunks/pages/{name}-{_hash(dice, HEX, 16)}.js",
    "Gatsby": lambda dice, name: f"component---src-{name}-js-{_hash(dice, HEX, 20)}.js",
    "Parcel": lambda dice, name: f"{name}.{_hash(dice, HEX, 8)}.js",
    "Rails": lambda dice, name: f"assets/{name}-{_hash(dice, HEX, 64)}.js",
    "Turbopack 15": lambda dice, name: f"_next/static/chunks/{name}_{_hash(dice, HEX, 8)}._.js",
    "Turbopack 14": lambda dice, name: f"_next/static/chunks/{name}_{_hash(dice, HEX, 6)}._.js",
    "Turbopack 16": lambda dice, name: f"_next/static/chunks/{name}-{_turbopack(dice)}.js",
}
# Chunks without a name of their own: all that is left of them is their folder.
NAMELESS: Final[dict[str, Callable[[random.Random], str]]] = {
    "Nuxt": lambda dice: f"_nuxt/{_hash(dice, BASE64URL, 8)}.js",
    "Nuxt 2": lambda dice: f"_nuxt/{_hash(dice, HEX, 7)}.js",
    "SvelteKit": lambda dice: f"_app/immutable/chunks/{_hash(dice, BASE64URL, 8)}.js",
    "Angular": lambda dice: f"chunk-{_hash(dice, BASE32, 8)}.js",
    "Bun": lambda dice: f"chunk-{_hash(dice, CROCKFORD, 8)}.js",
    "Next.js": lambda dice: f"_next/static/chunks/{_hash(dice, HEX, 8)}-{_hash(dice, HEX, 16)}.js",
    "Next.js, by number": lambda dice: (
        f"_next/static/chunks/{dice.randrange(9999)}-{_hash(dice, HEX, 16)}.js"
    ),
    "webpack, by number": lambda dice: (
        f"static/js/{dice.randrange(999)}.{_hash(dice, HEX, 8)}.chunk.js"
    ),
    "Turbopack 15": lambda dice: f"_next/static/chunks/_{_hash(dice, HEX, 8)}._.js",
    "Turbopack 16": lambda dice: f"_next/static/chunks/{_turbopack(dice)}.js",
}


def names(count: int, dice: random.Random) -> list[str]:
    """So many different names, in all the ways in which people join words."""
    found: dict[str, None] = {}
    while len(found) < count:
        one, two, three = dice.choices(WORDS, k=3)
        number = dice.randrange(1, 10)
        forms = (
            *(one, f"{one}-{two}", f"{one}-{two}-{three}", f"{one}_{two}", f"{one}.{two}"),
            *(f"{one}{two.title()}", f"{one.title()}{two.title()}", one.title()),
            *(f"{one}-{two}{number}", f"{one}-{two}-{number}", f"[{one}]-{two}", f"_{one}-{two}"),
        )
        found[dice.choice(forms)] = None
    return list(found)


def rebuilt(rule: Rule, name: str, dice: random.Random) -> tuple[str, str]:
    """The name of one chunk in two builds."""
    return rule(dice, name), rule(dice, name)

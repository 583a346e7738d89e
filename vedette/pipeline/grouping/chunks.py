"""The names of built scripts without what a build puts into them: hashes and chunk numbers.

The bundlers' own rules say where a hash stands and how long it is:

- Vite, Rollup, Astro, Remix: `[name]-[hash].js`, `[name].[hash].js`; 8 of base64url
- SvelteKit, Nuxt: `[hash].js`, `[name].[hash].js`; 8 of base64url, or 7 or 8 hex digits
- esbuild, Angular; Bun: `[name]-[hash].js`; 8 of base32; of `0-9a-z`
- webpack, Next.js, Gatsby, Parcel: `[name].[hash].js`, `[id].[hash].chunk.js`; 8 to 64 hex digits
- Turbopack: `[path]_[hash]._.js`, `[name]-[hash].js`, `[hash].js`; 6 to 16 hex digits, or 13 of
  `0-9a-z_.~-` that begin with a digit

Whether such a piece is a hash or a word that somebody chose (`user-settings`) its letters
decide, not whether it holds a digit: a fifth of all base64url hashes holds none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

from vedette.pipeline.grouping.letters import word_score

_TARGETS: Final = r"es5|es20\d\d|legacy|modern"
_BUILT: Final = re.compile(r"\.(?:[cm]?js|css|wasm)$|^[^.]*$")
# Endings that stand behind the hash: `main.3f2a91bc.chunk.js`.
_ENDING: Final = re.compile(
    r"(?:\.(?:[cm]?js|css|wasm|map|chunk|bundle|min|entry|module|esm|worker"
    rf"|{_TARGETS}"
    r"|client|server|prod|async|lazy|iife|umd|_))+$|\._$"
)
# The browsers a build was made for: each chunk is built once for each.
_TARGET_ENDING: Final = re.compile(rf"\.(?:{_TARGETS})(?=\.|$)")
_ANY_TARGET: Final = re.compile(rf"(?<=\w)[-_](?:{_TARGETS})$")
_NUMBERED_TARGET: Final = re.compile(r"(?<=\w)[-_]es(?:5|20\d\d)$")
# SvelteKit numbers the routes of an application, and their files are named by that alone.
_ROUTES: Final = re.compile(r"(?:^|[/.])(?:immutable|server)[/.]nodes[/.]?$")
_ROUTE: Final = re.compile(r"\d+(?=\.|$)")
_BASE64URL_TAIL: Final = re.compile(r"[-._~][\w-]{8}$", re.ASCII)
_BARE: Final = re.compile(r"[\w-]{8}|[0-9A-Za-z]{7,64}", re.ASCII)
_TURBOPACK: Final = re.compile(r"(?:^|_+)[0-9a-f]{5,16}$")
_LAST_PIECE: Final = re.compile(r"[-._~]([0-9A-Za-z]{5,64})$")
_BASE40_TAIL: Final = re.compile(r"(?:^|-)([0-9][0-9a-z_.~-]{12})(\.(?:js|css))$")
_HEX: Final = re.compile(r"[0-9a-f]+")
_LETTERS: Final = re.compile(r"[a-z]+")
_DIGITS: Final = re.compile(r"\d+")
_RUN: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_CHUNK_NUMBER: Final = re.compile(r"^(chunk\.|vendors?~)?\d+$", re.IGNORECASE)
_VERSION: Final = re.compile(r"v?\d+(?:(?:alpha|beta|rc)\d*)?")
_ACRONYMS: Final = (
    "api url html css sdk svg pdf csv xml json sql http https sms cms crm erp gps sso otp mfa"
    " ssr rss faq vat vip kpi roi aws gcp cdn dns tcp udp uuid utc iso jwt oidc saml oauth rpc"
    " grpc pos usd eur ajax dom jsx tsx cli npm ssl tls id ui db io ip qr ux os ai ml pr hr it"
    " kyc aml usb ble ws nfc gtm mqtt lms sla tos pim"
)
_TWO_LETTERS: Final = (
    "my to on in is by no up go ok js ts of at an as be do me or us we cv pc ad tv"
    " id ui db io ip qr ux os ai ml pr hr it"
)
_KNOWN_ACRONYMS: Final = frozenset(_ACRONYMS.split())
_SHORT_WORDS: Final = frozenset(_TWO_LETTERS.split())
_LENGTH: Final = 8
# Names of technologies that hold a digit, and versions: `v2`, `b2b`, `i18n`, `2fa`.
_TERM: Final = re.compile(
    r"(?:(?<![0-9A-Za-z])|(?<=[a-z])(?=[A-Z]))(?:[vV]\d{1,2}|[eE][sS]\d{1,4}|[iI]18[nN]|[lL]10[nN]"
    r"|[aA]11[yY]|[A-Za-z]2[A-Za-z]|2[fF][aA]|[dDsS]3|[kK]8[sS]|[hHpP]5|[eE][cC]2|(?:html|Html|HTML)5"
    r"|(?:css|Css|CSS)3|(?:mp|Mp|MP)[34]|x86|x64|[wW]3[cC]|[23][dD]|md5|utf8|web3|vue[23])"
    r"(?=[A-Z_-]|$)"
)
_TERM_IN_FRONT: Final = re.compile(
    r"(?:[sd]3|k8s|[hp]5|ec2|html5|css3|mp[34]|x86|web3|vue[23])(?=[a-z]+$)"
)
# Bits of evidence for a word, below which letters are a hash. How often a hash is written in
# one case decides how much is asked of it: all base32 hashes are, and 1 of 1,500 base64url.
_LOWER_CASE: Final = -12
_WITH_NUMBER: Final = -4
_CAPITALISED: Final = 0
_MIXED_CASE: Final = 2
_UPPER_CASE: Final = 8


def is_built(name: str) -> bool:
    """True for a file that a bundler may have named, unlike `.ts`, `.vue` or `.html`."""
    return _BUILT.search(name) is not None


def chunk_name(name: str, folder: str = "") -> str:
    """The name of a built script as its author knows it: no hash, no number of a chunk.

    `user-profile-B3kQ9xZa.js` is `user-profile.js`; what is nothing but a hash or a number is
    `<hash>` or `<int>`. The `folder` tells a number that stands for a route.
    """
    if folder and _ROUTES.search(folder) is not None and (route := _ROUTE.match(name)):
        return f"route{route.group()}.js"
    base40 = _BASE40_TAIL.search(name)
    if base40 is not None and not _is_joined_words(base40.group(1)):
        return (name[: base40.start()] or "<hash>") + base40.group(2)
    ending = _ENDING.search(name)
    end = ending.start() if ending is not None else len(name)
    if end <= 0:
        return name
    stem, rest = name[:end], name[end:]
    if rest.startswith("._"):  # Turbopack's: what stands before it is hexadecimal
        stem, rest = _TURBOPACK.sub("", stem) or "<hash>", rest[2:]
    else:
        bare = _without_hash(stem)
        # `index-legacy-HASH.js`: without a hash behind it the word may be the author's.
        target = _NUMBERED_TARGET if bare == stem else _ANY_TARGET
        stem, rest = target.sub("", bare), _TARGET_ENDING.sub("", rest)
        if len(stem) >= _LENGTH and _is_hexadecimal(stem):  # a name that is one: Next.js
            stem = "<hash>"
    return _CHUNK_NUMBER.sub(r"\1<int>", stem) + rest


def _without_hash(stem: str) -> str:
    """The stem of a file's name without its hash."""
    if _BARE.fullmatch(stem) is not None and is_hash(stem):
        return "<hash>"
    piece = _LAST_PIECE.search(stem)
    if piece is not None and _is_hexadecimal(piece.group(1)):
        return stem[: piece.start()]
    tail = _BASE64URL_TAIL.search(stem)
    if tail is not None and is_hash(stem[-_LENGTH:], behind=stem[: tail.start()]):
        return stem[: tail.start()]
    if piece is not None and is_hash(piece.group(1)):
        return stem[: piece.start()]
    return stem


def _is_hexadecimal(piece: str) -> bool:
    """True for digits no word is made of."""
    if _HEX.fullmatch(piece) is None:
        return False
    if len(piece) >= _LENGTH:
        return True
    if len(piece) == _LENGTH - 1:
        return not piece.isalpha() or word_score(piece) < _UPPER_CASE
    has_digits = any(character.isdigit() for character in piece[1:])
    return len(piece) >= 5 and has_digits and not piece.isdigit()


@lru_cache(maxsize=8_192)
def is_hash(piece: str, behind: str = "") -> bool:
    """True when letters and digits were drawn by a machine rather than written by a person.

    `behind` is the name that the piece stands behind: a chunk without a name of its own
    (`chunk-`) is named by its hash alone.
    """
    if _is_hexadecimal(piece):
        return True
    if behind == "chunk" and len(piece) == _LENGTH:
        return not piece.isalpha() or not _is_word(piece, least=_UPPER_CASE)
    if _is_word(piece):
        return False
    if len(piece) == _LENGTH:
        return True
    changes = sum(a.isupper() != b.isupper() for a, b in pairwise(piece))
    has_digits = any(character.isdigit() for character in piece[1:])
    return len(piece) >= 6 and (has_digits or (len(piece) >= 16 and 3 * changes >= len(piece)))


def _is_joined_words(piece: str) -> bool:
    """True for words and numbers in a row, such as `2024-report-q`."""
    runs = _LETTERS.findall(piece)
    return all(len(run) >= 3 and word_score(run) >= 0 for run in runs)


def _is_word(piece: str, least: int = _LOWER_CASE) -> bool:
    """True when a person may have written this: words, in one of the usual ways to join them."""
    if piece[:1] == "-" or piece[-1:] in "-_":
        return False
    if _VERSION.fullmatch(piece) is not None and len(piece) < _LENGTH:
        return True
    if least < _UPPER_CASE and _is_joined(piece):
        return True
    numbers = _DIGITS.findall(piece)
    if len(numbers) > 1 or (numbers and len(numbers[0]) > 4):
        return False
    letters = _DIGITS.sub("-", piece)
    runs = _RUN.findall(letters)
    if piece.isupper():
        return piece.isalpha() and word_score(piece.lower()) >= _UPPER_CASE
    if not runs or not all(_may_be_run(run) for run in runs):
        return False
    ends_in_number = bool(numbers) and piece.endswith(numbers[0])
    if not piece.islower() and (len(runs) > 1 or numbers):
        is_camel = piece.isalpha() or (piece.isalnum() and ends_in_number)
        least = _MIXED_CASE if is_camel else _UPPER_CASE
    elif not piece.islower():
        least = max(least, _CAPITALISED)
    elif numbers:
        least = max(least, _WITH_NUMBER if ends_in_number else _MIXED_CASE)
    return sum(word_score(run.lower()) for run in runs) >= least


def _is_joined(piece: str) -> bool:
    """True for words joined with terms, with acronyms or by a dash: `order-v2`, `SMSInbox`."""
    front = _TERM_IN_FRONT.match(piece)
    if front is not None:
        rest = piece[front.end() :]
        return rest in _KNOWN_ACRONYMS or (len(rest) >= 4 and word_score(rest) >= _MIXED_CASE)
    if piece.isupper():
        return False
    rest = _TERM.sub("-", piece)
    is_separated = "-" in piece or "_" in piece
    if any(character.isdigit() for character in rest) or piece[0] == "_":
        return False
    runs = _RUN.findall(rest)
    words = [run for run in runs if run.lower() not in _KNOWN_ACRONYMS]
    is_told = rest != piece or len(words) < len(runs)
    long = [run for run in words if len(run) >= 4]
    short = len(words) - len(long)
    if not (is_told or (is_separated and long)) or short > (is_separated or rest != piece):
        return False
    if any(len(run) < 2 or (len(run) >= 4 and run.isupper()) for run in words):
        return False
    is_plain = all(run.islower() or len(run) < 4 for run in words)
    least = _CAPITALISED if is_plain or len(words) < len(runs) else 2 * _MIXED_CASE
    return all(word_score(run.lower()) >= least for run in long)


def _may_be_run(run: str) -> bool:
    """True for letters that may be one word of a joined name, by their length and case."""
    low = run.lower()
    if len(run) > 1 and run.isupper():
        return low in _KNOWN_ACRONYMS
    return len(run) >= 3 or low in _SHORT_WORDS

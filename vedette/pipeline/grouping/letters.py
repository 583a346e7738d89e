"""How much a run of letters looks like a word: the letter pairs of six thousand names.

Counted over the words of public source code and its documentation: each digit of `_PAIRS`
is the base-2 logarithm of how much more often the pair stands in a word than among random
letters, plus 4. Rows and columns are a to z, then the edge of the word.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final

_EDGE: Final = "{"  # follows z
_PAIRS: Final = (
    "245412404026450406563311304"
    "633251005306205104535000305"
    "603160054054007004264000204"
    "521371106003014003424100107"
    "425633301004451326640314006"
    "511065007015016005245000305"
    "402060445003244005404000107"
    "610270006002326004343000206"
    "435444400014475303550402032"
    "611171114113116311616113114"
    "401273126003133202633020217"
    "601460006005005200444200506"
    "640070006012405610404000205"
    "505553614122124101563300106"
    "334412303035573406445341004"
    "600260034005005506444000305"
    "200000000005000300308000005"
    "613371205022335204543210306"
    "304161045022113400464010207"
    "503170046003104105443010406"
    "454353304005562506560001002"
    "600080006000104000000000005"
    "600261156003055105521020006"
    "405262025002102701261010206"
    "223231204002443501440020018"
    "600080005002205000203000224"
    "545554335114434515544330000"
)
_SCORES: Final = {
    chr(97 + row) + chr(97 + column): int(digit) - 4
    for row in range(27)
    for column, digit in enumerate(_PAIRS[27 * row : 27 * row + 27])
}


@lru_cache(maxsize=4_096)
def word_score(letters: str) -> int:
    """How much more likely these lower-case ASCII letters are as a word than by chance.

    In bits, roughly: words score above 0 nearly always, random letters rarely.
    """
    return sum(_SCORES[one + other] for one, other in pairwise(f"{_EDGE}{letters}{_EDGE}"))

"""Secrets next to their names and by their look, measured on texts with and without them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.pipeline.scrub.conftest import Wash, build
from tests.pipeline.scrub.drawing import drawn
from vedette.pipeline.scrub import ScrubSettings
from vedette.pipeline.scrub.engine import ENGINES

FOLDER = Path(__file__).parent
VALUES = (
    "hunter2",
    "S3cr3t!pass-9f",
    "correcthorse",
    "9f86d081884c7d659a2feaa0c55ad015",
    "pa$$w0rd",
)
LEAST_RECALL = LEAST_PRECISION = 0.98


def lines(name: str) -> list[str]:
    """The texts of a file, without comments, with what is to be drawn in them drawn."""
    found = (FOLDER / name).read_text().splitlines()
    return [drawn(line) for line in found if line and not line.startswith("# ")]


def secrets() -> list[str]:
    """Every text with its secret marked."""
    found: list[str] = []
    for line in lines("corpus_secrets.txt"):
        found += [line.replace("$S", value) for value in VALUES] if "$S" in line else [line]
    return found


def test_secrets_next_to_their_names_are_cut_out() -> None:
    """At least 98 of 100 are, and nothing else of the text goes with them."""
    texts = secrets()
    wash = Wash(next(iter(ENGINES)))
    left = [text for text in texts if not _is_cut(wash, text)]
    assert len(texts) >= 400
    assert 1 - len(left) / len(texts) >= LEAST_RECALL, left


def test_texts_about_secrets_stay_as_they_are() -> None:
    """Of all that is cut at least 98 of 100 are secrets."""
    wash = Wash(next(iter(ENGINES)))
    cut = [text for text in lines("corpus_plain.txt") if wash({"message": text})["message"] != text]
    assert len(lines("corpus_plain.txt")) >= 200
    assert 1 - len(cut) / len(secrets()) >= LEAST_PRECISION, cut
    assert len(cut) <= 4


def test_the_engines_agree_on_all_of_them() -> None:
    """What one finds worth a look, the other does."""
    texts = [text.replace("⟦", "").replace("⟧", "") for text in secrets()]
    texts += lines("corpus_plain.txt")
    payloads = [json.dumps({"message": text, "extra": {"a": text}}).encode() for text in texts]
    for payload in payloads:
        assert len({build(name, ScrubSettings()).scrub(payload).payload for name in ENGINES}) == 1


def _is_cut(wash: Wash, marked: str) -> bool:
    """Whether the marked parts go and nothing else, wherever the text stands."""
    whole = marked.replace("⟦", "").replace("⟧", "")
    event = {
        "message": whole,
        "extra": {"a": whole},
        "breadcrumbs": [{"message": whole}],
        "exception": {"values": [{"value": whole}]},
    }
    done = wash(event)
    found = {
        done["message"],
        done["extra"]["a"],
        done["breadcrumbs"][0]["message"],
        done["exception"]["values"][0]["value"],
    }
    return {_PLACEHOLDER.sub("[Filtered]", text) for text in found} == {
        _MARKED.sub("[Filtered]", marked)
    }


_PLACEHOLDER = re.compile(r"\[(?:token|creditcard|pemkey)\]")
_MARKED = re.compile("⟦[^⟧]*⟧")

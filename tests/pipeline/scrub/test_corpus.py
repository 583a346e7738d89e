"""Secrets next to their names, measured on texts with and without them."""

from __future__ import annotations

from pathlib import Path

from tests.pipeline.scrub.conftest import Wash, build
from vedette.pipeline.scrub import ScrubSettings
from vedette.pipeline.scrub.engine import ENGINES

FOLDER = Path(__file__).parent
VALUES = ("hunter2", "S3cr3t!pass-9f", "correcthorse", "9f86d081884c7d659a2feaa0c55ad015", "pa$$w0rd")
LEAST_RECALL = LEAST_PRECISION = 0.98


def lines(name: str) -> list[str]:
    """The texts of a file, without comments."""
    found = (FOLDER / name).read_text().splitlines()
    return [line for line in found if line and not line.startswith("# ")]


def secrets() -> list[str]:
    """Every text with its secret marked."""
    found: list[str] = []
    for line in lines("corpus_secrets.txt"):
        found += [line.replace("$S", value) for value in VALUES] if "$S" in line else [line]
    return found

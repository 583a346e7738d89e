"""Names of releases taken apart as Sentry's clients and Relay do."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.releases.names import (
    BadCharacters,
    InvalidRelease,
    RestrictedName,
    TooLong,
    is_valid,
    parse_release,
    parse_version,
)
from vedette.releases.ordering import build_order, version_order

_REFUSALS = {
    "InvalidReleaseErrorBadCharacters": BadCharacters,
    "InvalidReleaseErrorRestrictedName": RestrictedName,
    "InvalidReleaseErrorTooLong": TooLong,
}
# Each is older than the next.
IN_ORDER = (
    *("0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2"),
    *("1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.0.1", "1.0.1", "1.2", "1.10", "2.0.0rc1"),
    *("2.0", "10", "2024.10.01", "2024.10.2", "99999999999999999999999"),
)


def test_every_name_is_parsed_as_the_fixture_says(fixtures: Path) -> None:
    """Package, version, build, hash and description; refused names by their reason."""
    for case in json.loads((fixtures / "releases" / "parse.json").read_text())["parse"]:
        if "invalid" in case:
            with pytest.raises(_REFUSALS[case["invalid"]]):
                parse_release(case["release"])
        else:
            assert parts_of(case["release"]) == case["parsed"], case["release"]


def parts_of(text: str) -> dict[str, Any]:
    parts = parse_release(text)
    version = parts.version and {
        **asdict(parts.version),
        "raw_quad": list(parts.version.raw_quad),
        **dict(zip(("major", "minor", "patch", "revision"), parts.version.numbers, strict=True)),
        "components": parts.version.components,
    }
    return {
        "package": parts.package,
        "version_raw": parts.version_raw,
        "version_parsed": version,
        "build_hash": parts.build_hash,
        "description": parts.description,
    }


def test_a_hash_as_build_is_shortened() -> None:
    """People know a commit by its first digits."""
    assert parse_release(f"shop@1.2.0+{'ab' * 20}").description == "1.2.0 (abababababab)"
    assert parse_release(f"shop@{'ab' * 20}").build_hash == "ab" * 20


def test_versions_have_the_order_of_semver() -> None:
    """Also as bytes, which is how the database sorts them."""
    keys = [version_order(parse_version(text)) for text in IN_ORDER]
    assert None not in keys
    assert keys == sorted(keys)  # type: ignore[type-var]
    assert len(set(keys)) == len(keys)


def test_builds_of_one_version_have_an_order() -> None:
    """Without one first, then numbers by size, then words."""
    keys = [build_order(parse_version(f"1.0{build}")) for build in ("", "+2", "+10", "+a", "+b1")]
    assert keys == sorted(keys)
    assert len({version_order(parse_version(f"1.0{one}")) for one in ("", "+2", "+a")}) == 1


@given(st.text(max_size=300))
def test_no_text_breaks_the_parser(text: str) -> None:
    """It is parsed, or refused in words."""
    if is_valid(text) or not text.strip():
        parts = parse_release(text)
        assert parts.name == text.strip()
        version_order(parts.version)
        return
    with pytest.raises(InvalidRelease, match=r"\.\Z"):
        parse_release(text)

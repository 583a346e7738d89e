"""`vedette doctor` names what is unsafe, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vedette import safety
from vedette.config import Config


def test_open_files_are_named(tmp_path: Path) -> None:
    """Anywhere in the folder; a closed one is well."""
    file = tmp_path / "store" / "day.duckdb"
    file.parent.mkdir(mode=0o700)
    file.touch(mode=0o600)
    config = Config(data=tmp_path)
    assert safety.file_modes(config).advice == ""
    file.chmod(0o644)
    found = safety.file_modes(config)
    assert str(file) in found.text
    assert found.advice == f"chmod -R go= {tmp_path}"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"listen": "0.0.0.0:8000"}, "VEDETTE_URL"),
        ({"listen": "0.0.0.0:8000", "url": "http://errors.example.com"}, "https://"),
        ({"url": "https://errors.example.com"}, "VEDETTE_TRUSTED_PROXIES"),
    ],
)
def test_a_weak_address_is_named(settings: dict[str, Any], words: str) -> None:
    """No address of its own, no encryption, a proxy that is not known."""
    assert words in safety.address(Config(**settings)).advice


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"url": "http://localhost:8000"},
        {"url": "https://errors.example.com", "trusted_proxies": 1},
        {"listen": "10.0.0.1:80", "url": "https://errors.example.com", "trusted_proxies": 1},
    ],
)
def test_a_good_address_is_well(settings: dict[str, Any]) -> None:
    """On the own machine without encryption, elsewhere with."""
    assert safety.address(Config(**settings)).advice == ""


@pytest.mark.parametrize(
    "settings",
    [
        {"secret_key": "secret"},
        {"mail_url": "smtp+plain://mail.example.com"},
        {"hosts": "a.example.com, *"},
        {"outgoing_networks": "0.0.0.0/0"},
        {"disk_free_min_bytes": 0},
    ],
)
def test_a_weak_setting_is_named(settings: dict[str, Any]) -> None:
    """Each by its name, with what to write instead."""
    found = safety.settings(Config(**settings))
    assert f"VEDETTE_{next(iter(settings)).upper()}" in found.text + found.advice
    assert safety.settings(Config()).advice == ""

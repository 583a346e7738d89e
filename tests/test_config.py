"""Settings: parsed once, with a message that says how to mend what is wrong."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from vedette.config import PREFIX, Config, ConfigError, load


def test_no_setting_is_needed() -> None:
    """The defaults run the product on a laptop."""
    assert load({}) == Config()


def test_every_setting_has_a_line_of_help() -> None:
    """The help ends with a full stop and fits a line of a terminal."""
    for field in fields(Config):
        text = field.metadata["help"]
        assert text.endswith("."), field.name
        assert 10 < len(text) < 90, field.name


def test_values_are_read_by_their_type() -> None:
    """Numbers, switches, paths and texts."""
    config = load(
        {
            "VEDETTE_RETENTION_DAYS": "30",
            "VEDETTE_SCRUB_EMAILS": "yes",
            "VEDETTE_DATA": "/srv/vedette",
            "VEDETTE_URL": "https://errors.example",
        }
    )
    assert config.retention_days == 30
    assert config.scrub_emails is True
    assert config.data == Path("/srv/vedette")
    assert config.base_url == "https://errors.example"


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("1048576", 1 << 20),
        ("1_048_576", 1 << 20),
        ("64MB", 64 << 20),
        ("64 mb", 64 << 20),
        ("4GB", 4 << 30),
        ("1tb", 1 << 40),
        ("512kb", 512 << 10),
        ("7b", 7),
    ],
)
def test_sizes_may_be_written_with_a_unit(text: str, size_bytes: int) -> None:
    """Sizes are powers of two, with or without a unit."""
    assert load({"VEDETTE_SPOOL_MAX_BYTES": text}).spool_max_bytes == size_bytes


@pytest.mark.parametrize(("text", "value"), [("1", True), ("ON", True), ("no", False), ("", False)])
def test_switches_are_yes_or_no(text: str, value: bool) -> None:
    """The usual spellings, in any case."""
    assert load({"VEDETTE_SCRUB_EMAILS": text}).scrub_emails is value


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    """NAME_FILE names a file with the value; a value given directly wins."""
    secret = tmp_path / "secret"
    secret.write_text("from the file\n")
    env = {"VEDETTE_SECRET_KEY_FILE": str(secret)}
    assert load(env).secret_key == "from the file"
    assert load({**env, "VEDETTE_SECRET_KEY": "direct"}).secret_key == "direct"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("RETENTION_DAYS", "a month", "whole number"),
        ("SPOOL_MAX_BYTES", "four GB", "sizes: 64MB, 4GB"),
        ("SCRUB_EMAILS", "perhaps", "yes or no"),
        ("LISTEN", "8000", "HOST:PORT"),
        ("LISTEN", "localhost:http", "HOST:PORT"),
        ("LISTEN", "localhost:70000", "HOST:PORT"),
        ("URL", "errors.example", "http://"),
        ("LOG_LEVEL", "loud", "not a level"),
        ("RETENTION", "30", "vedette settings"),
        ("DATA_FILE", "/does/not/exist", "cannot read"),
    ],
)
def test_a_wrong_setting_stops_the_start(name: str, value: str, words: str) -> None:
    """The message names the setting and what may be written instead."""
    with pytest.raises(ConfigError, match=PREFIX + name) as caught:
        load({PREFIX + name: value})
    assert words in str(caught.value)


def test_the_command_line_wins_over_the_environment() -> None:
    """An override that is None was not given."""
    env = {"VEDETTE_LISTEN": "127.0.0.1:9000"}
    assert load(env, listen="127.0.0.1:9001").port == 9001
    assert load(env, listen=None).port == 9000


@pytest.mark.parametrize(
    ("listen", "url", "base_url", "prefix"),
    [
        ("127.0.0.1:8000", "", "http://127.0.0.1:8000", ""),
        ("0.0.0.0:8000", "", "http://127.0.0.1:8000", ""),
        ("[::1]:8000", "", "http://[::1]:8000", ""),
        ("127.0.0.1:8000", "https://x.example/errors/", "https://x.example/errors", "/errors"),
    ],
)
def test_the_public_address(listen: str, url: str, base_url: str, prefix: str) -> None:
    """Links and DSNs are built from the public address, which may have a path."""
    config = load({"VEDETTE_LISTEN": listen, "VEDETTE_URL": url})
    assert config.base_url == base_url
    assert config.path_prefix == prefix


def test_a_folder_too_deep_for_its_sockets_is_refused() -> None:
    """In words, at the start, and not by processes that die again and again."""
    assert load({"VEDETTE_DATA": "/" + "d" * 60})
    with pytest.raises(ConfigError, match="too long for the sockets"):
        load({"VEDETTE_DATA": "/" + "d" * 100})

"""Where mail goes is read from one setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.config import ConfigError, load
from vedette.outgoing.mail import describe, mail_settings


def test_without_a_server_mail_is_written_to_files(tmp_path: Path) -> None:
    """Nothing is lost before there is one."""
    config = load({}, data=tmp_path)
    assert mail_settings(config)["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
    assert str(tmp_path) in describe(config)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://u:p%40ss@mail.example", ("mail.example", 587, "u", "p@ss", True, False)),
        ("smtps://mail.example:2465", ("mail.example", 2465, "", "", False, True)),
        ("smtp+plain://127.0.0.1:1025", ("127.0.0.1", 1025, "", "", False, False)),
    ],
)
def test_a_server_is_read_from_its_address(url: str, expected: tuple[object, ...]) -> None:
    """Name, port, user, password, and how it is encrypted; the password is never shown."""
    config = load({"VEDETTE_MAIL_URL": url})
    held = mail_settings(config)
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert tuple(held[f"EMAIL_{name}"] for name in names) == expected
    assert "p@ss" not in describe(config)


def test_an_address_that_cannot_be_read_stops_the_start() -> None:
    """With the name of the setting."""
    with pytest.raises(ConfigError, match="VEDETTE_MAIL_URL"):
        mail_settings(load({"VEDETTE_MAIL_URL": "mail.example"}))

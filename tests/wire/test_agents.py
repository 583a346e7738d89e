"""What a user agent says, for what people really send and for what they make up."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vedette.wire.agents import client_of

_PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36"
)
_TABLET = (
    "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
_DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        (_PHONE, (("Chrome Mobile", "120.0"), ("Android", "14"), "Pixel 8")),
        (_TABLET, (("Mobile Safari", "17.5"), ("iOS", "17.5"), "iPad")),
        (_DESK, (("Firefox", "140.0"), ("Linux", ""), "")),
        ("okhttp/4.12.0", (("okhttp", "4.12"), ("", ""), "")),
        ("nobody knows", (("", ""), ("", ""), "")),
        ("", (("", ""), ("", ""), "")),
    ],
)
def test_browser_system_and_device_are_named(
    agent: str, client: tuple[tuple[str, str], tuple[str, str], str]
) -> None:
    """As the people who read them expect; what is not known is empty."""
    assert client_of(agent) == client


def test_a_device_without_a_name_is_none() -> None:
    """An agent whose name of a device is blanks costs no event."""
    assert client_of(";  AIRIS   )") == (("", ""), ("", ""), "")


def test_an_agent_is_read_up_to_a_bound() -> None:
    """What stands behind half a thousand characters names nothing."""
    assert client_of("x" * 600 + _DESK) == (("", ""), ("", ""), "")
    assert client_of(_DESK + " " * 600)[0] == ("Firefox", "140.0")


def test_the_expressions_are_held_in_one_set() -> None:
    """Each expression by itself takes four times the memory, in every installation."""
    script = f"""
import re2, sys
from vedette.wire.agents import client_of
client_of({_DESK!r})
print("ua_parser_rs" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout == "False\n", done.stderr

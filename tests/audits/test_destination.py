"""Where an audit goes: options, environment and `.sentryclirc`, and what no checkout may decide."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from vedette.audit.destination import Destination, Options, find
from vedette.audit.errors import Misasked

NONE: dict[str, str] = {}


def write(folder: Path, text: str) -> Path:
    """A `.sentryclirc` in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / ".sentryclirc").write_text(text)
    return folder


def test_the_nearest_wins(tmp_path: Path) -> None:
    """An option before the environment before the file of the checkout before that of home."""
    home = write(tmp_path / "home", "[auth]\ntoken=t\n[defaults]\nurl=http://home\norg=o\n")
    root = write(tmp_path / "root", "[defaults]\nproject=shop\n")
    expected = Destination(url="http://home", token="t", organization="o", project="shop")
    assert find(str(root), Options(), NONE, home) == expected
    environment = {"SENTRY_URL": "http://env/", "SENTRY_ORG": "e", "SENTRY_AUTH_TOKEN": "of env"}
    found = find(str(root), Options(project="web"), environment, home)
    assert found == Destination(url="http://env", token="of env", organization="e", project="web")
    assert find(str(root), Options(url="https://option"), environment, home).url == "https://option"


def test_a_checkout_cannot_have_a_token_sent_elsewhere(tmp_path: Path) -> None:
    """The address in its file counts only with a token of its own."""
    root = write(tmp_path / "root", "[defaults]\nurl=http://evil\n")
    home = write(tmp_path / "home", "[auth]\ntoken=mine\n[defaults]\nurl=http://home\n")
    assert find(str(root), Options(), NONE, home).url == "http://home"
    assert find(str(root), Options(), {"SENTRY_AUTH_TOKEN": "mine"}, home).url == "http://home"
    with pytest.raises(Misasked, match="where to"):
        find(str(root), Options(), {"SENTRY_AUTH_TOKEN": "mine"}, None)
    write(tmp_path / "root", "[auth]\ntoken=theirs\n[defaults]\nurl=http://theirs\n")
    found = find(str(root), Options(), NONE, home)
    assert (found.url, found.token) == ("http://theirs", "theirs")


def test_a_token_of_an_organisation_says_where_it_belongs(tmp_path: Path) -> None:
    """So that nothing else has to be named."""
    said = base64.b64encode(json.dumps({"url": "http://own", "org": "lantern"}).encode()).decode()
    found = find(str(tmp_path), Options(), {"VEDETTE_AUTH_TOKEN": f"sntrys_{said}_x"}, None)
    assert (found.url, found.organization) == ("http://own", "lantern")
    with pytest.raises(Misasked):
        find(str(tmp_path), Options(), {"VEDETTE_AUTH_TOKEN": "sntrys_!!_x"}, None)


@pytest.mark.parametrize("url", ["ftp://a", "a.example", "https://", "https://me:pw@a.example"])
def test_an_address_is_one_of_the_web(tmp_path: Path, url: str) -> None:
    """Without names and passwords in it; a token is needed, too, and is never shown."""
    with pytest.raises(Misasked):
        find(str(tmp_path), Options(url=url), {"SENTRY_AUTH_TOKEN": "t"}, None)
    with pytest.raises(Misasked, match="token"):
        find(str(tmp_path), Options(url="https://a.example"), NONE, None)
    assert "secret" not in repr(Destination(url="http://a", token="secret"))

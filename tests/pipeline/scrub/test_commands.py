"""Passwords among the arguments of commands, in real lists."""

from __future__ import annotations

import pytest

from tests.pipeline.scrub.conftest import Wash


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (["mysqldump", "-u", "app", "-phunter2", "shop"], "-p[Filtered]"),
        (["/usr/bin/sshpass", "-p", "hunter2", "ssh", "web1"], "[Filtered]"),
        (["curl", "-s", "-u", "ann:hunter2", "https://a.example"], "ann:[Filtered]"),
        (["'curl'", "'-u'", "'ann:hunter2'", "'https://a.example'"], "'ann:[Filtered]'"),
        (["ldapsearch", "-x", "-w", "hunter2"], "[Filtered]"),
        (["'tool'", "'--password'", "'hunter2'"], "[Filtered]"),
    ],
)
def test_the_password_among_arguments_goes(wash: Wash, arguments: list[str], kept: str) -> None:
    """Also where an SDK wrote each argument with its quotes; all others stay."""
    secret = next(one for one in arguments if "hunter2" in one)
    expected = [kept if one == secret else one for one in arguments]
    for place in ({"extra": {"argv": arguments}}, {"logentry": {"params": [arguments]}}):
        done = wash(place)
        assert expected in (
            done.get("extra", {}).get("argv"),
            *done.get("logentry", {}).get("params", ()),
        )


@pytest.mark.parametrize(
    "arguments",
    [
        ["psql", "-p", "5432", "shop"],
        ["mysql", "-u", "root", "-p", "shop"],
        ["ssh", "-p", "2222", "web1"],
        ["git", "commit", "-p", "x"],
        ["mkdir", "-p", "/srv/data"],
        ["curl", "-u", "ann", "https://a.example"],
        ["redis-cli", "-p", "6379"],
        ["sshpass", "-p", "%s"],
    ],
)
def test_the_arguments_of_other_commands_stay(wash: Wash, arguments: list[str]) -> None:
    """The same letters mean a port, a folder, a name."""
    assert wash({"extra": {"argv": arguments}}) == {"extra": {"argv": arguments}}


@pytest.mark.parametrize(
    "name",
    [
        "contraseña",
        "Contraseña",
        "Пароль",
        "ПАРОЛЬ",
        "密码",
        "パスワード",
        "비밀번호",
        "Passwort",
        "senha",
        "mot de passe",
        "hasło",
    ],
)
def test_the_word_for_password_in_other_languages_names_one(wash: Wash, name: str) -> None:
    """As a member of any case, however JSON writes its letters."""
    payload = {"extra": {name: "hunter2", "desenhar": "x"}}
    done = wash(payload)["extra"]
    assert done == {name: "[Filtered]", "desenhar": "x"}


def test_a_session_in_a_header_of_its_own_goes(wash: Wash) -> None:
    """`X-Session-Id` is a credential; the number of a session in other data is not."""
    event = {
        "request": {"headers": {"X-Session-Id": "abc"}, "env": {"HTTP_X_SESSION_ID": "abc"}},
        "extra": {"session_id": "abc"},
    }
    done = wash(event)
    assert done["request"]["headers"] == {"X-Session-Id": "[Filtered]"}
    assert done["request"]["env"] == {"HTTP_X_SESSION_ID": "[Filtered]"}
    assert done["extra"] == {"session_id": "abc"}


def test_names_with_encoded_letters_are_read(wash: Wash) -> None:
    """`%70assword` is a password in a query, wherever the address stands."""
    done = wash(
        {"request": {"query_string": "a=b&%70assword=x1"}, "message": "GET /a?p%61ssword=x1&b=1"}
    )
    assert done["request"]["query_string"] == [["a", "b"], ["password", "[Filtered]"]]
    assert done["message"] == "GET /a?p%61ssword=[Filtered]&b=1"

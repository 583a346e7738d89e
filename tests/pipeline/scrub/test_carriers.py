"""Cookies, query strings and bodies: strings that carry names and values of their own."""

from __future__ import annotations

import json

import pytest

from tests.pipeline.scrub.conftest import Wash


@pytest.mark.parametrize(
    "name",
    ["session", "sessionid", "JSESSIONID", "connect.sid", "csrftoken", "_xsrf", "su", "my_sess_id"],
)
def test_session_cookies_are_hidden_in_every_form(wash: Wash, name: str) -> None:
    """A session cookie is hidden as header, string, object and pair; other cookies stay."""
    string, filtered = f"theme=dark; {name}=abc; lang=en", f"theme=dark; {name}=[Filtered]; lang=en"
    object_, hidden = {"theme": "dark", name: "abc"}, {"theme": "dark", name: "[Filtered]"}
    for headers in ("headers", "env"):
        sent = {"request": {headers: {"Cookie": string, "Host": "a"}}}
        assert wash(sent) == {"request": {headers: {"Cookie": filtered, "Host": "a"}}}
    assert wash({"request": {"headers": [["Cookie", string]]}}) == {
        "request": {"headers": [["Cookie", filtered]]}
    }
    assert wash({"request": {"cookies": string}}) == {"request": {"cookies": filtered}}
    assert wash({"request": {"cookies": object_}}) == {"request": {"cookies": hidden}}
    pairs = {"request": {"cookies": [list(pair) for pair in object_.items()]}}
    assert wash(pairs) == {"request": {"cookies": [list(pair) for pair in hidden.items()]}}


def test_a_card_in_a_cookie_is_hidden(wash: Wash) -> None:
    """Cookies are text as well; nested or without names they are no loophole."""
    sent = {"Cookie": "a=4111111111111111; b=c", "cookies": {"cookie": "session=a", "b": "c"}}
    kept = {"Cookie": "a=[Filtered]; b=c", "cookies": {"cookie": "session=[Filtered]", "b": "c"}}
    assert wash({"extra": sent}) == {"extra": kept}
    assert wash({"extra": {"cookie": "my token=x"}}) == {"extra": {"cookie": "my token=[Filtered]"}}


def test_forms_lose_their_sensitive_values(wash: Wash) -> None:
    """In form bodies only the values of sensitive names go; a query string becomes pairs."""
    sent = "a=b&password=hunter2&next=%2F&user%5Btoken%5D=1&empty_token=&card=4111111111111111"
    kept = (
        "a=b&password=[Filtered]&next=%2F&user%5Btoken%5D=[Filtered]&empty_token=&card=[Filtered]"
    )
    assert wash({"request": {"data": sent}}) == {"request": {"data": kept}}
    pairs = [
        *(["a", "b"], ["password", "[Filtered]"], ["next", "/"], ["user[token]", "[Filtered]"]),
        *(["empty_token", ""], ["card", "[Filtered]"]),
    ]
    for query in (sent, f"?{sent}"):
        assert wash({"request": {"query_string": query}}) == {"request": {"query_string": pairs}}
    untouched = {"request": {"query_string": "a=b&c=%2F"}, "extra": {"password": "x"}}
    assert wash(untouched)["request"] == untouched["request"]


def test_json_bodies_are_looked_into(wash: Wash) -> None:
    """A body that is a string of JSON stays one, without its secrets."""
    body = {"email": "alice@example.com", "password": "x", "pins": {"token": 7}, "t": 'a"\\b'}
    kept = body | {"password": "[Filtered]", "pins": {"token": None}}
    result = wash({"request": {"data": json.dumps(body)}})
    assert json.loads(result["request"]["data"]) == kept


def test_a_broken_json_body_loses_its_secrets(wash: Wash) -> None:
    """Also where it is no JSON, names tell which values are secret; strict takes no chance."""
    sent = {"request": {"data": '{"email":"alice@example.com","password":"x"}xxx'}}
    kept = {"request": {"data": '{"email":"alice@example.com","password":"[Filtered]"}xxx'}}
    assert wash(sent) == kept
    assert wash(sent, strict=True) == {"request": {"data": "[Filtered]"}}


def test_bodies_without_secrets_stay(wash: Wash) -> None:
    """A body that only resembles trouble is kept to the byte."""
    sent = {"request": {"data": '{"authors": ["tokenizer"]}', "query_string": "author=bob&x=1"}}
    assert wash(sent) == sent


def test_an_option_and_its_argument_are_one(wash: Wash) -> None:
    """A list of arguments names a secret in one element and gives it in the next."""
    sent = ["run", "--password", "hunter2", "--api-key=k1", "--token", "--verbose", "author"]
    kept = ["run", "--password", "[Filtered]", "--api-key=[Filtered]", *sent[4:]]
    assert wash({"extra": {"sys.argv": sent}}) == {"extra": {"sys.argv": kept}}


@pytest.mark.parametrize(
    "name",
    ["wordpress_logged_in_ab", ".AspNetCore.Identity.Application", ".ASPXAUTH", "remember_web_59ba"]
    + [
        "_t",
        "PLAY_SESSION",
        "__Host-sid",
        "laravel_session",
        "_gitlab_session",
        "SSESS1b2c",
        "sb-x",
    ]
    + [
        "KEYCLOAK_IDENTITY",
        "_shibsession_6465",
        "next-auth.session-token",
        "rack.session",
        "ssoid",
    ],
)
def test_login_cookies_of_frameworks_are_hidden(wash: Wash, name: str) -> None:
    """By the names that the common frameworks give them; what only looks near stays."""
    cookies = {"theme": "dark", "lang": "en", "wordpress_test_cookie": "1", "_ga": "GA1.2"}
    sent = {"request": {"cookies": {**cookies, name: "SEKRET"}}}
    assert wash(sent) == {"request": {"cookies": {**cookies, name: "[Filtered]"}}}
    header = "; ".join(f"{key}={value}" for key, value in {**cookies, name: "SEKRET"}.items())
    assert "SEKRET" not in str(wash({"message": f"sent Cookie: {header}"}))


def test_only_the_request_own_query_becomes_pairs(wash: Wash) -> None:
    """A header of that name stays a text; a query is made of pairs also without a value to hide."""
    sent = {"headers": {"query_string": "token=x"}, "query_string": "foo=bar&password&baz=bar"}
    done = wash({"request": sent})["request"]
    assert done["headers"] == {"query_string": "token=[Filtered]"}
    assert done["query_string"] == [["foo", "bar"], ["password", ""], ["baz", "bar"]]

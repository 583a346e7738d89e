"""What each setting turns on and off."""

from __future__ import annotations

import json

import pytest

from tests.pipeline.scrub.conftest import Wash
from vedette.pipeline.scrub import ScrubSettings
from vedette.pipeline.scrub.settings import MAX_FIELDS, MAX_LENGTH

EVENT = {"extra": {"password": "x", "note": "4111111111111111", "ip": "1.2.3.4", "mysekret": "y"}}


def test_everything_can_be_turned_off(wash: Wash) -> None:
    """Without `enabled` and the private settings a payload is returned as it is."""
    assert wash(EVENT, enabled=False, sensitive_fields=("mysekret",)) == EVENT


def test_private_settings_stand_alone(wash: Wash) -> None:
    """IP addresses go by their own setting, even when credentials stay."""
    assert wash(EVENT, enabled=False, ip_addresses=True) == {
        "extra": EVENT["extra"] | {"ip": "[ip]"}
    }


def test_own_fields_work_without_the_defaults(wash: Wash) -> None:
    """A project may have its own word list only."""
    kept = {"extra": EVENT["extra"] | {"mysekret": "[Filtered]"}}
    assert wash(EVENT, defaults=False, sensitive_fields=("MySekret", " ", "")) == kept


def test_own_fields_match_names_and_values_as_plain_text(wash: Wash) -> None:
    """An own field is a substring: signs of expressions in it mean themselves."""
    sent = {"extra": {"card[number]": "1", "a": "see CARD[NUMBER]", "cardn": "kept", "(a+)+$": "z"}}
    kept = {
        "extra": {"card[number]": "[Filtered]", "a": "[Filtered]", "cardn": "kept", "(a+)+$": "z"}
    }
    assert wash(sent, sensitive_fields=("card[number]",)) == kept
    expression = wash(sent, sensitive_fields=("(a+)+$",))["extra"]
    assert expression == sent["extra"] | {"(a+)+$": "[Filtered]"}


def test_own_fields_in_any_script_and_length(wash: Wash) -> None:
    """Own fields may be single letters, accented, quoted; escaped JSON does not hide them."""
    value = {"Paßwort": "1", "ключ": "2", 'a"b': "3", "q": "4", "other": "kept"}
    kept = dict.fromkeys(value, "[Filtered]") | {"other": "kept"}
    assert wash({"extra": value}, sensitive_fields=("Paßwort", "Ключ", 'a"b', "q")) == {
        "extra": kept
    }


def test_safe_fields_are_whole_names(wash: Wash) -> None:
    """A safe field is spared by every rule; what lies inside it and what resembles it is not."""
    sent = {
        "extra": {
            "Public_Token": "a",
            "public_token_2": "b",
            "card": "4111111111111111",
            "credentials": {"password": "c", "email": "d"},
            "list": [["public_token", "e"]],
        }
    }
    kept = {
        "extra": {
            "Public_Token": "a",
            "public_token_2": "[Filtered]",
            "card": "4111111111111111",
            "credentials": {"password": "[Filtered]", "email": "d"},
            "list": [["public_token", "e"]],
        }
    }
    assert wash(sent, safe_fields=("public_token", "CARD", "credentials")) == kept


def test_code_locations_are_safe_from_own_fields(wash: Wash) -> None:
    """Not even an own field removes what grouping and symbolication need."""
    event = {
        "debug_meta": {"images": [{"code_file": "foo", "debug_file": "foo"}]},
        "stacktrace": {"frames": [{"filename": "foo", "abs_path": "foo"}]},
    }
    assert wash(event, sensitive_fields=("code_file", "debug_file", "filename", "foo")) == event


def test_as_many_own_fields_as_allowed_work(wash: Wash) -> None:
    """The longest list of the longest fields is no trouble; a longer one is refused."""
    fields = tuple(f"{number}ä".ljust(MAX_LENGTH, "ö") for number in range(MAX_FIELDS))
    assert wash({"extra": {fields[7].upper(): "x"}}, sensitive_fields=fields) == {
        "extra": {fields[7].upper(): "[Filtered]"}
    }
    with pytest.raises(ValueError, match="fields"):
        ScrubSettings(sensitive_fields=(*fields, "a"))
    with pytest.raises(ValueError, match="characters"):
        ScrubSettings(safe_fields=("a" * (MAX_LENGTH + 1),))


def test_an_own_field_with_a_slash_is_found_however_escaped(wash: Wash) -> None:
    """PHP escapes slashes in JSON."""
    done = wash.raw(rb'{"extra":{"a\/b":"x","a/b":"y"}}', sensitive_fields=("a/b",))
    assert done.payload == rb'{"extra":{"a\/b":"[Filtered]","a/b":"[Filtered]"}}'


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("extra.password", {"extra"}),
        ("EXTRA.Password", {"extra"}),
        ("extra.*", {"extra"}),
        ("extra.**", {"extra", "list"}),
        ("extra.list.password", {"list"}),
        ("**.password", {"extra", "list", "var"}),
        ("$frame.vars.password", {"var"}),
        ("$frame.vars.*", {"var"}),
        ("exception.values.stacktrace.frames.vars.password", {"var"}),
        ("request.headers.'x.auth'", {"header"}),
        ("$http.headers.*", {"header"}),
        ("$user.password", set()),
        ("request.query_string", {"query"}),
        ("request.query_string.token", {"query"}),
        ("tags.auth_token", {"tag"}),
        ("$http.query_string.*", {"query"}),
        ("extra.pass", set()),
        ("extra.password || tags.auth_token", {"extra", "tag"}),
        ("extra.** && !extra.password", {"list"}),
        ("~(extra.** | $http.**) & **", {"tag", "var"}),
        ("(password)", {"extra", "list", "var"}),
        ("$frame.vars.*|$http.headers.'x.auth'", {"var", "header"}),
        ("extra.password ||", set()),
        ("(extra.password", set()),
        ("a..b'", set()),
    ],
)
def test_a_safe_field_may_be_a_path(wash: Wash, path: str, kept: set[str]) -> None:
    """Only the value at that place stays; what is not a path is a name, wherever it stands."""
    sent = {
        "extra": {"password": "extra", "list": [{"password": "list"}]},
        "request": {"headers": {"x.auth": "header"}, "query_string": "a=b&token=query"},
        "tags": [["auth_token", "tag"]],
        "exception": {"values": [{"stacktrace": {"frames": [{"vars": {"password": "var"}}]}}]},
    }
    done = json.dumps(wash(sent, safe_fields=(path,)))
    words = ("extra", "list", "header", "var", "query", "tag")
    assert {word for word in words if f': "{word}"' in done or f', "{word}"]' in done} == kept

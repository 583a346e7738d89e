"""What each setting turns on and off."""

from __future__ import annotations

from tests.pipeline.scrub.conftest import Wash

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

"""Parameters of log messages: only the template says which of them is a secret."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipeline.scrub.conftest import Wash
from vedette.wire.template import fill

GONE = "[Filtered]"


@pytest.mark.parametrize(
    ("template", "params", "kept"),
    [
        ("password=%s user=%s", ["hunter2", "ann"], [GONE, "ann"]),
        ("user %s has password '%s'", ["ann", "hunter2"], ["ann", GONE]),
        ("token {} of {}", ["abc123", "ann"], [GONE, "ann"]),
        (
            "user {Name} token {Token}",
            {"Name": "ann", "Token": "a1b2c3"},
            {"Name": "ann", "Token": GONE},
        ),
        ("%(user)s password=%(pw)s", {"user": "ann", "pw": "hunter2"}, {"user": "ann", "pw": GONE}),
        ("pin=%d of %d", [1234, 7], [None, 7]),
        ('password="%s"', ['a"b\\c'], [GONE]),
        ("password=%s", [True], [True]),
        ("token %s", ["expired"], ["expired"]),
        ("no password for %s", ["ann"], ["ann"]),
        ("db %s", ["pg://ann:x@db"], ["pg://ann:[Filtered]@db"]),
        ("password=%s", ["one", "too many"], ["one", "too many"]),
        ("password=%s", [], []),
    ],
)
@pytest.mark.parametrize("is_template_first", [True, False])
def test_a_parameter_that_the_template_calls_a_secret_goes(
    wash: Wash, template: str, params: Any, kept: Any, *, is_template_first: bool
) -> None:
    """Also where the SDK left it to the server to fill the template in."""
    members = [("message", template), ("params", params)]
    entry = dict(members if is_template_first else reversed(members))
    for place in ("logentry", "message", "sentry.interfaces.Message"):
        done = wash({"event_id": "a", place: entry, "extra": {"a": 1}})[place]
        assert done == {"message": template, "params": kept}
        assert "hunter2" not in fill(done["message"], done["params"])


def test_parameters_of_structured_logs_are_text(wash: Wash) -> None:
    """They stand among attributes of Sentry's own, which are not looked at otherwise."""
    value = {"type": "string", "value": "pg://ann:hunter2@db"}
    kept = {"type": "string", "value": "pg://ann:[Filtered]@db"}
    sent = {"items": [{"body": "x", "attributes": {"sentry.message.parameter.0": value}}]}
    assert wash(sent)["items"][0]["attributes"] == {"sentry.message.parameter.0": kept}

"""Remarks: their places, their stored form, and the `_meta` tree."""

from __future__ import annotations

import json

from tests.pipeline.scrub.conftest import Wash
from vedette.pipeline.scrub import Kind, Remark, decode_remarks, encode_remarks, meta, text_rules


def test_remarks_point_at_the_new_values(wash: Wash) -> None:
    """The offsets of a remark frame the value that stands in the scrubbed payload."""
    sent = b'{"extra": {"password" : "h\xc3\xa4nter2", "token":[1, {"a":2}], "x": "a 078-05-1120"}}'
    done = wash.raw(sent)
    values = [done.payload[remark.start : remark.end] for remark in done.remarks]
    assert values == [b'"[Filtered]"', b"null", b'"a [Filtered]"']
    assert [remark.kind for remark in done.remarks] == [
        Kind.SUBSTITUTED,
        Kind.REMOVED,
        Kind.SUBSTITUTED,
    ]
    assert [remark.original_length for remark in done.remarks] == [7, None, 13]
    assert done.remarks[2].range == (2, 12)


def test_meta_is_the_tree_that_sentry_shows(wash: Wash) -> None:
    """`_meta` mirrors the payload, with lists by index, and says rule, kind, range and length."""
    sent = {
        "extra": {"a": [{"b": 1}, "é redis://u:pw@h pg://u:pw@h"]},
        "request": {"headers": [["X-Token", "abc"]]},
    }
    done = wash.raw(json.dumps(sent).encode())
    assert meta(done.payload, done.remarks) == {
        "extra": {
            "a": {
                "1": {
                    "": {
                        "rem": [["@urlauth:legacy", "s", 12, 22], ["@urlauth:legacy", "s", 32, 42]],
                        "len": 28,
                    }
                }
            }
        },
        "request": {
            "headers": {
                "0": {"1": {"": {"rem": [["@password:filter", "s", 0, 10]], "len": 3}}},
            }
        },
    }


def test_what_the_sdk_removed_is_told_too(wash: Wash) -> None:
    """The `_meta` that an SDK sends and our remarks make one tree."""
    earlier = {"rem": [["!config", "s"]], "len": 4}
    sent = {
        "request": {"headers": {"Cookie": "[Filtered]", "X-Token": "a"}},
        "_meta": {"request": {"headers": {"Cookie": {"": earlier}}}},
    }
    done = wash.raw(json.dumps(sent).encode())
    tree = meta(done.payload, done.remarks)
    assert tree["request"]["headers"]["Cookie"] == {"": earlier}
    assert tree["request"]["headers"]["X-Token"][""]["rem"] == [["@password:filter", "s", 0, 10]]


def test_an_untouched_payload_has_no_meta(wash: Wash) -> None:
    """Nothing removed, nothing said, and the payload is the very same bytes."""
    payload = b'{"extra": {"a" : "b"}}'
    done = wash.raw(payload)
    assert done.payload is payload
    assert meta(done.payload, done.remarks) == {}
    assert encode_remarks(done.remarks) == b""
    assert decode_remarks(b"") == ()


def test_remarks_survive_the_store() -> None:
    """Stored remarks are read back as they were, also of rules that have no number."""
    remarks = (
        Remark(3, 15, "@password:filter", Kind.SUBSTITUTED, 7, (0, 10)),
        Remark(90000, 90004, "strip-fields", Kind.REMOVED),
        Remark(100000, 100004, "@some:rule", Kind.REMOVED, 9),
    )
    stored = encode_remarks(remarks)
    assert decode_remarks(stored) == remarks
    assert len(stored) < 60


def test_named_text_rules() -> None:
    """A named rule replaces, masks, hashes or removes what it finds."""
    rules = {
        "@mac": "at *****************!",
        "@mac:replace": "at [mac]!",
        "@mac:hash": "at 6220F3EE59BF56B32C98323D7DE43286AAF1F8F1!",
        "@mac:remove": "at !",
        "@mac:filter": "at [Filtered]!",
    }
    for rule, kept in rules.items():
        assert text_rules.apply_text_rule(rule, "at 4a:00:04:10:9b:50!") == kept
    assert text_rules.apply_text_rule("@userpath", "/home/alice/x") == "/home/[user]/x"
    assert text_rules.apply_text_rule("@imei", "é 356938035643809") == "é [imei]"
    assert text_rules.apply_text_rule("@imei", "35693803564380") == "35693803564380"

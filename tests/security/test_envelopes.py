"""Lengths that lie: nothing is read beyond the body, and what is good beside it is stored."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.flow.product import Product

LENGTHS = ["1000000", "-1", "18446744073709551616", "1e3", '"7"', "null", "9" * 400, "[]", "0"]


@pytest.mark.parametrize("length", LENGTHS)
def test_a_length_that_lies_is_no_fault_of_ours(
    product: Product,
    project: dict[str, str],
    length: str,
) -> None:
    """Refused, or the item is dropped; the events around it are whole (SEC-18)."""
    words = uuid.uuid4().hex
    good = json.dumps({"message": f"after {words}"})
    header = f'{{"type":"event","length":{length}}}'
    body = f'{{}}\n{header}\n{{"message":"lying {words}"}}\n'
    whole = f'{{"type":"event","length":{len(good)}}}\n{good}\n'
    path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
    status, _, answer = product.post(path, body.encode())
    assert status in (200, 400), answer
    assert product.post(path, f"{{}}\n{whole}".encode())[0] == 200
    found = product.wait_for_issue(project, f'"after {words}"')
    assert found["title"] == f"after {words}"
    for issue in product.issues(project):
        stored = json.dumps(product.latest(project, issue))
        assert "after" not in stored or "lying" not in stored
    assert "Traceback" not in product.log()

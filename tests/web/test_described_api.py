"""Requests made of the API's own description: every operation, with right and wrong values."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode

from tests.web.walk import arguments_of, bearer
from tests.web.world import World

steady = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def send(client: Client, case: Case) -> Any:
    """Send it as a client of the API would."""
    parts = {name: quote(str(value), safe="") for name, value in case.path_parameters.items()}
    path = case.path.format(**parts)
    query = urlencode(case.query or {}, doseq=True, errors="replace")
    body = case.body if isinstance(case.body, dict | list | str | int | float | None) else {}
    return client.generic(
        case.method,
        f"{path}?{query}",
        b"" if case.method == "GET" else json.dumps(body).encode(),
        content_type="application/json",
    )


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_operation_fails_whatever_its_description_allows(
    world: World, nobody: Client, mode: GenerationMode
) -> None:
    """An answer below 500, as JSON; a value that is described is never called a wrong one."""
    client = bearer(world.organization, world.alice)
    described = schemathesis.openapi.from_dict(nobody.get("/api/0/openapi.json").json())
    known = {name: str(value) for name, value in arguments_of(world).items()}
    tried = 0
    for found in described.get_all_operations():
        operation: APIOperation[Any, Any, Any, Any] = found.ok()
        try_operation(client, operation, known, mode)
        tried += 1
    assert tried >= len(described)


def try_operation(
    client: Client,
    operation: APIOperation[Any, Any, Any, Any],
    known: dict[str, str],
    mode: GenerationMode,
) -> None:
    """Several requests to an operation, of what there is and of what there is not."""

    @steady
    @given(operation.as_strategy(mode), st.booleans())
    def run(case: Case, is_there: bool) -> None:
        if is_there:
            case.path_parameters = {name: known[name] for name in case.path_parameters}
        answer = send(client, case)
        assert answer.status_code < 500, (case.path, case.query, case.body)
        if answer.status_code >= 400:
            assert answer.json()["detail"]

    with contextlib.suppress(Unsatisfiable):  # nothing of it can be wrong
        run()

"""Quotas of the whole product: what is refused, and that a restart forgets nothing."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.postgres import Postgres, find_binaries
from tests.flow.product import Product
from vedette.wire.envelope import build_envelope, new_event_id

_MOST = 30
_WITH_POSTGRES = pytest.param(
    "postgresql",
    marks=[
        pytest.mark.postgres,
        pytest.mark.skipif(find_binaries() is None, reason="no PostgreSQL server is installed"),
    ],
)


@pytest.fixture(params=["sqlite", _WITH_POSTGRES])
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Product]:
    """The product on either database."""
    settings = {}
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        settings["database_url"] = server.database()
    with Product(tmp_path / "data", **settings) as running:
        yield running


def send(product: Product, project: dict[str, str], *kinds: str) -> int:
    """One request with an item of each kind; its status."""
    payload = {"event": b'{"message":"x"}', "replay_event": b'{"replay_id":"%s"}' % (b"d" * 32)}
    body = build_envelope(
        {"event_id": new_event_id()}, [({"type": kind}, payload[kind]) for kind in kinds]
    )
    path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
    return product.post(path, body)[0]


def test_a_limit_is_kept_exactly_also_after_a_restart(product: Product, tmp_path: Path) -> None:
    """Of a month: so many are taken and no more, while replays go on; all figures agree."""
    project = product.project("quotas")
    rules = {
        "project": project["project"],
        "set": {"quotas": {"limits": {"error": {"month": _MOST}}}},
    }
    (tmp_path / "settings.yaml").write_text(json.dumps({"settings": [rules]}))
    product.command("apply", str(tmp_path / "settings.yaml"))
    product.wait(lambda: "quota" in product.command("export"))
    product.stop()
    product.start()  # the door knows of the limit when it answers
    answers = Counter(send(product, project, "event", "replay_event") for _ in range(_MOST - 10))
    assert answers == {200: _MOST - 10}

    def counted() -> dict[str, int]:
        groups = product.api(
            f"organizations/{project['organization']}/stats_v2/?project={project['id']}"
            "&field=sum(quantity)&groupBy=outcome&category=error&statsPeriod=1d&interval=1d"
        )["groups"]
        return {one["by"]["outcome"]: one["totals"]["sum(quantity)"] for one in groups}

    product.wait(lambda: counted() == {"accepted": _MOST - 10})
    product.stop()
    product.start()
    answers = Counter(send(product, project, "event") for _ in range(25))
    assert answers == {200: 10, 429: 15}
    assert send(product, project, "event", "replay_event") == 200

    product.wait(lambda: counted() == {"accepted": _MOST, "rate_limited": 16})


def test_figures_add_up_while_digesters_are_killed(tmp_path: Path) -> None:
    """Two digesters, one limit, one filter, kills meanwhile: every event sent is exactly one of
    accepted, filtered and refused, and no more than the limit is stored."""
    with Product(tmp_path / "data", digesters="2") as product:
        project = product.project("quotas")
        chosen = {
            "quotas": {"limits": {"error": {"month": 300}}},
            "filters": {"environments": ["staging"]},
        }
        rules = [{"project": project["project"], "set": chosen}]
        (tmp_path / "settings.yaml").write_text(json.dumps({"settings": rules}))
        product.command("apply", str(tmp_path / "settings.yaml"))
        product.wait(lambda: "quota" in product.command("export"))
        product.stop()
        product.start()  # the door knows of the limit when it answers
        path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
        answers: Counter[int] = Counter()
        for number in range(700):
            payload = json.dumps(
                {"message": f"m {number % 7}", "environment": ("prod", "staging")[number % 2]}
            )
            body = build_envelope(
                {"event_id": new_event_id()}, [({"type": "event"}, payload.encode())]
            )
            answers[product.post(path, body)[0]] += 1
            if number in (150, 300, 450, 600):
                for process in product.children("digester")[number // 150 % 2 :][:1]:
                    os.kill(process, signal.SIGKILL)

        def total() -> Counter[str]:
            found: Counter[str] = Counter()
            for (category, outcome, _), quantity in product.outcomes(project).items():
                if category == "error":
                    found[outcome] += quantity
            return found

        product.wait(lambda: sum(total().values()) == 700, seconds=60)
        assert total()["rate_limited"] == answers[429]
        assert total()["accepted"] + total()["filtered"] == answers[200]
        assert 0 < total()["accepted"] <= 300 + 1

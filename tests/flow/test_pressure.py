"""When the pipeline stands still: refused clearly, bulky kinds first, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import time
import uuid
from collections import Counter
from pathlib import Path

from tests.flow.product import Product
from vedette.wire.envelope import build_envelope


def envelope(kind: str, size: int = 0) -> bytes:
    now = time.time()
    body: dict[str, object] = {"message": "the lamp fell", "extra": {"note": "x" * size}}
    if kind == "transaction":
        body |= {
            "start_timestamp": now - 1,
            "timestamp": now,
            "contexts": {"trace": {"trace_id": uuid.uuid4().hex, "span_id": "a" * 16}},
        }
    payload = json.dumps(body).encode()
    return build_envelope({"event_id": uuid.uuid4().hex}, [({"type": kind}, payload)])


def test_a_backlog_refuses_by_weight_and_goes_away(tmp_path: Path) -> None:
    """With the worker stopped: transactions go first, errors last; then everything adds up."""
    with Product(tmp_path / "data", spool_max_bytes="4mb") as product:
        project = product.project("pressed")
        assert product.send(project, envelope("event"))[0] == 200
        product.wait_for_issue(project)
        worker = product.child("worker")
        os.kill(worker, signal.SIGSTOP)
        answers: Counter[tuple[str, int]] = Counter({("event", 200): 1})
        first_refusal: dict[str, int] = {}
        for turn in range(4000):
            for kind in ("event", "transaction", "attachment"):
                status, _ = product.send(project, envelope(kind, size=2000))
                answers[(kind, status)] += 1
                if status == 429:
                    first_refusal.setdefault(kind, turn)
            if len(first_refusal) == 3:
                break
            time.sleep(0.006)  # the door looks at the backlog twice a second
        assert first_refusal["transaction"] < first_refusal["attachment"] < first_refusal["event"]
        status, _, body = product.post("/-/health", b"", method="GET")
        assert status == 503
        assert "the spool is full" in json.loads(body)["problems"]
        os.kill(worker, signal.SIGCONT)
        product.wait(lambda: product.send(project, envelope("event"))[0] == 200)
        answers[("event", 200)] += 1
        refused = sum(n for (_, status), n in answers.items() if status == 429)
        stored = sum(n for (_, status), n in answers.items() if status == 200)

        def adds_up() -> bool:
            found = Counter[str]()
            for (_, outcome, _), quantity in product.outcomes(project).items():
                found["kept" if outcome == "accepted" else outcome] += quantity
            return found["kept"] == stored and found["rate_limited"] >= refused

        product.wait(adds_up, seconds=30)
        assert product.post("/-/health", b"", method="GET")[0] == 200


def test_a_full_disk_refuses_everything_and_says_so(tmp_path: Path) -> None:
    """The pages still answer."""
    with Product(tmp_path / "data") as product:
        project = product.project("full")
        product.stop()
        product._environment["VEDETTE_DISK_FREE_MIN_BYTES"] = "900000gb"
        product.start_without_waiting()
        product.wait(lambda: product.is_answering())
        path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
        status, headers, body = product.post(path, envelope("event"))
        assert status == 429
        assert "disk_full" in headers["x-sentry-rate-limits"]
        assert "disk_full" in json.loads(body)["detail"]
        product.wait(lambda: _problems(product) == (503, ["the disk is nearly full"]))
        assert product.post("/sign-in/", b"", method="GET")[0] == 200


def _problems(product: Product) -> tuple[int, list[str]]:
    status, _, body = product.post("/-/health", b"", method="GET")
    return status, json.loads(body)["problems"]


def test_the_same_envelope_is_stored_once_over_a_restart(tmp_path: Path) -> None:
    """An SDK that stores offline may send again later."""
    with Product(tmp_path / "data") as product:
        project = product.project("again")
        same = envelope("event")
        for _ in range(2):
            assert product.send(project, same)[0] == 200
        product.wait_for_issue(project)
        assert product.stop() == 0
        product.start()
        assert product.send(project, same)[0] == 200
        expected = {("error", "accepted", ""): 1, ("error", "duplicate", "same_event_id"): 2}
        product.wait(lambda: product.outcomes(project) == expected)
        assert [issue["count"] for issue in product.issues(project)] == ["1"]

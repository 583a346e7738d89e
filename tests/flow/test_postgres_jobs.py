"""Jobs, their alerts and pages with the metadata in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.flow.postgres import Postgres, find_binaries
from tests.flow.product import Product
from tests.flow.visitor import sign_in_owner
from vedette.wire.envelope import build_envelope, new_event_id

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(find_binaries() is None, reason="no PostgreSQL server is installed"),
]
CONFIG = {"schedule": {"type": "crontab", "value": "* * * * *"}, "timezone": "Europe/Berlin"}


@pytest.fixture(scope="module")
def product(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("jobs") / "data"
    with Product(folder, database_url=postgres.database()) as running:
        yield running


def test_a_job_fails_is_told_of_and_recovers(product: Product, project: dict[str, str]) -> None:
    def say(status: str, **values: object) -> None:
        body = {"monitor_slug": "nightly", "status": status, "check_in_id": new_event_id()}
        item = json.dumps({**body, "monitor_config": CONFIG, **values}).encode()
        product.send(project, build_envelope({}, [({"type": "check_in"}, item)]))

    def status() -> str:
        found = product.api(f"organizations/{project['organization']}/monitors/")
        return found[0]["environments"][0]["status"] if found else ""

    say("error", note="no space\x00 left\ud800", release="a\x00b")
    product.wait(lambda: status() == "error")
    visitor = sign_in_owner(product)
    for path in ("", "calendar/", "?query=night&kind=cron&sort=changed"):
        assert "nightly" in visitor.open(f"/monitors/{path}").text
    product.wait(lambda: "nightly is down" in visitor.open("/alerts/").text, seconds=60)
    say("ok")
    product.wait(lambda: status() == "ok")
    product.wait(lambda: "nightly is down" not in visitor.open("/alerts/").text)

"""Jobs and monitors of people who mean no good, or have more of them than most."""

from __future__ import annotations

import json
import socket
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.jobs.sending import HOURLY, Jobs
from tests.web.tracing import send_item
from vedette import clock
from vedette.config import Config
from vedette.crons.checkin import read_check_in
from vedette.items._check_ins import CheckInSeen
from vedette.leases.models import Reach
from vedette.loops import HeldBack
from vedette.loops import jobs as loop
from vedette.monitors import saving, trying
from vedette.monitors.drafts import Draft
from vedette.monitors.jobs.hearing import take_check_ins
from vedette.monitors.jobs.looking import look
from vedette.monitors.models import CheckInVolume, JobCourse, JobRun, Monitor
from vedette.wire.envelope import new_event_id


@pytest.mark.parametrize("years", [7990, 7973, 7899])
def test_a_schedule_at_the_end_of_the_calendar_stops_nobody_else(jobs: Jobs, years: int) -> None:
    schedule = {"type": "interval", "value": years, "unit": "year"}
    jobs.say("ok", monitor_config={"schedule": schedule, "checkin_margin": 10_080})
    jobs.say("ok", monitor_slug="other", monitor_config=HOURLY)
    jobs.passes(7200)
    assert JobRun.objects.filter(standing__monitor__slug="other", status="missed").exists()


def test_a_schedule_that_ends_later_is_expected_no_more(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    Monitor.objects.update(settings={"every": 7899, "unit": "year"})
    jobs.say("ok")
    assert JobCourse.objects.get().due_at is not None
    assert jobs.state() == "up"


def test_two_jobs_may_give_their_runs_the_same_id(jobs: Jobs) -> None:
    run = new_event_id()
    jobs.say("in_progress", run, monitor_config=HOURLY)
    jobs.say("in_progress", run, monitor_slug="other", monitor_config=HOURLY)
    jobs.say("in_progress", run, environment="staging", monitor_config=HOURLY)
    jobs.passes(25 * 60)
    assert jobs.runs() == ["timeout"] * 3


def test_what_is_lost_on_the_way_is_told_again(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.say("in_progress", monitor_config=HOURLY)
    with monkeypatch.context() as patch:
        patch.setattr("vedette.spool.run.SpoolRun.append", lambda *_: None)
        jobs.passes(22 * 60)
    assert jobs.runs() == ["in_progress"]
    jobs.passes(700)
    assert jobs.runs() == ["timeout"]


def test_a_job_that_begins_again_and_again_and_never_ends_is_down(jobs: Jobs) -> None:
    every_minute = {"type": "interval", "value": 1, "unit": "minute"}
    for _ in range(65):
        jobs.say("in_progress", monitor_config={"schedule": every_minute, "max_runtime": 60})
        jobs.passes(60)
    assert jobs.state() == "down"


def test_what_a_client_does_not_name_stays_as_a_person_has_set_it(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config={**HOURLY, "timezone": "Europe/Berlin"})
    Monitor.objects.update(fail_after=3, recover_after=2)
    jobs.say("ok", monitor_config={"schedule": HOURLY["schedule"], "recovery_threshold": 4})
    monitor = jobs.monitor()
    assert (monitor.fail_after, monitor.recover_after) == (3, 4)
    assert monitor.settings == {
        "crontab": "0 * * * *",
        "margin": 5,
        "max_runtime": 20,
        "timezone": "Europe/Berlin",
    }


def test_a_heartbeat_with_a_long_name_is_heard(jobs: Jobs) -> None:
    draft = Draft(slug="a" * 54, name="Long", kind="heartbeat", settings={"every": 5})
    saving.create(jobs.world.shop, draft)
    monitor = saving.create(jobs.world.shop, draft)
    assert len(monitor.slug) > 54
    jobs.say("ok", monitor_slug=monitor.slug)
    assert JobRun.objects.get().standing.monitor == monitor


def usual(project: Any, minutes: int, count: int = 500) -> None:
    """So many check-ins a minute, on the days before, from now on."""
    minute = int(clock.timestamp()) // 60
    CheckInVolume.objects.bulk_create(
        CheckInVolume(project=project, minute=minute + offset - day * 1440, count=count)
        for day in (1, 2)
        for offset in range(-5, minutes)
    )


def test_the_silence_of_one_project_mutes_no_other(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    usual(jobs.world.web, 200)
    jobs.passes(3600 + 360)
    assert (jobs.state(), jobs.runs()) == ("down", ["ok", "missed"])


def test_a_silence_that_lasts_is_an_outage(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    usual(jobs.world.shop, 300)
    jobs.passes(2 * 3600)
    assert (jobs.state(), jobs.runs()[:2]) == ("down", ["ok", "missed"])


def test_more_names_than_a_statement_takes(jobs: Jobs) -> None:
    take_check_ins(
        [
            CheckInSeen(project_id=jobs.world.shop.pk, at=clock.timestamp(), check_in=check_in)
            for number in range(260_000)
            if (check_in := read_check_in({"monitor_slug": f"s{number}", "status": "ok"}))
        ]
    )
    assert not Monitor.objects.exists()


def test_saving_a_form_loses_nothing_that_it_does_not_show(jobs: Jobs, alice: Client) -> None:
    shop = jobs.world.shop
    Monitor.objects.bulk_create(
        Monitor(project=shop, slug=f"m{number:04}", name=f"m{number:04}", kind="http")
        for number in range(505)
    )
    slow = {"ms": 1000, "after": 5, "clear_ms": 700, "clear_after": 4}
    settings = {"host": "example.com", "port": 80}
    draft = Draft(
        slug="x", name="X", kind="tcp", settings=settings, slow=slow, depends_on=("m0503",)
    )
    monitor = saving.create(shop, draft)
    page = alice.get(f"/monitors/{monitor.pk}/edit/").content.decode()
    assert 'value="m0503"' in page
    sent = {"name": "X", "field.host": "example.com", "field.port": "80", "slow_ms": "1,000"}
    alice.post(f"/monitors/{monitor.pk}/edit/", {**sent, "depends_on": ["m0503"]})
    monitor.refresh_from_db()
    assert monitor.slow == slow


@pytest.mark.parametrize("value", ["²", "9" * 30, "-1", "", "1\n"])
def test_what_is_no_number_of_a_monitor_chooses_none(alice: Client, value: str) -> None:
    assert alice.post("/monitors/change/", {"do": "pause", "monitor": [value]}).status_code == 302


def test_a_file_that_holds_more_than_is_taken_over_says_so(alice: Client) -> None:
    row = {"type": "push", "interval": 300}
    rows = [{**row, "name": f"Beat {number}"} for number in range(1003)]
    text = json.dumps({"monitorList": rows})
    preview = alice.post("/monitors/import/", {"text": text}).content.decode()
    assert "3 monitors beyond the first 1000 are left out" in preview
    few = json.dumps({"monitorList": [{**row, "name": "Same"}] * 3 + [{"type": "steam"}]})
    alice.post("/monitors/import/", {"text": few, "do": "import"})
    assert sorted(Monitor.objects.values_list("slug", flat=True)) == ["same", "same-2", "same-3"]
    assert "3 monitors were taken over. 1 was not." in alice.get("/monitors/").content.decode()


def test_who_waits_for_targets_leaves_threads_to_the_other_pages(
    jobs: Jobs, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"host": "example.com", "port": 80}
    draft = Draft(slug="x", name="X", kind="tcp", settings=settings)
    monitor = saving.create(jobs.world.shop, draft)
    monkeypatch.setattr(trying, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(trying, "_WAIT_SECONDS", 0.01)
    with trying._places:
        alice.post(f"/monitors/{monitor.pk}/", {"do": "look"})
    assert "Others are being tried just now" in alice.get("/monitors/").content.decode()


def test_a_pipeline_that_is_hours_behind_makes_no_job_miss(jobs: Jobs) -> None:
    """Late is not missed, however late: what waited for hours is heard as what waited a minute."""
    jobs.say("ok", monitor_config=HOURLY)
    for _ in range(3):
        for _ in range(90):  # the loop looks all the time; nothing is digested
            jobs.leaps(40)
            look(jobs.world.stage.flow.folder / "spool")
        body = {"monitor_slug": "nightly", "status": "ok", "check_in_id": new_event_id()}
        send_item(jobs.world, jobs.world.shop, "check_in", body)
    jobs.look()
    jobs.look()
    assert (jobs.state(), jobs.runs()) == ("up", ["ok"] * 4)


def test_what_waits_at_another_node_is_not_missed(jobs: Jobs) -> None:
    """Each tells how far it has come; one that says nothing any more is not waited for."""
    jobs.say("ok", monitor_config=HOURLY)
    stuck_at = clock.timestamp()
    for _ in range(100):
        Reach.objects.update_or_create(
            holder="another node", defaults={"until": stuck_at, "noted_at": clock.timestamp()}
        )
        jobs.passes(40)
    assert (jobs.state(), jobs.runs()) == ("up", ["ok"])
    jobs.passes(120)
    assert (jobs.state(), jobs.runs()) == ("down", ["ok", "missed"])


def test_a_door_that_answers_nobody_makes_no_job_miss(jobs: Jobs) -> None:
    def house(port: int) -> Any:
        spool = jobs.world.stage.flow.folder / "spool"
        return SimpleNamespace(config=Config(listen=f"127.0.0.1:{port}"), spool_folder=spool)

    jobs.say("ok", monitor_config=HOURLY)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        answering = threading.Thread(target=answer_once, args=(door,))
        answering.start()
        loop.run(house(port))
        answering.join()
    for _ in range(100):
        jobs.leaps(40)
        with pytest.raises(HeldBack):
            loop.run(house(port))
    jobs.passes(1200)
    assert (jobs.state(), jobs.runs()) == ("up", ["ok", "unknown"])


def answer_once(door: socket.socket) -> None:
    """As a server does."""
    line, _ = door.accept()
    with line:
        line.recv(4096)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

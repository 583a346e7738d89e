"""Jobs from their check-ins to how they stand: missed, failed, too long, and back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.jobs.sending import HOURLY, Jobs
from tests.web.tracing import send_item
from tests.web.world import World
from vedette import clock
from vedette.monitors import saving
from vedette.monitors.jobs.aging import MOST_RUNS, forget
from vedette.monitors.jobs.looking import look
from vedette.monitors.models import (
    CheckInVolume,
    JobCourse,
    JobRun,
    Monitor,
    MonitorEvent,
    MonitorStanding,
)
from vedette.pipeline.reingest import WRITER
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.run import SpoolRun
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import build_envelope, new_event_id


def test_a_check_in_with_its_schedule_makes_a_monitor(jobs: Jobs) -> None:
    run = jobs.say("in_progress", monitor_config=HOURLY, release="shop@1")
    monitor = jobs.monitor()
    assert (monitor.kind, monitor.project) == ("cron", jobs.world.shop)
    assert monitor.settings == {"crontab": "0 * * * *", "margin": 5, "max_runtime": 20}
    assert jobs.state() == "new"
    jobs.passes(4)
    jobs.say("ok", run, duration=3.5)
    assert jobs.state() == "up"
    (row,) = JobRun.objects.all()
    assert (row.status, row.seconds, row.release) == ("ok", 3.5, "shop@1")


def test_a_check_in_that_names_no_schedule_makes_none(jobs: Jobs) -> None:
    jobs.say("ok")
    assert not Monitor.objects.exists()


def test_the_schedule_follows_what_the_job_says_but_not_what_a_file_says(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    every = {
        "schedule": {"type": "interval", "value": 10, "unit": "minute"},
        "recovery_threshold": 3,
    }
    jobs.say("ok", monitor_config=every)
    monitor = jobs.monitor()
    assert monitor.settings == {"every": 10, "margin": 5, "max_runtime": 20}
    assert monitor.recover_after == 3
    Monitor.objects.update(is_from_file=True)
    jobs.say("ok", monitor_config=HOURLY)
    assert jobs.monitor().settings["every"] == 10


def test_a_run_that_does_not_come_is_missed_and_the_next_one_brings_it_back(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    jobs.passes(3600 + 240)
    assert jobs.state() == "up"
    jobs.passes(120)
    assert jobs.state() == "down"
    assert jobs.runs() == ["ok", "missed"]
    event = MonitorEvent.objects.get(kind="down")
    assert event.reason == "missed"
    assert event.text.startswith("a run missed, expected at ")
    jobs.passes(3600)
    assert jobs.runs() == ["ok", "missed", "missed"]
    assert MonitorEvent.objects.filter(kind="down").count() == 1
    jobs.say("ok")
    assert jobs.state() == "up"


def test_thresholds_are_counted_in_runs(jobs: Jobs) -> None:
    config = {**HOURLY, "failure_issue_threshold": 2, "recovery_threshold": 2}
    states = []
    for status in ("ok", "error", "ok", "error", "error", "ok", "ok"):
        jobs.say(status, monitor_config=config)
        states.append(jobs.state())
    assert states == ["up", "up", "up", "up", "down", "down", "up"]


def test_a_run_that_takes_too_long_has_failed(jobs: Jobs) -> None:
    run = jobs.say("in_progress", monitor_config=HOURLY)
    jobs.passes(19 * 60)
    assert jobs.runs() == ["in_progress"]
    jobs.passes(120)
    assert (jobs.state(), jobs.runs()) == ("down", ["timeout"])
    jobs.say("ok", run)
    assert (jobs.state(), jobs.runs()) == ("down", ["timeout"])


def test_runs_that_overlap_are_told_apart(jobs: Jobs) -> None:
    first = jobs.say("in_progress", monitor_config=HOURLY)
    jobs.passes(10)
    second = jobs.say("in_progress")
    jobs.passes(10)
    jobs.say("ok", second)
    jobs.passes(10)
    jobs.say("error", first)
    assert [(row.run, row.status) for row in JobRun.objects.order_by("at")] == [
        (first, "error"),
        (second, "ok"),
    ]


def test_environments_stand_apart(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    jobs.say("error", environment="staging")
    assert (jobs.state(), jobs.state("staging")) == ("up", "down")


def test_a_heartbeat_ends_the_run_that_was_begun_last(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    jobs.passes(30)
    run = jobs.say("in_progress")
    jobs.passes(20)
    jobs.say("error", "0" * 32, note="exit code 2\nno space left")
    row = JobRun.objects.get(run=run)
    assert (row.status, row.note) == ("error", "exit code 2\nno space left")
    assert row.seconds == pytest.approx(20, abs=2)
    assert MonitorStanding.objects.get().last_text == "the run failed: exit code 2"


def test_what_waits_in_the_spool_is_not_missed(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    jobs.passes(3590)
    body = {"monitor_slug": "nightly", "status": "ok", "check_in_id": "a" * 32}
    send_item(jobs.world, jobs.world.shop, "check_in", body)  # nobody digests it
    for _ in range(12):
        jobs.leaps(40)
        look(jobs.world.stage.flow.folder / "spool")
    jobs.look()
    assert (jobs.state(), jobs.runs()) == ("up", ["ok", "ok"])


def test_what_fell_into_a_stop_of_the_product_is_unknown(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    jobs.passes(100)
    jobs.leaps(3600 + 600)
    jobs.passes(120)
    assert (jobs.state(), jobs.runs()) == ("up", ["ok", "unknown"])
    jobs.passes(3600)
    assert (jobs.state(), jobs.runs()) == ("down", ["ok", "unknown", "missed"])


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_set_makes_no_alarm(jobs: Jobs, hours: int) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    jobs.passes(600)
    jobs.leaps(hours * 3600)
    jobs.passes(200)
    assert jobs.state() == "up"
    assert "missed" not in jobs.runs()


def test_a_job_that_is_paused_is_not_missed_and_begins_anew(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    saving.pause(jobs.monitor())
    jobs.passes(2 * 3600)
    assert (jobs.state(), jobs.runs()) == ("paused", ["ok"])
    saving.resume(jobs.monitor())
    jobs.passes(1000)
    assert "missed" not in jobs.runs()
    jobs.passes(3600)
    assert jobs.state() == "down"


def test_far_fewer_check_ins_than_usual_are_no_silence_of_all_jobs(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    jobs.passes(3600)
    minute = int(clock.timestamp()) // 60
    for day in range(1, 4):
        rows = [
            CheckInVolume(
                project=jobs.world.shop,
                minute=minute + offset - 1440 * day,
                count=40 * (offset < 7),
            )
            for offset in range(-3, 12)
        ]
        CheckInVolume.objects.bulk_create(rows)
    jobs.passes(400)
    assert (jobs.state(), jobs.runs()) == ("up", ["ok"])
    jobs.passes(300)
    assert (jobs.state(), jobs.runs()) == ("up", ["ok", "unknown"])


def test_looking_twice_before_anything_is_digested_tells_it_once(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    for _ in range(100):
        jobs.leaps(40)
        look(jobs.world.stage.flow.folder / "spool")
        JobCourse.objects.update(due_at="2020-01-01T00:00:00Z")
    jobs.look()
    assert jobs.runs() == ["ok", "missed"]
    assert stored(jobs.world) == ["missed", "ok"]


def test_check_ins_that_were_kept_by_an_earlier_version_alarm_nobody(jobs: Jobs) -> None:
    body = {
        "monitor_slug": "nightly",
        "status": "error",
        "check_in_id": "b" * 32,
        "monitor_config": HOURLY,
    }
    item = ({"type": "check_in"}, json.dumps(body).encode())
    origin = Origin(new_event_id(), "monitor", 1)  # as what was kept is put into the spool again
    meta = Meta(jobs.world.shop.pk, clock.timestamp() - 86400, origin=origin)
    with SpoolRun(jobs.world.stage.flow.folder / "spool" / WRITER) as spool:
        spool.append([(encode_meta(meta), build_envelope({}, [item]))])
    jobs.world.stage.work()
    assert (jobs.state(), jobs.runs()) == ("new", ["error"])
    jobs.passes(2 * 3600)
    assert jobs.state() == "new"


def test_a_monitor_of_another_kind_is_no_job(jobs: Jobs) -> None:
    Monitor.objects.create(project=jobs.world.shop, slug="nightly", name="N", kind="http")
    jobs.say("error", monitor_config=HOURLY)
    assert not MonitorStanding.objects.exists()


def stored(world: World) -> list[Any]:
    """What the store holds of check-ins."""
    select = q.Select(
        table="check_ins",
        columns={"status": q.Field("status")},
        projects=VisibleProjects.granted([world.shop.pk]),
        start=0,
        end=1 << 52,
    )
    return sorted(row[0] for row in world.stage.flow.store.query(select).rows)


def test_the_newest_runs_are_kept(jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    standing = MonitorStanding.objects.get()
    old = clock.now() - timedelta(days=1)
    JobRun.objects.bulk_create(
        JobRun(
            standing=standing, run=f"{number:032x}", status="ok", at=old + timedelta(seconds=number)
        )
        for number in range(300)
    )
    CheckInVolume.objects.create(project=jobs.world.shop, minute=1, count=1)
    assert forget() == 101
    kept = JobRun.objects.order_by("-at").values_list("run", flat=True)
    assert len(kept) == MOST_RUNS
    assert kept[1] == f"{299:032x}"
    assert not CheckInVolume.objects.filter(minute=1).exists()

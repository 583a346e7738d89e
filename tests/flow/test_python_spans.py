"""Unmodified sentry-sdk for Python: requests of Django with a database, jobs, both ways to send."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.product import Product
from tests.flow.spans import attribute, run_python, wait_for_spans

INIT = """
import sentry_sdk
sentry_sdk.init(dsn={dsn!r}, release="shop@1.0.0", environment="staging", traces_sample_rate=1.0,
                send_default_pii=True, auto_session_tracking=False, _experiments={experiments!r})
"""
DJANGO = """
import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
def ship(request, order):
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER, mail TEXT)")
        for number in range(3):
            cursor.execute("SELECT mail FROM orders WHERE id = %s", [number])
            cursor.fetchall()
    if order == 13:
        raise LookupError("no such order")
    return HttpResponse("shipped")
urlpatterns = [path("ship/<int:order>/", ship)]
settings.configure(
    ROOT_URLCONF="__main__", SECRET_KEY="x", ALLOWED_HOSTS=["*"], DEBUG=False,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
import threading, urllib.error, urllib.request
from django.core.wsgi import get_wsgi_application
from wsgiref.simple_server import make_server
server = make_server("127.0.0.1", 0, get_wsgi_application())
threading.Thread(target=server.serve_forever, daemon=True).start()
firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
for order in (9, 13):
    address = f"http://127.0.0.1:{server.server_port}/ship/{order}/"
    try:
        urllib.request.urlopen(urllib.request.Request(address, headers={"User-Agent": firefox}))
    except urllib.error.HTTPError as error:
        assert (order, error.code) == (13, 500)
server.shutdown()
sentry_sdk.flush(10)
"""
JOB = """
with sentry_sdk.start_transaction(op="queue.task", name="mails.send"):
    with sentry_sdk.start_span(op="gen_ai.chat", name="chat gpt-x") as span:
        span.set_data("gen_ai.request.model", "gpt-x")
sentry_sdk.flush(10)
"""
WAYS: dict[str, dict[str, Any]] = {"transactions": {}, "stream": {"trace_lifecycle": "stream"}}


def run(project: dict[str, str], script: str, experiments: dict[str, Any]) -> None:
    run_python(INIT.format(dsn=project["dsn"], experiments=experiments) + script)


@pytest.mark.sdk
@pytest.mark.parametrize("way", WAYS)
def test_a_request_of_django_is_a_segment_with_its_queries(
    product: Product, project: dict[str, str], way: str
) -> None:
    """Named by its route, with status, browser and statements, whichever way they are sent."""
    run(project, DJANGO, WAYS[way])
    queries = wait_for_spans(product, project, 6, "span.category:db span.action:SELECT")
    assert {one["span.subject"] for one in queries} == {"SELECT mail FROM orders WHERE id = %s"}
    assert {one["span.domain"] for one in queries} == {"orders"}
    segments = wait_for_spans(product, project, 2, "is_segment:true span.op:http.server")
    good, bad = segments[::-1] if segments[0]["is_failed"] else segments
    assert (good["is_failed"], bad["is_failed"]) == (False, True)
    assert (good["http.status_code"], bad["http.status_code"]) == (200, 500)
    for segment in segments:
        assert (segment["transaction"], segment["span.op"]) == ("/ship/{order}/", "http.server")
        assert (segment["release"], segment["environment"]) == ("shop@1.0.0", "staging")
        assert (segment["platform"], segment["http.method"]) == ("python", "GET")
        below = [one for one in queries if one["segment.id"] == segment["span_id"]]
        assert len(below) == 3
        assert all(one["trace"] == segment["trace"] for one in below)
        assert all(one["transaction"] == "/ship/{order}/" for one in below)
    assert attribute(product, project, good, "browser.name") == "Firefox"
    issue = product.wait_for_issue(project)
    trace = product.latest(project, issue)["contexts"]["trace"]["trace_id"]
    assert trace == bad["trace"]


@pytest.mark.sdk
def test_a_job_and_what_it_asks_of_a_model(product: Product, project: dict[str, str]) -> None:
    """A transaction of one's own with a span of one's own."""
    run(project, JOB, {})
    found = {one["span.op"]: one for one in wait_for_spans(product, project, 2)}
    assert found["queue.task"]["transaction"] == "mails.send"
    chat = found["gen_ai.chat"]
    assert (chat["span.domain"], chat["parent_span"]) == ("gpt-x", found["queue.task"]["span_id"])


CELERY = """
import celery
from celery.contrib.testing.worker import start_worker
app = celery.Celery("mails", broker="memory://", backend="cache+memory://")
@app.task(name="mails.send")
def send(order):
    with sentry_sdk.start_span(op="db", name="SELECT mail FROM orders WHERE id = 7"):
        pass
    if order == 13:
        raise LookupError("no such order")
    return order
with start_worker(app, perform_ping_check=False, pool="solo", loglevel="critical"):
    with sentry_sdk.start_transaction(op="http.server", name="/ship/"):
        sent = [send.delay(order) for order in (7, 13)]
    for one in sent:
        one.get(timeout=20, propagate=False)
sentry_sdk.flush(10)
"""


@pytest.mark.sdk
def test_a_request_and_the_tasks_that_it_queued_are_one_trace(
    product: Product, project: dict[str, str]
) -> None:
    """Celery's tasks hang beneath what sent them off, and say how long they waited."""
    run(project, CELERY, {})
    tasks = wait_for_spans(product, project, 2, "is_segment:true transaction:mails.send")
    (request,) = wait_for_spans(product, project, 1, "is_segment:true transaction:/ship/")
    assert sorted(one["is_failed"] for one in tasks) == [False, True]
    assert {one["trace"] for one in tasks} == {request["trace"]}
    sent = wait_for_spans(product, project, 4, "span.op:queue.submit.celery")
    assert {one["parent_span"] for one in tasks} <= {one["span_id"] for one in sent}
    assert {one["span.category"] for one in [*sent, *tasks]} == {"queue"}
    for done in wait_for_spans(product, project, 2, "span.op:queue.process"):
        waited = attribute(product, project, done, "messaging.message.receive.latency")
        assert float(waited) >= 0

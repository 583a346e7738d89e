"""A loop of queries in a real Django, with the unmodified SDK, becomes one issue, whoever dies."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from tests.flow.product import Product
from tests.flow.spans import run_python, wait_for_spans
from tests.flow.test_python_spans import INIT, WAYS

SHOP = """
import time, django
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.urls import path
def ask(words, *values):
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        return cursor.fetchall()
def prepare():
    connection.ensure_connection()
    connection.connection.create_function("nap", 0, lambda: time.sleep(0.008))
    ask("CREATE TABLE IF NOT EXISTS orders (id INTEGER, mail TEXT)")
    ask("INSERT INTO orders VALUES (1, 'a')")
def loop(request):
    prepare()
    ask("SELECT id FROM orders")
    for number in range(15):
        ask("SELECT mail FROM orders WHERE id = %s AND nap() IS NULL", 1)
    return HttpResponse("slow")
def together(request):
    prepare()
    ask("SELECT id FROM orders")
    for number in range(3):
        ask("SELECT mail FROM orders WHERE id = %s AND nap() IS NULL", 1)
    for number in range(8):
        ask("SELECT mail FROM orders WHERE id IN (%s, %s, %s) AND nap() IS NULL", 1, 2, 3)
    return HttpResponse("quick")
urlpatterns = [path("loop/", loop), path("together/", together)]
settings.configure(
    ROOT_URLCONF="__main__", SECRET_KEY="x", ALLOWED_HOSTS=["*"], DEBUG=False,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
import threading, urllib.request
from django.core.wsgi import get_wsgi_application
from wsgiref.simple_server import make_server
server = make_server("127.0.0.1", 0, get_wsgi_application())
threading.Thread(target=server.serve_forever, daemon=True).start()
for name in ("loop", "together", "loop"):
    urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/{name}/")
server.shutdown()
sentry_sdk.flush(10)
"""


@pytest.mark.sdk
@pytest.mark.parametrize("way", WAYS)
def test_a_loop_of_queries_in_django(product: Product, project: dict[str, str], way: str) -> None:
    """Of the view that asks in a loop, twice; nothing of the one that asks for all at once."""
    run_python(INIT.format(dsn=project["dsn"], experiments=WAYS[way]) + SHOP)
    wait_for_spans(product, project, 3, "is_segment:true span.op:http.server")
    os.kill(product.child("worker"), signal.SIGKILL)

    def look() -> list[dict[str, Any]]:
        found = product.issues(project, "issue.category:performance")
        return found if found and int(found[0]["count"]) >= 2 else []

    (issue,) = product.wait(look, seconds=60)
    assert issue["issueType"] == "performance_n_plus_one_db_queries"
    assert issue["count"] == "2"
    assert issue["culprit"] == "/loop/"
    evidence = product.latest(project, issue)["occurrence"]["evidenceData"]
    assert len(evidence["offenderSpanIds"]) == 15
    assert ("error", "accepted", "") not in product.outcomes(project)

"""What is found and not shown: kinds with which a person agrees half of the time at most."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.checkouts import findings
from vedette.audit.finding import Severity

SDK = {"requirements.txt": "sentry-sdk==2"}


def _weighed(folder: Path, rule: str, app: str, path: str = "app.py") -> dict[int, Severity]:
    found = findings(folder, {path: app, **SDK}, rule)
    return {one.line: one.severity for one in found}


def test_a_reason_weighs_by_what_it_speaks_of(tmp_path: Path) -> None:
    """One beside one statement says what that may fail of; a word beside a block does not."""
    app = """
try:
    partition = newest(table)
except Exception:
    partition = None  # the table has no partitions
try:
    report.collect(table)
    report.send(owner)
except Exception:
    pass  # ignored
try:
    partition = table.newest()
except Exception:
    '''The table has no partitions.'''
"""
    said = _weighed(tmp_path, "swallow.py-broad", app)
    assert said == {4: Severity.INFO, 9: Severity.ROUTINE, 13: Severity.INFO}


def test_what_asks_reads_or_shows_is_not_shown(tmp_path: Path) -> None:
    """One expression that asks, a file that is only read, a name for people; what saves is."""
    app = """
try:
    locale = language_of(request)
except Exception:
    locale = "en"
try:
    is_ours = self.users.is_ours(name)
except Exception:
    is_ours = False
try:
    with files.fopen("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
except Exception:
    pages = 0
class Order:
    def __str__(self):
        try:
            return self.customer.name + self.number.text()
        except Exception:
            return "?"
try:
    saved = self.users.save(name)
except Exception:
    saved = False
"""
    said = _weighed(tmp_path, "swallow.py-broad", app)
    assert {line for line, one in said.items() if one is Severity.INFO} == {4, 8, 13, 19}
    assert said[23] == Severity.IMPORTANT


@pytest.mark.parametrize(
    ("rule", "log"), [("report.log-only", "print"), ("swallow.log-suppressed", "log.debug")]
)
def test_what_is_logged_with_a_reason_is_not_shown(tmp_path: Path, rule: str, log: str) -> None:
    """Without one it is."""
    app = f"""
try:
    icons.fetch()
    icons.save()
except Exception as error:
    # The page is good enough without icons.
    {log}("no icons: %s", error)
try:
    icons.fetch()
    icons.save()
except Exception as error:
    {log}("no icons: %s", error)
"""
    assert _weighed(tmp_path, rule, app) == {5: Severity.INFO, 11: Severity.ROUTINE}


def test_a_warning_is_one_on_purpose(tmp_path: Path) -> None:
    """The SDK of Python takes what is logged as an error; what is printed reaches nobody."""
    app = """
try:
    icons.fetch()
except Exception as error:
    log.warning("no icons: %s", error)
try:
    icons.fetch()
except Exception as error:
    print(error)
"""
    assert _weighed(tmp_path, "report.log-only", app) == {4: Severity.INFO, 8: Severity.ROUTINE}


def test_a_host_or_file_that_is_not_there_weighs_less_than_a_database(tmp_path: Path) -> None:
    """As constants in the place of an error, and as empty handlers."""
    app = """
def rate():
    try:
        return fetch_rate()
    except requests.RequestException:
        return None
def users():
    try:
        return db.users()
    except DatabaseError:
        return []
"""
    said = _weighed(tmp_path / "a", "swallow.catch-default", app)
    assert said == {5: Severity.INFO, 10: Severity.ROUTINE}
    app = """
try:
    device.configure()
except (OSError, TimeoutError, psutil.AccessDenied):
    pass
try:
    db.insert(row)
except DatabaseError:
    pass
"""
    said = _weighed(tmp_path / "b", "swallow.catch-empty", app)
    assert said == {4: Severity.INFO, 8: Severity.ROUTINE}


def test_an_optional_part_needs_no_health_check(tmp_path: Path) -> None:
    """What only a plugin or a command makes is not shown; what the server makes is."""
    files = {
        "main.py": """
import redis
from sqlalchemy import create_engine
engine = create_engine(URL)
store = redis.Redis()
@app.get("/health")
def health():
    engine.connect().execute("select 1")
""",
        "plugins/pay/views.py": "import stripe\n\nclient = stripe.StripeClient(key)\n",
    }
    found = findings(tmp_path, files, "health.dependency-unchecked")
    assert {one.path: one.severity for one in found} == {
        "main.py": Severity.ROUTINE,
        "plugins/pay/views.py": Severity.INFO,
    }


def test_a_thread_of_python_is_not_shown(tmp_path: Path) -> None:
    """Its exception is printed at least, and as often as not it takes them itself."""
    app = "import threading\n\nthreading.Thread(target=work).start()\n"
    found = findings(tmp_path, {"app.py": app}, "async.thread-target")
    assert [one.severity for one in found] == [Severity.INFO]


def test_what_ends_or_is_foretold_is_not_shown(tmp_path: Path) -> None:
    """An end by its name, what need not be installed, a comment above that says it may fail."""
    app = """
class Server:
    def stop(self):
        try:
            self.jobs.drop(self.name)
            self.jobs.close_all()
        except Exception:
            pass
    def context(self):
        try:
            from pyspark import SparkContext
            return SparkContext.current().name()
        except Exception:
            return None
    def body(self, request):
        # An unreadable body names nobody.
        try:
            return request.body().name()
        except Exception:
            return None
    def save(self, row):
        try:
            # The row of the day.
            self.table.insert(row)
        except Exception:
            return None
"""
    said = _weighed(tmp_path / "a", "swallow.py-broad", app)
    assert said == {7: Severity.INFO, 13: Severity.INFO, 19: Severity.INFO, 25: Severity.IMPORTANT}
    app = """
from contextlib import suppress
def cleanup_handlers():
    with suppress(Exception):
        handlers.drop_all()
def save(row):
    with suppress(Exception):
        table.insert(row)
"""
    said = _weighed(tmp_path / "b", "swallow.suppress-broad", app)
    assert said == {4: Severity.INFO, 7: Severity.IMPORTANT}
    app = """
def shutdown(widgets):
    try:
        widgets.hide_all()
    except Exception as error:
        log.debug("widgets: %s", error)
def save(row):
    try:
        table.insert(row)
    except Exception as error:
        log.debug("row: %s", error)
"""
    said = _weighed(tmp_path / "c", "swallow.log-suppressed", app)
    assert said == {5: Severity.INFO, 10: Severity.ROUTINE}


def test_how_a_program_is_used_is_not_shown(tmp_path: Path) -> None:
    """Nobody waits for what a file of telemetry sends."""
    app = "try:\n    client.track(event)\n    client.flush()\nexcept Exception:\n    pass\n"
    said = _weighed(tmp_path, "swallow.py-broad", app, "shop/telemetry/client.py")
    assert said == {4: Severity.INFO}

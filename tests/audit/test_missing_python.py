"""What an error of Python took with it decides whether it is shown: a deed is missed."""

from __future__ import annotations

from pathlib import Path

from tests.audit.checkouts import findings
from vedette.audit.finding import Severity


def _weighed(folder: Path, rule: str, app: str) -> list[Severity]:
    found = sorted(findings(folder, {"app.py": app}, rule), key=lambda one: one.line)
    return [one.severity for one in found]


def test_a_deed_that_is_dropped_is_shown_and_a_default_is_not(tmp_path: Path) -> None:
    """A message that is not sent, a row that is not there; not a size that is put in its place."""
    app = """
def drop(order):
    try:
        mailer.send_receipt(order)
    except Exception:
        pass
def find(name):
    try:
        return Group.objects.get(name=name)
    except Exception:
        return None
def size(video):
    try:
        size = video.properties(options.copy()).shape
    except Exception:
        size = 0
    return size
"""
    assert _weighed(tmp_path, "swallow.py-broad", app) == [
        Severity.IMPORTANT,
        Severity.IMPORTANT,
        Severity.INFO,
    ]


def test_a_set_of_the_function_is_no_deed(tmp_path: Path) -> None:
    """What is kept in a variable goes with the function; what is kept in an object stays."""
    app = """
def names(url):
    try:
        found.add(hosts.of(url))
    except Exception:
        pass
def keep(url):
    try:
        self.hosts.add(hosts.of(url))
    except Exception:
        pass
"""
    said = _weighed(tmp_path, "swallow.py-broad", app)
    assert said == [Severity.INFO, Severity.IMPORTANT]


def test_one_of_many_is_shown(tmp_path: Path) -> None:
    """A thing that a loop leaves out, and not what a function gives nothing for."""
    app = """
def bodies(watches):
    for one in watches:
        try:
            body = one.body()
            one.body = body.translated(TABLE)
        except Exception:
            continue
def corners(lines):
    try:
        corners = lines.corners()
        return corners.angles()
    except Exception:
        return None
"""
    said = _weighed(tmp_path, "swallow.py-broad", app)
    assert said == [Severity.IMPORTANT, Severity.INFO]


def test_a_page_that_tells_versions_may_do_without(tmp_path: Path) -> None:
    """By the name of its function, whatever it asks."""
    app = """
def version():
    try:
        return db.execute("select version()")
    except Exception:
        return "unknown"
def probe_replica(self):
    try:
        self.replica = db.execute("select 1")
    except Exception:
        pass
def total():
    try:
        return db.execute("select sum(price)")
    except Exception:
        return 0
"""
    said = _weighed(tmp_path, "swallow.py-broad", app)
    assert said == [Severity.INFO, Severity.INFO, Severity.IMPORTANT]


def test_at_debug_only_a_deed_is_shown(tmp_path: Path) -> None:
    """A probe, a class and what is made of foreign text are logged there on purpose."""
    app = """
def schema(fields):
    try:
        return create_model("Output", fields)
    except Exception as error:
        log.debug("no schema: %s", error)
def check_health(url):
    try:
        return requests.head(url).ok
    except Exception as error:
        log.debug("not reachable: %s", error)
def metadata(page):
    try:
        result = extractor.feed(page)
    except Exception as error:
        log.debug("no metadata: %s", error)
def keep(page):
    try:
        files.insert_page(page)
    except Exception as error:
        log.debug("not kept: %s", error)
"""
    said = _weighed(tmp_path, "swallow.log-suppressed", app)
    assert said == [Severity.INFO, Severity.INFO, Severity.INFO, Severity.ROUTINE]


def test_what_is_suppressed_is_shown_if_it_is_a_deed(tmp_path: Path) -> None:
    """A close by another name is none, nor is what is taken away: that tidies up."""
    app = """
from contextlib import suppress
def listen(channel):
    with suppress(Exception):
        channel.aclose()
def forget(job):
    with suppress(Exception):
        store.delete(job.key)
def keep(row):
    with suppress(Exception):
        table.insert(row)
"""
    said = _weighed(tmp_path, "swallow.suppress-broad", app)
    assert said == [Severity.INFO, Severity.INFO, Severity.IMPORTANT]


def test_a_column_that_is_there_is_no_error(tmp_path: Path) -> None:
    """Databases say by an error that a column was added before; a row that is lost is one."""
    app = '''
def add_expiry(db):
    try:
        db.execute("""
            ALTER TABLE payments ADD COLUMN expiry TIMESTAMP
        """)
    except OperationalError:
        pass
def add(db, row):
    try:
        db.execute("INSERT INTO payments VALUES (?)", row)
    except OperationalError:
        pass
'''
    said = _weighed(tmp_path, "swallow.catch-empty", app)
    assert said == [Severity.INFO, Severity.ROUTINE]


def test_a_server_does_without_mail(tmp_path: Path) -> None:
    """A letter waits where nobody checks the mail server; a broker is asked for."""
    app = """
import redis, smtplib
from sqlalchemy import create_engine
engine = create_engine(URL)
store = redis.Redis()
mail = smtplib.SMTP(HOST)
@app.get("/health")
def health():
    engine.connect().execute("select 1")
"""
    found = findings(tmp_path, {"app.py": app}, "health.dependency-unchecked")
    assert {one.subject: one.severity for one in found} == {
        "Redis": Severity.ROUTINE,
        "mail": Severity.INFO,
    }


def test_a_handler_of_flask_that_logs_the_stack_is_heard(tmp_path: Path) -> None:
    """`exc_info` says as much as `exception` does."""
    app = """
@app.errorhandler(Exception)
def failed(error):
    app.logger.error(error, exc_info=True)
    return "failed", 500
@app.errorhandler(Exception)
def unsaid(error):
    app.logger.error("failed")
    return "failed", 500
"""
    found = findings(tmp_path, {"app.py": app}, "flask.errorhandler-all")
    assert [one.function for one in found] == ["unsaid"]


def test_what_fails_after_a_log_of_structlog_is_second(tmp_path: Path) -> None:
    """The names for coroutines log, too."""
    app = """
from contextlib import suppress
async def run(job):
    try:
        await job.run()
    except Exception:
        await logger.aexception("no run")
        with suppress(Exception):
            await jobs.update_status(job)
async def begin(job):
    with suppress(Exception):
        await jobs.update_status(job)
"""
    assert _weighed(tmp_path, "swallow.suppress-broad", app) == [Severity.IMPORTANT]


def test_a_middleware_that_logs_the_stack_needs_an_sdk_to_be_found(tmp_path: Path) -> None:
    """Without one its log is where errors are heard of."""
    app = """
class Limit(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        try:
            return await call_next(request)
        except Exception:
            logger.exception("failed")
            return answer()
class Count(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        try:
            return await call_next(request)
        except Exception:
            return answer()
"""
    found = findings(tmp_path, {"app.py": app}, "fastapi.handler-swallows")
    assert [one.function for one in found] == ["Count.dispatch"]


def test_counting_use_at_debug_is_not_shown(tmp_path: Path) -> None:
    """Nobody waits for what a file of analytics sends."""
    app = """
def track(event):
    try:
        client.send(event)
    except Exception as error:
        log.debug("not tracked: %s", error)
"""
    for path, said in (
        ("shop/analytics/client.py", Severity.INFO),
        ("shop/a.py", Severity.ROUTINE),
    ):
        found = findings(tmp_path / said.word, {path: app}, "swallow.log-suppressed")
        assert [one.severity for one in found] == [said]

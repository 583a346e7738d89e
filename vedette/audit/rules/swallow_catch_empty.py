"""A handler that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._excusing import (
    is_accounted_for,
    is_answer,
    is_of_a_version,
    is_over,
    is_second,
    is_tried_on,
)
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import (
    caught,
    fails_below,
    is_empty,
    is_excused,
    is_explained,
    is_validator,
    tried_words,
)

ID = "swallow.catch-empty"
_FAR = (
    *("ConnectionError", "TimeoutError", "RequestException", "HTTPError", "DatabaseError"),
    *("OperationalError", "IntegrityError", "RedisError"),
)
_NAMED_BROADLY = ("", "Exception", "BaseException")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Empty handlers of whatever is worth hearing of; Python's broad ones have their own rule."""
    for handler in caught(facts, "catch"):
        if not is_empty(handler) or is_excused(project, facts, handler):
            continue
        if facts.language == "python" and not _is_telling(project, facts, handler):
            continue
        if fails_below(project, facts, handler):
            continue
        explained = is_explained(handler)
        yield at_handler(
            ID,
            _severity(facts, handler, explained),
            facts,
            handler,
            f"Whatever {tried_words(handler)} throws is dropped by an empty handler",
            explained=explained,
            instead=reporting(project, facts, handler),
        )


def _severity(facts: FileFacts, handler: Handler, explained: bool) -> Severity:
    if explained and is_accounted_for(facts, handler):
        return Severity.INFO
    if facts.language == "python":
        return Severity.INFO if _is_of_files(handler) else Severity.ROUTINE
    is_routine = explained or is_validator(facts, handler)
    return Severity.ROUTINE if is_routine else Severity.IMPORTANT


def _is_of_files(handler: Handler) -> bool:
    """Python says only what a file or a device will not do: foreseen, as often as not."""
    return not any(one.rpartition(".")[2] in _FAR for one in handler.types)


def _is_telling(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Named types of Python that speak of a fault outside, not of a value that is not there."""
    if is_answer(project, facts, handler) or is_tried_on(project, facts, handler):
        return False
    if is_over(handler) or is_second(facts, handler) or is_of_a_version(facts, handler):
        return False
    outside = ("IOError", "OSError", *_FAR)
    return any(one.rpartition(".")[2] in outside for one in handler.types)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Empty handler",
    why="An empty handler makes a failure look like success. Nobody hears of it, and what comes "
    "after works with what is not there.",
    advice="Report the error with its context, or let it go on to where it is reported.",
    languages=(*ECMA, "python"),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="javascript",
            says="a payment whose failure is dropped",
            files={
                "src/pay.js": """
                    async function pay(order) {
                      try {
                        await gateway.charge(order);
                      } catch (e) {}
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="typescript",
            says="only a comment, which lowers it",
            files={
                "src/a.ts": """
                    export async function save(x: Item) {
                      try {
                        await db.insert(x);
                      } catch {
                        // best effort, tried again later
                      }
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="python",
            says="a database that is not there",
            files={
                "app.py": """
                    def save(row):
                        try:
                            db.insert(row)
                        except DatabaseError:
                            pass
                """
            },
            lines=(4,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="another error follows",
            files={
                "src/a.js": """
                    async function load(mirrors) {
                      try {
                        return await download(mirrors);
                      } catch {
                      }
                      throw new Error('no mirror answers');
                    }
                """
            },
        ),
        Sample(
            language="javascript",
            says="a comment that says what cannot be read",
            files={
                "src/a.js": """
                    async function urls(found) {
                      for (const one of found) {
                        try { list.push(known.find(new URL(one))) } catch { /* Ignore invalid addresses */ }
                      }
                      try { body = change(JSON.parse(text)) } catch { /* Not JSON, pass through */ }
                      try { state = JSON.parse(await fs.readFile(path, 'utf8')) } catch { /* starts from nothing */ }
                    }
                """
            },
        ),
        Sample(
            language="python",
            says="no out of what asks, one after the other, a folder, the size of a terminal",
            files={
                "app.py": """
                    def is_known(key):
                        try:
                            return key in storage.known_keys()
                        except ConnectionError:
                            pass

                        return False


                    def connect(addresses):
                        for one in addresses:
                            try:
                                client.log_in(one)
                                break
                            except ConnectionError:
                                pass


                    def prepare(folder):
                        try:
                            os.makedirs(folder)
                            width = shutil.get_terminal_size()[0]
                        except OSError:
                            pass
                """
            },
        ),
        Sample(
            language="python",
            says="a wait that is over, a second failure, the version of a checkout",
            files={
                "app.py": """
                    async def settle(event, job):
                        try:
                            async with asyncio.timeout(5):
                                await event.wait()
                        except TimeoutError:
                            pass
                        try:
                            await job.run()
                        except JobError as error:
                            log.error('job: %s', error)
                            try:
                                await job.tell_owner()
                            except ConnectionError:
                                pass

                    async def settle_all(pending):
                        try:
                            await asyncio.wait_for(asyncio.shield(pending), timeout=5)
                        except (asyncio.TimeoutError, asyncio.CancelledError):
                            pass

                    def version_of(folder):
                        try:
                            described = Popen(['git', 'describe'], cwd=folder).communicate()
                            return release(described)
                        except OSError:
                            pass
                """
            },
        ),
        Sample(
            language="python",
            says="a file that need not be there, a time that is none",
            files={
                "app.py": """
                    def version(path):
                        try:
                            with open(os.path.join(path, 'VERSION')) as file:
                                return file.read().strip()
                        except OSError:
                            pass
                        try:
                            datetime.datetime.fromtimestamp(number)
                        except (OverflowError, OSError):
                            pass
                """
            },
        ),
        Sample(
            language="javascript",
            says="benign: parsing, closing, storage",
            files={
                "src/a.js": """
                    try { JSON.parse(text) } catch {}
                    try { socket.close() } catch {}
                    try { localStorage.setItem('a', b) } catch {}
                """
            },
        ),
        Sample(
            language="javascript",
            says="cookies of supabase-ssr's template",
            files={
                "src/a.js": """
                    try { all.forEach(({ name, value }) => cookieStore.set(name, value)) } catch {
                    }
                """
            },
        ),
        Sample(
            language="javascript",
            says="around the monitor itself",
            files={
                "src/a.js": """
                    try { const s = await load(); Sentry.captureException(s) } catch {}
                """
            },
        ),
        Sample(
            language="javascript",
            says="tests",
            files={
                "tests/a.test.js": """
                    try { run() } catch {}
                """
            },
        ),
        Sample(
            language="python",
            says="named types that are an answer",
            files={
                "app.py": """
                    try:
                        import ujson
                    except ImportError:
                        pass
                    try:
                        a[k].close()
                    except KeyError:
                        pass
                """
            },
        ),
    ),
)

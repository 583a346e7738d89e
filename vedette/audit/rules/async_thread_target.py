"""A thread whose exception nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._making import at_call

ID = "async.thread-target"
_HOOKS = re.compile(r"threading\.excepthook\s*=|set(?:Default)?UncaughtExceptionHandler")

# Bodies and references as Java writes them where a thread is made; tasks that keep their errors.
_WRITTEN = re.compile(r"->|::|^new\b")
_WATCHED = re.compile(r"^new (?:FutureTask|SwingWorker)\b")
_NAME = re.compile(r"\w+")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Threads that run a function which may fail, where no hook and no SDK hears of it."""
    made = [one for one in facts.calls if _is_thread(project, facts, one)]
    if not made or project.has_sdk(facts.path) or _has_hook(project, facts.language):
        return
    for call in made:
        target = _target(call)
        if target and _is_tried(project, facts, call, target):
            continue
        if facts.language == "java" and not _is_told_here(facts, call):
            continue
        of = f" of `{target[:60]}`" if target and facts.language == "python" else ""
        yield at_call(
            ID,
            # Python prints it, and as often as not the loop within takes what it does.
            Severity.INFO if facts.language == "python" else Severity.ROUTINE,
            facts,
            call,
            f"An exception{of} ends this thread, and nothing but a console hears of it",
        )


def _is_thread(project: Project, facts: FileFacts, call: Call) -> bool:
    if facts.language == "java":
        return call.path == "Thread" and call.is_new and bool(call.arguments)
    return project.outside(facts, call.path) == "threading.Thread" and bool(_target(call))


def _target(call: Call) -> str:
    options = next((one for one in call.arguments if one.text == "named"), None)
    given = options.get("target") if options else None
    return given.text if given is not None else ""


def _is_tried(project: Project, facts: FileFacts, call: Call, name: str) -> bool:
    """Whether all that the thread runs stands in a try."""
    target = project.target(facts, name, call.function)
    if target is None:
        return False
    other = project.facts(target[0])
    return any(one.name == target[1] and one.is_tried for one in other.functions)


def _is_told_here(facts: FileFacts, call: Call) -> bool:
    """Whether a thread of Java runs what is written there, or a method of its own without a try."""
    texts = [one.text for one in call.arguments]
    if "this" in texts:
        return not _has_try(facts, {"run"})
    written = next((one for one in texts if _WRITTEN.search(one)), None)
    if written is None or _WATCHED.search(written):
        return False
    if any(call.line <= one.line <= call.last_line for one in facts.tries):
        return False
    return not _has_try(facts, set(_NAME.findall(written)))


def _has_try(facts: FileFacts, names: set[str]) -> bool:
    """Whether a method of one of these names has a try in this file."""
    within = {one.function for one in facts.tries if one.has_handler}
    return any(
        facts.functions[place].name.rpartition(".")[2] in names for place in within if place >= 0
    )


@lru_cache(maxsize=16)
def _has_hook(project: Project, language: str) -> bool:
    return any(
        _HOOKS.search(project.text(path))
        for path, outline in project.outlines.items()
        if outline.language == language and (language != "python" or "threading" in outline.modules)
    )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A thread that may die unheard",
    why="An exception of a thread ends the thread and nothing else. The process goes on without the "
    "work that the thread was for.",
    advice="Catch and report in what the thread runs, or install a hook for all threads.",
    languages=("python", "java"),
    of_file=find,
    bad=(
        Sample(
            language="python",
            says="no hook",
            files={
                "app.py": """
                    import threading


                    def work():
                        sync()


                    threading.Thread(target=work, daemon=True).start()
                """
            },
            lines=(8,),
        ),
        Sample(
            language="java",
            says="no handler",
            files={
                "src/App.java": """
                    class App {
                      void start() {
                        new Thread(() -> sync()).start();
                      }
                    }
                """
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="a line of log, and then a try for all",
            files={
                "app.py": """
                    import threading

                    def run(results, done):
                        logger.debug('begins')
                        try:
                            results['rows'] = execute()
                        except Exception as error:
                            results['error'] = error
                        finally:
                            done.set()

                    threading.Thread(target=run, args=(found, event)).start()
                """
            },
        ),
        Sample(
            language="python",
            says="a hook",
            files={
                "app.py": """
                    import threading

                    threading.excepthook = report
                    threading.Thread(target=work).start()
                """
            },
        ),
        Sample(
            language="python",
            says="a function that cannot fail",
            files={
                "app.py": """
                    import threading


                    def work():
                        try:
                            sync()
                        except Exception as error:
                            report(error)


                    threading.Thread(target=work).start()
                """
            },
        ),
        Sample(
            language="python",
            says="an SDK, which installs a hook",
            files={
                "requirements.txt": "sentry-sdk==2.0\n",
                "app.py": """
                    import threading

                    threading.Thread(target=work).start()
                """,
            },
        ),
        Sample(
            language="java",
            says="a handler",
            files={
                "src/App.java": """
                    class App {
                      void start() {
                        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> report(error));
                        new Thread(() -> sync()).start();
                      }
                    }
                """
            },
        ),
        Sample(
            language="java",
            says="factories, tasks of others, methods with a try of their own",
            files={
                "src/App.java": """
                    class App implements Runnable {
                      public Thread newThread(Runnable task) { return new Thread(task, "worker"); }
                      void start() {
                        new Thread(this).start();
                        new Thread(() -> copy(in)).start();
                        new Thread(() -> { try { sync(); } catch (Exception e) { log.error("no", e); } }).start();
                      }
                      public void run() {
                        try { sync(); } catch (Exception e) { log.error("no", e); }
                      }
                      void copy(InputStream in) {
                        try { pump(in); } catch (IOException e) { log.error("no", e); }
                      }
                    }
                """,
            },
        ),
    ),
)

"""A job of an executor whose future nobody keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._making import at_call
from vedette.audit.rules._source import stands_alone

ID = "async.executor-future"
_EXECUTOR = re.compile(r"(?:^|[._])\w*(?:executor|pool|Executor|Pool)\w*(?:\(\))?\.submit$")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`executor.submit()` as a statement, of what may fail."""
    for call in facts.calls:
        if call.use != "statement" or call.steps or not _EXECUTOR.search(call.path):
            continue
        if stands_alone(project, facts, call) and not _is_tried(project, facts, call):
            yield at_call(
                ID,
                Severity.ROUTINE,
                facts,
                call,
                "The future of this job is dropped, and with it every exception of the job",
            )


def _is_tried(project: Project, facts: FileFacts, call: Call) -> bool:
    """Whether all that the job does stands in a try."""
    if any(call.line <= one.line <= call.last_line and one.has_handler for one in facts.tries):
        return True
    given = call.arguments[0] if call.arguments else None
    if given is None or given.kind != "name":
        return False
    target = project.target(facts, given.text, call.function)
    if target is None:
        return False
    other = project.facts(target[0])
    return any(one.name == target[1] and one.is_tried for one in other.functions)


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A future is dropped",
    why="An executor puts what a job raises into its future, without a word anywhere else. Where "
    "nobody asks the future, the exception is gone.",
    advice="Keep the future and ask for its result, or catch and report in the job.",
    languages=("python", "java"),
    of_file=find,
    bad=(
        Sample(
            language="python",
            says="a statement",
            files={
                "app.py": """
                    def go(executor):
                        executor.submit(sync, 1)
                """
            },
            lines=(2,),
        ),
        Sample(
            language="java",
            says="a statement",
            files={
                "src/App.java": """
                    class App {
                      void start() {
                        executor.submit(() -> sync());
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
            says="kept, asked, or with a job that cannot fail",
            files={
                "app.py": """
                    def work():
                        try:
                            sync()
                        except Exception as error:
                            report(error)


                    def go(executor):
                        future = executor.submit(sync)
                        executor.submit(sync).add_done_callback(done)
                        executor.submit(work)
                        form.submit(sync)
                        return future.result()
                """
            },
        ),
        Sample(
            language="java",
            says="kept, or executed, where the handler of the thread hears of it",
            files={
                "src/App.java": """
                    class App {
                      void start() throws Exception {
                        Future<?> future = executor.submit(() -> sync());
                        future.get();
                        executor.submit(() -> sync()).get();
                        executor.execute(() -> sync());
                      }
                    }
                """
            },
        ),
        Sample(
            language="java",
            says="the job is written there and catches what it does",
            files={
                "src/main/java/A.java": """
                    class A {
                      void go() {
                        executor.submit(() -> {
                          try {
                            sync();
                          } catch (Exception e) {
                            log.error("not synced", e);
                          }
                        });
                      }
                    }
                """
            },
        ),
    ),
)

"""A queue whose jobs fail without anybody hearing of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import listening
from vedette.audit.rules._listening import listens
from vedette.audit.rules._making import at_call

ID = "queue.no-failed-handler"
_SIGNAL = ("celery.signals", "task_failure")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Workers of BullMQ without a listener, Celery without an SDK and without a signal."""
    for call in facts.calls:
        name = project.outside(facts, call.path)
        if name in ("bullmq.Worker", "bull") and _fails_unheard(project, facts, call):
            what = "A job of this worker that fails is kept by the queue and told to nobody"
        elif name == "celery.Celery" and not _hears(project, facts):
            what = "A task of Celery that fails is logged by the worker and told to nobody"
        else:
            continue
        instead = listening(project, facts, call, "failed")
        yield at_call(ID, Severity.IMPORTANT, facts, call, what, instead=instead)


def _fails_unheard(project: Project, facts: FileFacts, call: Call) -> bool:
    if listens(project, facts, call, "failed"):
        return False
    for one in call.arguments:
        if one.kind == "function" and any(
            facts.inside(inner.function, one.function)
            and project.reports(facts, inner.path, inner.function)
            for inner in facts.calls
        ):
            return False
    return True


def _hears(project: Project, facts: FileFacts) -> bool:
    """Python's SDK has an integration of Celery that is on by itself."""
    return project.has_sdk(facts.path) or _has_signal(project)


@lru_cache(maxsize=8)
def _has_signal(project: Project) -> bool:
    return any(
        _SIGNAL in outline.imports.values()
        or any(one.endswith(".on_failure") for one in outline.functions)
        for outline in project.outlines.values()
        if outline.language == "python"
    )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A queue without a handler of failures",
    why="The queue catches what a job throws, so no global handler sees it. Jobs fail for days before "
    "somebody asks where their results are.",
    advice="Listen to `failed` and report, or switch the integration of the SDK on.",
    languages=(*ECMA, "python"),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="a worker of BullMQ",
            files={
                "src/a.ts": """
                    import { Worker } from 'bullmq';
                    const worker = new Worker('mail', async (job) => { await send(job); });
                """
            },
            lines=(2,),
        ),
        Sample(
            language="python",
            says="Celery without an SDK",
            files={
                "app.py": """
                    from celery import Celery

                    app = Celery("mail")
                """
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a listener, or a job that reports",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    import { Worker } from 'bullmq';
                    const worker = new Worker('mail', async (job) => { await send(job); });
                    worker.on('failed', report);
                    const other = new Worker('sms', async (job) => {
                      try {
                        await send(job);
                      } catch (error) {
                        Sentry.captureException(error);
                        throw error;
                      }
                    });
                """
            },
        ),
        Sample(
            language="python",
            says="the integration of the SDK",
            files={
                "requirements.txt": "celery==5.4\nsentry-sdk==2.0\n",
                "app.py": """
                    from celery import Celery

                    app = Celery("mail")
                """,
            },
        ),
        Sample(
            language="python",
            says="a signal",
            files={
                "app.py": """
                    from celery import Celery
                    from celery.signals import task_failure

                    app = Celery("mail")


                    @task_failure.connect
                    def failed(exception, **more):
                        report(exception)
                """
            },
        ),
    ),
)

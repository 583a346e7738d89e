"""A job by the clock that nobody misses when it does not run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from vedette.audit.facts import Call, FileFacts, Value
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import swapped, wrapped
from vedette.audit.rules._making import at_call
from vedette.audit.rules._source import text_of_call

ID = "cron.no-checkin"
_SCHEDULES = re.compile(
    r"node-cron(?:\.schedule)?|node-cron\.schedule|cron\.CronJob|node-schedule\.scheduleJob"
)
_CHECKS = re.compile(
    r"captureCheckIn|capture_checkin|withMonitor|with_monitor|monitor\(|instrument\w*Cron"
)
_INSTRUMENTS = r"@sentry/[\w-]+\.cron\.instrument\w+"
_BEATS = ("beat_schedule", "CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Schedules of node-cron and its like, and of Celery's beat."""
    if facts.language == "python":
        yield from _beats(project, facts)
        return
    if _is_instrumented(project):
        return
    for call in facts.calls:
        if not _SCHEDULES.fullmatch(project.outside(facts, call.path)) or not call.arguments:
            continue
        if not _checks_in(project, facts, call):
            when = call.arguments[0].text[:40] if call.arguments[0].kind == "text" else ""
            yield at_call(
                ID,
                Severity.ROUTINE,
                facts,
                call,
                f"Nobody hears of it when the job{f' `{when}`' if when else ''} does not run",
                instead=_instead(project, facts, call),
            )


def _instead(project: Project, facts: FileFacts, call: Call) -> Change | None:
    """What is called, within a monitor."""
    given_function = next((one.function for one in call.arguments if one.kind == "function"), -1)
    if given_function >= 0:
        opening = '() => Sentry.withMonitor("job", '
        return wrapped(project, facts, facts.functions[given_function], opening)
    name = call.arguments[1].text if len(call.arguments) > 1 else ""
    if not re.fullmatch(r"[\w.$]+", name):
        return None
    given = f'() => Sentry.withMonitor("{name.rpartition(".")[2]}", {name})'
    old = rf"(?<=,)\s*{re.escape(name)}(?=\s*[,)])"
    return swapped(project, facts, call.line, old, f" {given}".replace("\\", r"\\"))


def of_project(project: Project) -> Iterator[Finding]:
    """The crons of `vercel.json`, where the SDK does not monitor them by itself."""
    for path, text in project.manifests.items():
        if path.rpartition("/")[2] != "vercel.json" or _is_automatic(project):
            continue
        for cron in _crons(text):
            yield Finding(
                rule=ID,
                severity=Severity.ROUTINE,
                what=f"Nobody hears of it when the job `{cron[:80]}` does not run",
                path=path,
                line=_line(text, cron),
                subject=cron,
            )


def _beats(project: Project, facts: FileFacts) -> Iterator[Finding]:
    for one in facts.bindings:
        if one.name.rpartition(".")[2] not in _BEATS or not one.value.items:
            continue
        if not _monitors_beats(project):
            yield Finding(
                rule=ID,
                severity=Severity.ROUTINE,
                what=f"Nobody hears of it when a job of `{one.name}` does not run",
                path=facts.path,
                line=one.line,
                last_line=one.line,
            )


@lru_cache(maxsize=8)
def _is_instrumented(project: Project) -> bool:
    return any(True for _ in project.uses(_INSTRUMENTS))


@lru_cache(maxsize=8)
def _monitors_beats(project: Project) -> bool:
    return any(
        _has_option(one, "monitor_beat_tasks")
        for _, call in project.uses(r"sentry_sdk\.integrations\.celery\.CeleryIntegration")
        for one in call.arguments
    )


def _has_option(value: Value, name: str) -> bool:
    given = value.get(name)
    return given is not None and given.text != "false"


def _checks_in(project: Project, facts: FileFacts, call: Call) -> bool:
    if _CHECKS.search(text_of_call(project, facts, call)):
        return True
    for one in call.arguments:
        target = project.target(facts, one.text, call.function) if one.kind == "name" else None
        if target is None:
            continue
        other = project.facts(target[0])
        if any(
            _CHECKS.search(f"{inner.path}(") and other.function_name(inner.function) == target[1]
            for inner in other.calls
        ):
            return True
    return False


@lru_cache(maxsize=8)
def _is_automatic(project: Project) -> bool:
    return any(
        "automaticVercelMonitors: true" in project.text(path)
        for path in project.outlines
        if path.rpartition("/")[2].startswith("next.config.")
    )


def _crons(text: str) -> list[str]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return []
    crons = said.get("crons") if isinstance(said, dict) else None
    paths = [one.get("path") for one in crons or [] if isinstance(one, dict)]
    return [one for one in paths if isinstance(one, str)]


def _line(text: str, words: str) -> int:
    place = text.find(json.dumps(words))
    return text.count("\n", 0, place) + 1 if place >= 0 else 1


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A job by the clock without a monitor",
    why="A job that does not start throws nothing, so no error tells of it. Only who expects it can "
    "say that it did not come.",
    advice="Send check-ins around the job to a monitor that knows when it is due.",
    languages=(*ECMA, "python"),
    of_file=find,
    of_project=of_project,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="node-cron",
            files={
                "src/a.ts": """
                    import cron from 'node-cron';
                    cron.schedule('0 3 * * *', async () => { await report(); });
                """
            },
            lines=(2,),
        ),
        Sample(
            language="typescript",
            says="crons of Vercel",
            files={
                "vercel.json": """
                    {
                      "crons": [
                        {"path": "/api/nightly", "schedule": "0 3 * * *"}
                      ]
                    }
                """,
                "app/api/nightly/route.ts": "export async function GET() { return done(); }\n",
            },
            lines=(3,),
        ),
        Sample(
            language="python",
            says="Celery's beat",
            files={
                "app.py": """
                    app.conf.beat_schedule = {
                        "nightly": {"task": "report", "schedule": crontab(hour=3)},
                    }
                """
            },
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a monitor around the job, or in it",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    import cron from 'node-cron';
                    cron.schedule('0 3 * * *', () => Sentry.withMonitor('nightly', report));
                    cron.schedule('0 4 * * *', second);
                    function second() {
                      Sentry.captureCheckIn({ monitorSlug: 'second', status: 'ok' });
                    }
                """
            },
        ),
        Sample(
            language="typescript",
            says="instrumented as a whole",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    import cron from 'node-cron';
                    const watched = Sentry.cron.instrumentNodeCron(cron);
                    watched.schedule('0 3 * * *', report, { name: 'nightly' });
                """
            },
        ),
        Sample(
            language="typescript",
            says="automaticVercelMonitors",
            files={
                "vercel.json": '{"crons": [{"path": "/api/nightly", "schedule": "0 3 * * *"}]}',
                "next.config.js": """
                    const { withSentryConfig } = require('@sentry/nextjs');
                    module.exports = withSentryConfig({}, { automaticVercelMonitors: true });
                """,
            },
        ),
        Sample(
            language="python",
            says="monitor_beat_tasks",
            files={
                "app.py": """
                    import sentry_sdk
                    from sentry_sdk.integrations.celery import CeleryIntegration

                    sentry_sdk.init(integrations=[CeleryIntegration(monitor_beat_tasks=True)])
                    app.conf.beat_schedule = {
                        "nightly": {"task": "report", "schedule": crontab(hour=3)},
                    }
                """
            },
        ),
    ),
)

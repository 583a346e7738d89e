"""Errors that are gathered as values, and that nobody looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._excusing import ends_by_name
from vedette.audit.rules._making import at_call
from vedette.audit.rules._source import stands_alone, text_of_function

ID = "value.gather-ignored"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`gather(return_exceptions=True)` and `allSettled` whose results go nowhere."""
    for call in facts.calls:
        if _gathers(call) and not call.steps and _is_unused(project, facts, call):
            yield at_call(
                ID,
                Severity.IMPORTANT,
                facts,
                call,
                f"`{call.path}()` turns every error into a value, and the values are not looked at",
            )


def _gathers(call: Call) -> bool:
    if call.path == "Promise.allSettled":
        return True
    if call.path not in ("asyncio.gather", "gather"):
        return False
    options = next((one for one in call.arguments if one.text == "named"), None)
    given = options.get("return_exceptions") if options else None
    return given is not None and given.text == "true"


def _is_unused(project: Project, facts: FileFacts, call: Call) -> bool:
    # Waiting for tasks that were cancelled, or whose results are asked one by one.
    text = text_of_function(project, facts, call.function)
    if ".cancel(" in text or re.search(r"\.(?:result|exception)\(\)", text):
        return False
    if facts.language == "python" and ends_by_name(facts, call.function):
        return False
    if not call.kept_in:
        return call.use in ("statement", "awaited", "voided") and stands_alone(project, facts, call)
    if not re.fullmatch(r"[\w$]+", call.kept_in):
        return False
    text = text_of_function(project, facts, call.function, call.last_line + 1)
    return not re.search(rf"\b{re.escape(call.kept_in)}\b", text)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Gathered errors are ignored",
    why="Waiting for all without failing gives errors back as values. Where the values are dropped, "
    "every one of the errors is.",
    advice="Go through the results and report those that failed.",
    languages=(*ECMA, "python"),
    of_file=find,
    bad=(
        Sample(
            language="python",
            says="a statement, and results that are not used",
            files={
                "app.py": """
                    import asyncio


                    async def go(jobs):
                        await asyncio.gather(*jobs, return_exceptions=True)
                        results = await asyncio.gather(*jobs, return_exceptions=True)
                        return True
                """
            },
            lines=(5, 6),
        ),
        Sample(
            language="typescript",
            says="a statement, and results that are not used",
            files={
                "src/a.ts": """
                    export async function go(jobs) {
                      await Promise.allSettled(jobs);
                      const results = await Promise.allSettled(jobs);
                      return true;
                    }
                """
            },
            lines=(2, 3),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="gone through at once, and at the end of everything",
            files={
                "app.py": """
                    import asyncio


                    async def go(jobs):
                        for place, result in enumerate(
                            await asyncio.gather(
                                *jobs,
                                return_exceptions=True,
                            )
                        ):
                            if isinstance(result, Exception):
                                log.error('job %s: %s', place, result)


                    async def publish(tasks):
                        await asyncio.gather(*tasks, return_exceptions=True)
                        for task in tasks:
                            task.result()


                    async def unload(entry):
                        await asyncio.gather(
                            *(one.close() for one in entry.devices), return_exceptions=True
                        )
                """
            },
        ),
        Sample(
            language="python",
            says="looked at, and one that fails",
            files={
                "app.py": """
                    import asyncio


                    async def go(jobs):
                        await asyncio.gather(*jobs)
                        results = await asyncio.gather(*jobs, return_exceptions=True)
                        return [one for one in results if isinstance(one, Exception)]
                """
            },
        ),
        Sample(
            language="python",
            says="tasks that were cancelled",
            files={
                "app.py": """
                    import asyncio


                    async def stop(task):
                        task.cancel()
                        await asyncio.gather(task, return_exceptions=True)
                """
            },
        ),
        Sample(
            language="typescript",
            says="looked at, returned, given on",
            files={
                "src/a.ts": """
                    export async function go(jobs) {
                      const results = await Promise.allSettled(jobs);
                      results.filter((one) => one.status === 'rejected').forEach(report);
                      reportAll(await Promise.allSettled(jobs));
                      return Promise.allSettled(jobs);
                    }
                """
            },
        ),
    ),
)

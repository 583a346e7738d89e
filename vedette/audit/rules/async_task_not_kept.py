"""A task of asyncio that nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._changing import indent_of, line_at
from vedette.audit.rules._making import at_call

ID = "async.task-not-kept"
_MAKERS = ("asyncio.create_task", "asyncio.ensure_future", "create_task", "loop.create_task")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`create_task()` as a statement, outside of a task group."""
    for call in facts.calls:
        if call.use == "statement" and not call.steps and call.path in _MAKERS:
            coroutine = call.arguments[0].text if call.arguments else ""
            name = (
                f" of `{coroutine}()`"
                if call.arguments and call.arguments[0].kind == "call"
                else ""
            )
            yield at_call(
                ID,
                Severity.IMPORTANT,
                facts,
                call,
                f"The task{name} is not kept: it may be collected, and its error is seen by nobody",
                instead=_instead(project, facts, call),
            )


def _instead(project: Project, facts: FileFacts, call: Call) -> Change | None:
    """The task in a set, until it is done."""
    line = line_at(project, facts, call.line)
    if call.line != call.last_line or not line.lstrip().startswith(call.path):
        return None
    indent = indent_of(line)
    text = (
        f"{indent}task = {line.strip()}\n{indent}tasks.add(task)\n"
        f"{indent}task.add_done_callback(tasks.discard)"
    )
    return Change(first=call.line, last=call.line, text=text)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A task is not kept",
    why="The event loop holds tasks weakly, so one that nobody keeps can vanish in the middle. Its "
    "exception is told to the garbage collector, not to you.",
    advice="Keep it in a set until it is done, look at its result, or use a TaskGroup.",
    languages=("python",),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="python",
            says="a statement",
            files={
                "app.py": """
                    import asyncio


                    async def go():
                        asyncio.create_task(sync())
                """
            },
            lines=(5,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="a group, kept, awaited, with a callback",
            files={
                "app.py": """
                    import asyncio


                    async def go():
                        async with asyncio.TaskGroup() as group:
                            group.create_task(sync())
                        task = asyncio.create_task(sync())
                        await asyncio.create_task(sync())
                        asyncio.create_task(sync()).add_done_callback(done)
                """
            },
        ),
    ),
)

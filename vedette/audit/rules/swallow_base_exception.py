"""A handler that takes the end of the programme, too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._excusing import ends_by_name, ends_call, is_raised_first
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._source import text_of_function
from vedette.audit.rules._trying import caught, tried_words

ID = "swallow.base-exception"
_ENDS = ("BaseException", "KeyboardInterrupt", "SystemExit", "CancelledError", "GeneratorExit")
_SWITCHED_ON = re.compile(r"^\s*((?:self\.)?\w+) = True$", re.MULTILINE)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers of what ends a task or the process, that neither raise nor end it."""
    for handler in caught(facts, "catch", "suppress"):
        ends = [one.rpartition(".")[2] for one in handler.types]
        ends = [one for one in ends if one in _ENDS]
        if not handler.types and handler.how == "catch":
            ends = ["BaseException"]
        if not ends or _lets_go(project, facts, handler, ends):
            continue
        yield at_handler(
            ID,
            Severity.INFO if _is_merely_bare(handler) else Severity.URGENT,
            facts,
            handler,
            f"`{ends[0]}` out of {tried_words(handler)} is taken and the code goes on",
        )


def _lets_go(project: Project, facts: FileFacts, handler: Handler, ends: list[str]) -> bool:
    if handler.does("throw", "exit", "return", "return-constant") or any(
        (one.kind == "leave" and one.text != "continue")
        or (one.kind in ("assign", "surface") and one.uses_error)
        or (one.kind == "call" and ends_call(one.path))
        for one in handler.deeds
    ):
        return True
    if is_raised_first(facts, handler) or _tidies_up(project, facts, handler):
        return True
    if _is_asked_for(project, facts, handler):
        return True
    whole = set(ends)
    if whole == {"GeneratorExit"} and not any(
        one.use == "awaited" for one in _tried(facts, handler)
    ):
        return True  # only where a generator waits is it thrown
    if "BaseException" not in whole and not facts.tries[handler.tried].is_loop:
        return True
    if whole <= {"KeyboardInterrupt", "SystemExit"}:
        return handler.function < 0
    if whole == {"CancelledError"}:
        return ends_by_name(facts, handler.function) or _awaits_cancelled(facts, handler)
    return not _can_be_cancelled(project, facts, handler)


def _tried(facts: FileFacts, handler: Handler) -> list[Call]:
    return [one for one in facts.calls if one.tried == handler.tried]


def _tidies_up(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Nothing is tried but to close something, once or each of a list."""
    ends = bool(handler.calls) and all(map(ends_call, handler.calls))
    return ends and not (
        facts.tries[handler.tried].is_loop and _is_endless(project, facts, handler)
    )


def _is_merely_bare(handler: Handler) -> bool:
    """`except: pass` was hardly written for the end of a task: that all is dropped is said of it
    already."""
    return not handler.types and not handler.deeds


def _is_asked_for(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """It is noted in a variable by which the function ends later."""
    whole = text_of_function(project, facts, handler.function)
    return any(
        re.search(rf"^\s*(?:if|while)\b.*\b{re.escape(name)}\b", whole, re.MULTILINE)
        for name in _SWITCHED_ON.findall(handler.text)
    )


def _can_be_cancelled(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """In a coroutine or a loop without an end of its own it keeps what was to end alive; elsewhere
    it is merely broad."""
    function = facts.functions[handler.function] if handler.function >= 0 else None
    is_async = function is not None and function.is_async
    if is_async:
        return True
    return facts.tries[handler.tried].is_loop and _is_endless(project, facts, handler)


def _is_endless(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether a `while` stands around it, not only a list that is gone through."""
    above = text_of_function(project, facts, handler.function).splitlines()
    first = facts.functions[handler.function].line if handler.function >= 0 else 1
    return any(
        len(one) - len(one.lstrip()) < handler.column - 1 and one.lstrip().startswith("while ")
        for one in above[: handler.line - first]
    )


def _awaits_cancelled(facts: FileFacts, handler: Handler) -> bool:
    """`task.cancel()` and then waiting for it: the one place where it is to be taken."""
    return any(
        call.name in ("cancel", "cancel_all") and call.function == handler.function
        for call in facts.calls
    )


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="The end of a task or process is swallowed",
    why="Cancellation, Ctrl-C and `sys.exit()` are exceptions, and this handler takes them without "
    "raising again. A deployment then hangs until it is killed, and what was under way is lost.",
    advice="Catch `Exception`, or raise again what ends the task.",
    languages=("python",),
    of_file=find,
    bad=(
        Sample(
            language="python",
            says="a loop and a coroutine that cannot be ended",
            files={
                "app.py": """
                    def work():
                        while True:
                            try:
                                step()
                            except:
                                log.exception('step')


                    async def serve():
                        try:
                            await step()
                        except BaseException:
                            log.exception('step')
                        await other()
                """
            },
            lines=(5, 12),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="a command that stops when it is told to",
            files={
                "app.py": """
                    def rebuild(packages):
                        while True:
                            try:
                                rebuild_next(packages)
                            except KeyboardInterrupt:
                                print('Stopped.')
                                return


                    async def stop(self):
                        for task in self.tasks:
                            with suppress(asyncio.CancelledError):
                                await task


                    async def serve(server):
                        try:
                            await server.start()
                        except (asyncio.CancelledError, KeyboardInterrupt):
                            log.info('interrupted, stopping')


                    class Cache:
                        def run(self):
                            while self.is_running:
                                try:
                                    self.poll()
                                except KeyboardInterrupt:
                                    self.stop()
                """
            },
        ),
        Sample(
            language="python",
            says="what is merely broad, for each of a list",
            files={
                "app.py": """
                    def attach(mail, files):
                        for file in files:
                            try:
                                mail.attach(file)
                            except:
                                log.exception('no attachment')
                """
            },
        ),
        Sample(
            language="python",
            says="closing once, waiting in a handler that raises, a task that ends when it is told to",
            files={
                "app.py": """
                    async def fetch(client, asked):
                        try:
                            asked.set_result(await client.get())
                        except BaseException as error:
                            asked.set_exception(error)
                            with suppress(BaseException):
                                await asked
                            raise
                        finally:
                            with suppress(BaseException):
                                await client.close()


                    async def listen(socket):
                        while True:
                            try:
                                await socket.receive()
                            except asyncio.CancelledError:
                                told = False
                                return
                """
            },
        ),
        Sample(
            language="python",
            says="a worker that hands the error to who waits for the job",
            files={
                "app.py": """
                    class Worker:
                        def run(self):
                            while True:
                                try:
                                    self.task()
                                except BaseException as error:
                                    self.error = error
                                self.free.release()
                """
            },
        ),
        Sample(
            language="python",
            says="a main loop that then ends",
            files={
                "app.py": """
                    def main():
                        try:
                            run()
                        except KeyboardInterrupt:
                            print('bye')


                    def work():
                        while True:
                            try:
                                step()
                            except (KeyboardInterrupt, SystemExit):
                                break
                """
            },
        ),
        Sample(
            language="python",
            says="raised again, or awaited after a cancel",
            files={
                "app.py": """
                    async def stop(task):
                        task.cancel()
                        try:
                            await task
                        except asyncio.CancelledError:
                            pass


                    def go():
                        try:
                            step()
                        except BaseException:
                            undo()
                            raise
                """
            },
        ),
    ),
)

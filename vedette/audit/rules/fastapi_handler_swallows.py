"""A handler or a middleware of FastAPI or Starlette in which errors end."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._answering import (
    decorated,
    is_for_all,
    is_heard,
    is_stack_logged,
    registered,
)
from vedette.audit.rules._making import at_function, at_handler

ID = "fastapi.handler-swallows"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers of `Exception` without a report, and middleware that answers what it catches."""
    if not project.has_sdk(facts.path):  # with one, what such a handler answers is raised on to it
        found = [
            (place, function)
            for place, function, value in decorated(facts, "exception_handler")
            if value.items and is_for_all(value.items[0][1])
        ]
        found += [
            (place, function)
            for place, function, call in registered(facts, "add_exception_handler")
            if is_for_all(call.arguments[0])
        ]
        for place, function in found:
            if not is_heard(project, facts, place):
                what = "It answers every error, and nobody hears of any"
                yield at_function(ID, Severity.IMPORTANT, facts, function, what)
    for handler in facts.handlers:
        if _is_of_middleware(facts, handler) and _is_silent(project, facts, handler):
            what = "Every error of a request ends in this middleware, before the SDK sees it"
            yield at_handler(ID, Severity.IMPORTANT, facts, handler, what)


def _is_of_middleware(facts: FileFacts, handler: Handler) -> bool:
    if handler.function < 0 or not any(
        one.rpartition(".")[2] in ("call_next", "app") for one in handler.calls
    ):
        return False
    function = facts.functions[handler.function]
    is_decorated = any(one.text.endswith(".middleware") for one in function.decorators)
    return is_decorated or function.name.endswith((".dispatch", ".__call__"))


def _is_silent(project: Project, facts: FileFacts, handler: Handler) -> bool:
    is_broad = not handler.types or "Exception" in handler.types
    return (
        is_broad
        and not project.is_handled(facts, handler)
        and not project.is_logged_as_error(facts, handler)
        and not (is_stack_logged(handler) and not project.has_sdk(facts.path))
    )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Errors end in a handler of FastAPI",
    why="The SDK hears of what leaves the application. What a handler of `Exception` or a middleware "
    "turns into an answer does not, so no failure of a request is reported.",
    advice="Report it with `sentry_sdk.capture_exception` before it is answered, or raise it on.",
    languages=("python",),
    of_file=find,
    bad=(
        Sample(
            language="python",
            says="a handler and middleware of both forms",
            files={
                "main.py": """
                    @app.exception_handler(Exception)
                    async def failed(request, error):
                        return JSONResponse({"error": "failed"}, status_code=500)


                    @app.middleware("http")
                    async def guard(request, call_next):
                        try:
                            return await call_next(request)
                        except Exception:
                            return JSONResponse({"error": "failed"}, status_code=500)


                    class Guard(BaseHTTPMiddleware):
                        async def dispatch(self, request, call_next):
                            try:
                                return await call_next(request)
                            except Exception as error:
                                return PlainTextResponse("failed", status_code=500)
                """
            },
            lines=(2, 10, 18),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="reported, raised on, or of one kind",
            files={
                "main.py": """
                    import sentry_sdk


                    @app.exception_handler(Exception)
                    async def failed(request, error):
                        sentry_sdk.capture_exception(error)
                        return JSONResponse({"error": "failed"}, status_code=500)


                    @app.exception_handler(Missing)
                    async def missing(request, error):
                        return JSONResponse({"error": "missing"}, status_code=404)


                    @app.middleware("http")
                    async def timed(request, call_next):
                        try:
                            return await call_next(request)
                        except Exception:
                            count()
                            raise
                """
            },
        ),
        Sample(
            language="python",
            says="raised on where there is no SDK",
            files={
                "main.py": """
                    @app.exception_handler(Exception)
                    async def failed(request, error):
                        count(error)
                        raise error
                """
            },
        ),
        Sample(
            language="python",
            says="a handler that the framework raises on from, to the SDK",
            files={
                "requirements.txt": "fastapi\nsentry-sdk\n",
                "main.py": """
                    @app.exception_handler(Exception)
                    async def failed(request, error):
                        return JSONResponse({"error": "failed"}, status_code=500)
                """,
            },
        ),
    ),
)

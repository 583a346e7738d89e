"""A handler of Flask that takes every error from the SDK."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._answering import decorated, is_for_all, is_heard, registered
from vedette.audit.rules._making import at_function

ID = "flask.errorhandler-all"
_WHAT = "It answers every error, so none of them comes to the signal that the SDK listens to"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers of `Exception` that neither report nor raise."""
    found = [
        (place, function)
        for name in ("errorhandler", "app_errorhandler")
        for place, function, value in decorated(facts, name)
        if value.items and is_for_all(value.items[0][1])
    ]
    found += [
        (place, function)
        for place, function, call in registered(facts, "register_error_handler")
        if is_for_all(call.arguments[0])
    ]
    for place, function in found:
        if not is_heard(project, facts, place):
            yield at_function(ID, Severity.IMPORTANT, facts, function, _WHAT)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A handler of Flask takes every error",
    why="Flask tells the SDK only of errors that no handler takes. A handler of `Exception` takes "
    "them all, so every failure of a request is answered and none is reported.",
    advice="Call `sentry_sdk.capture_exception(error)` in it, or handle `InternalServerError`.",
    languages=("python",),
    of_file=find,
    bad=(
        Sample(
            language="python",
            says="decorated and registered",
            files={
                "app.py": """
                    @app.errorhandler(Exception)
                    def failed(error):
                        return {"error": "failed"}, 500


                    def other(error):
                        return "failed", 500


                    bp.register_error_handler(Exception, other)
                """
            },
            lines=(2, 6),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="logged with its traceback, which the SDK takes",
            files={
                "app.py": """
                    @app.errorhandler(Exception)
                    def failed(error):
                        logger.exception(error)
                        return {"error": "failed"}, 500
                """
            },
        ),
        Sample(
            language="python",
            says="reported, raised, or for one kind",
            files={
                "app.py": """
                    import sentry_sdk


                    @app.errorhandler(Exception)
                    def failed(error):
                        sentry_sdk.capture_exception(error)
                        return {"error": "failed"}, 500


                    @bp.errorhandler(Exception)
                    def again(error):
                        if not isinstance(error, Known):
                            raise error
                        return "known", 400


                    @app.errorhandler(404)
                    def missing(error):
                        return "missing", 404
                """
            },
        ),
        Sample(
            language="python",
            says="logged as an error, which the SDK sends",
            files={
                "requirements.txt": "flask\nsentry-sdk\n",
                "app.py": """
                    @app.errorhandler(Exception)
                    def failed(error):
                        log.exception("failed")
                        return "failed", 500
                """,
            },
        ),
    ),
)

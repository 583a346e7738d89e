"""A middleware of Django that answers every error of a view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._answering import is_heard
from vedette.audit.rules._making import at_function
from vedette.audit.rules._source import text_of_function

ID = "django.middleware-swallows"
_ANSWERS = re.compile(r"^\s+return[ \t]+(?!None\b)\S", re.MULTILINE)
_CHOOSES = re.compile(r"isinstance\(|\bmatch\b")
_WHAT = (
    "It answers the errors of views, so none of them comes to the signal that the SDK listens to"
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`process_exception` that gives a response whatever the error, and reports nothing."""
    for place, function in enumerate(facts.functions):
        if function.owner < 0 or not function.name.endswith(".process_exception"):
            continue
        text = text_of_function(project, facts, place)
        if not _ANSWERS.search(text) or _CHOOSES.search(text):
            continue
        if not is_heard(project, facts, place):
            yield at_function(ID, Severity.IMPORTANT, facts, function, _WHAT)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Errors end in a middleware of Django",
    why="Django tells the SDK only of errors that no `process_exception` answers. This one answers "
    "them all, so every failure of a view is shown and none is reported.",
    advice="Call `sentry_sdk.capture_exception(exception)` before the response is returned.",
    languages=("python",),
    of_file=find,
    bad=(
        Sample(
            language="python",
            says="whatever it was",
            files={
                "middleware.py": """
                    class Friendly:
                        def process_exception(self, request, exception):
                            return render(request, "failed.html", status=500)
                """
            },
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="reported, only noted, or for one kind",
            files={
                "middleware.py": """
                    import sentry_sdk


                    class Told:
                        def process_exception(self, request, exception):
                            sentry_sdk.capture_exception(exception)
                            return render(request, "failed.html", status=500)


                    class Timed:
                        def process_exception(self, request, exception):
                            if request.seen is None:
                                return
                            self.keep(request, exception)


                    class Counted:
                        def process_exception(self, request, exception):
                            count(exception)
                            return None


                    class Redirected:
                        def process_exception(self, request, exception):
                            if isinstance(exception, SignedOut):
                                return redirect("/sign-in")
                """
            },
        ),
    ),
)

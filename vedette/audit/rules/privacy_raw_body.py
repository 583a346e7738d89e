"""What people have sent, or a password, as a part of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Value
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call
from vedette.audit.vocabulary import is_capture

ID = "privacy.raw-body"
_SETTERS = (
    *("setContext", "setExtra", "setExtras", "addBreadcrumb", "setTag", "setUser"),
    *("set_context", "set_extra", "add_breadcrumb", "set_tag", "set_user"),
)
_WHOLE = re.compile(
    r"(?:^|\.)(?:req|request|ctx\.request|event)\.(?:body|rawBody|headers|cookies|data|form|json"
    r"|get_data\(\)|META|POST|COOKIES)$"
)
_SECRET = re.compile(
    r"(?:^|[._])(?:password|passwd|passphrase|secret|access_?[tT]oken|refresh_?[tT]oken|auth_?[tT]oken"
    r"|api_?[kK]ey|authorization|private_?[kK]ey|credit_?[cC]ard|card_?[nN]umber|cvv|ssn)$"
)
_WRITERS = ("JSON.stringify", "json.dumps", "str", "dict", "String")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Reports that are given a body, headers or a secret as it is."""
    for call in facts.calls:
        if not is_capture(call.path) and call.name not in _SETTERS:
            continue
        name = next((found for one in call.arguments for found in _raw(one)), "")
        if name:
            yield at_call(
                ID,
                Severity.IMPORTANT,
                facts,
                call,
                f"`{name[:80]}` goes into the report as it is",
            )


def _raw(value: Value) -> Iterator[str]:
    """The names that are given raw; what goes through a function of somebody's is not."""
    if value.kind in ("name", "spread") and (
        _WHOLE.search(value.text) or _SECRET.search(value.text)
    ):
        yield value.text
    if value.kind in ("object", "list") or (value.kind == "call" and value.text in _WRITERS):
        for _, inner in value.items:
            yield from _raw(inner)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A raw body or a secret in a report",
    why="Whoever may read events reads what people typed, their sessions and their passwords. What is "
    "stored once is in backups and mails, too.",
    advice="Give the fields that are needed by name, or send it through a function that scrubs.",
    languages=(*ECMA, "python"),
    of_file=find,
    bad=(
        Sample(
            language="typescript",
            says="a body, headers, a password",
            files={
                "src/a.ts": """
                    Sentry.captureException(error, { extra: { body: req.body } });
                    Sentry.setContext('request', { headers: request.headers });
                    Sentry.captureMessage('login', { extra: { password } });
                    Sentry.setExtra('body', JSON.stringify(req.body));
                """
            },
            lines=(1, 2, 3, 4),
        ),
        Sample(
            language="python",
            says="a form and a token",
            files={
                "app.py": """
                    import sentry_sdk

                    sentry_sdk.set_context("request", {"form": request.form})
                    sentry_sdk.capture_exception(error, extras={"token": user.access_token})
                """
            },
            lines=(3, 4),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="scrubbed, and single fields",
            files={
                "src/a.ts": """
                    Sentry.captureException(error, { extra: { body: scrub(req.body) } });
                    Sentry.setContext('request', { size: req.body.length, id: req.params.id });
                    Sentry.captureMessage('login', { extra: { hasPassword: Boolean(password) } });
                """
            },
        ),
        Sample(
            language="python",
            says="scrubbed",
            files={
                "app.py": """
                    import sentry_sdk

                    sentry_sdk.set_context("request", {"form": scrub(request.form)})
                """
            },
        ),
    ),
)

"""A critical operation that leaves nothing but its error, if it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Function
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_function
from vedette.audit.rules._routing import is_route

ID = "trace.no-span"
_CRITICAL = re.compile(r"webhook|payment|checkout|charge|refund|invoice|billing|subscription", re.I)
_SOCKET = re.compile(r"(?:^|\.)(?:ws|socket|wss|io|connection|client|conn)\.(?:on|once)$")
_TELLS = re.compile(
    r"(?:^|\.)(?:startSpan\w*|startInactiveSpan|startActiveSpan|startTransaction|addBreadcrumb|setTags?"
    r"|setContext|setExtras?|continueTrace|withMonitor|start_span|start_transaction|start_child"
    r"|add_breadcrumb|set_tags?|set_context|continue_trace|start_as_current_span|setAttributes?)$"
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Webhooks, payments, processors of queues and messages of sockets without a word of context."""
    if not project.has_sdk(facts.path):
        return
    for place, function in enumerate(facts.functions):
        words = _critical(project, facts, function)
        if words and not _tells(facts, place):
            what = f"{words} has no span, breadcrumb or tag: an error in it comes without a history"
            yield at_function(ID, Severity.INFO, facts, function, what)


def _critical(project: Project, facts: FileFacts, function: Function) -> str:
    """What the function is for, as a sentence names it; empty if it is nothing critical."""
    call = facts.calls[function.given_to] if function.given_to >= 0 else None
    if call is not None and call.is_new and project.outside(facts, call.path) == "bullmq.Worker":
        return "The processor of a queue"
    if call is not None and _SOCKET.search(call.path) and call.arguments[0].text == "message":
        return "The handler of messages of a socket"
    if not is_route(facts, function):
        return ""
    address = call.arguments[0].text if call is not None else f"{facts.path} {function.name}"
    address += " ".join(value.text for one in function.decorators for _, value in one.items)
    found = _CRITICAL.search(address)
    return f"The route of `{found[0].lower()}`" if found else ""


def _tells(facts: FileFacts, place: int) -> bool:
    return any(
        _TELLS.search(one.path)
        for one in facts.calls
        if one.function >= 0 and facts.inside(one.function, place)
    ) or any(_TELLS.search(one.text) for one in facts.functions[place].decorators)


_PACKAGE = '{"name": "a", "dependencies": {"@sentry/node": "9"}}'

RULE = Rule(
    id=ID,
    severity=Severity.INFO,
    title="A critical operation without a trace",
    why="When a payment or a message fails, its error says where, not what went before. A span, a "
    "breadcrumb or a tag with its id is what makes it possible to find the one it hit.",
    advice="Wrap it in `startSpan`, or add a tag with the id of what it works on.",
    languages=(*ECMA, "python"),
    of_file=find,
    bad=(
        Sample(
            language="typescript",
            says="a webhook, a queue, a socket",
            files={
                "package.json": _PACKAGE,
                "src/a.ts": """
                    import { Worker } from 'bullmq';
                    app.post('/webhooks/stripe', async (req, res) => { await book(req.body); });
                    const worker = new Worker('mails', async (job) => { await send(job); });
                    socket.on('message', (data) => { handle(data); });
                """,
            },
            lines=(2, 3, 4),
        ),
        Sample(
            language="python",
            says="a payment",
            files={
                "requirements.txt": "sentry-sdk\n",
                "app.py": '@app.post("/payments")\ndef pay():\n    return book()\n',
            },
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a span, a tag, or a route of something else",
            files={
                "package.json": _PACKAGE,
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    app.post('/checkout', async (req, res) => {
                      await Sentry.startSpan({ name: 'checkout' }, () => book(req.body));
                    });
                    socket.on('message', (data) => { Sentry.setTag('call', data.id); handle(data); });
                    app.get('/orders', async (req, res) => { await list(); });
                """,
            },
        ),
        Sample(
            language="python",
            says="a breadcrumb, or no SDK",
            files={
                "requirements.txt": "sentry-sdk\n",
                "app.py": """
                    import sentry_sdk


                    @app.post("/payments")
                    def pay():
                        sentry_sdk.add_breadcrumb(message="pay")
                        return book()
                """,
            },
        ),
    ),
)

"""A server of Node that hears of nothing which nobody handles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import after

ID = "global.no-handler"
_HANDLERS = (
    'process.on("unhandledRejection", (reason) => Sentry.captureException(reason));',
    'process.on("uncaughtException", (error) => {',
    "  Sentry.captureException(error);",
    "  void Sentry.close(2000).then(() => process.exit(1));",
    "});",
)
_SERVERS = re.compile(
    r"(?:express\.\(\)|express|fastify|koa|@hapi/hapi\.server|polka|restify\.createServer"
    r"|(?:node:)?https?\.createServer|ws\.(?:Server|WebSocketServer)|ws\.WebSocketServer"
    r"|socket\.io\.Server|@nestjs/core\.NestFactory\.create|bullmq\.Worker)"
)
_HEARS = r"process\.(?:on|once|addListener)"
_EVENTS = ("unhandledRejection", "uncaughtException", "uncaughtExceptionMonitor")


def find(project: Project) -> Iterator[Finding]:
    """One finding per package that starts a server and has neither an SDK nor a handler."""
    heard = {
        project.package(facts.path).folder
        for facts, call in project.uses(_HEARS)
        if call.arguments and call.arguments[0].text in _EVENTS
    }
    told: set[str] = set()
    for facts, call in project.uses(_SERVERS.pattern):
        package = project.package(facts.path)
        if facts.language not in ECMA or package.folder in told or project.has_sdk(facts.path):
            continue
        told.add(package.folder)
        if not _is_heard(package, heard):
            yield Finding(
                rule=ID,
                severity=Severity.URGENT,
                what=f"{_name(package)} starts a server, and nothing hears of what it does not handle",
                path=facts.path,
                line=call.line,
                last_line=call.last_line,
                function=facts.function_name(call.function),
                subject=package.folder,
                instead=after(project, facts, call, *_HANDLERS),
            )


def _is_heard(package: Package, heard: set[str]) -> bool:
    """A handler of its own, or of a package around or below it that it may import."""
    return any(
        one == package.folder
        or not one
        or not package.folder
        or package.folder.startswith(f"{one}/")
        for one in heard
    )


def _name(package: Package) -> str:
    name = package.name or package.folder
    return f"`{name[:80]}`" if name else "The project"


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="No handler for what nobody handles",
    why="A rejection or an exception that nobody catches ends the process with a line on a console. "
    "All clients of the server lose their connection, and nobody is told why.",
    advice="Start an SDK, which installs both handlers, or install your own that report and exit.",
    languages=ECMA,
    of_project=find,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="a socket server",
            files={
                "package.json": '{"name": "sockets", "dependencies": {"ws": "^8.0.0"}}',
                "src/server.ts": """
                    import { WebSocketServer } from 'ws';
                    const server = new WebSocketServer({ port: 80 });
                """,
            },
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a handler of its own",
            files={
                "package.json": '{"name": "sockets", "dependencies": {"ws": "^8.0.0"}}',
                "src/server.ts": """
                    import { WebSocketServer } from 'ws';
                    process.on('unhandledRejection', report);
                    const server = new WebSocketServer({ port: 80 });
                """,
            },
        ),
        Sample(
            language="typescript",
            says="an SDK, which installs both",
            files={
                "package.json": '{"name": "a", "dependencies": {"ws": "8", "@sentry/node": "9"}}',
                "src/server.ts": """
                    import { WebSocketServer } from 'ws';
                    const server = new WebSocketServer({ port: 80 });
                """,
            },
        ),
        Sample(
            language="typescript",
            says="no server",
            files={
                "package.json": '{"name": "client", "dependencies": {"ws": "^8.0.0"}}',
                "src/client.ts": """
                    import WebSocket from 'ws';
                    const socket = new WebSocket('ws://127.0.0.1');
                """,
            },
        ),
    ),
)

"""Something that emits `error`, to which nobody listens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import listening
from vedette.audit.rules._listening import listens
from vedette.audit.rules._making import at_call

ID = "emitter.no-error-listener"
_EMITTERS = {
    r"pg\.(?:Pool|Client)": "a pool of PostgreSQL",
    r"redis\.createClient": "a client of Redis",
    r"ioredis(?:\.(?:Redis|Cluster))?": "a client of Redis",
    r"ws\.(?:Server|WebSocketServer)": "a server of web sockets",
    r"amqplib\.connect": "a connection of RabbitMQ",
    r"(?:node:)?fs\.create(?:Read|Write)Stream": "a stream of a file",
}
_WATCHES = re.compile(r"(?:^|\.)(?:pipeline|finished)$")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Constructions that are kept, or piped, and whose `error` nobody listens to."""
    for call in facts.calls:
        words = _emits(project.outside(facts, call.path))
        if not words or not (call.kept_in or "pipe" in call.steps):
            continue
        if listens(project, facts, call, "error") or _is_watched(facts, call):
            continue
        is_printed = project.outside(facts, call.path).startswith("ioredis")
        end = "it is printed, and reported nowhere" if is_printed else "it ends the process"
        yield at_call(
            ID,
            Severity.ROUTINE if is_printed else Severity.IMPORTANT,
            facts,
            call,
            f"Nobody listens to `error` of {words}: {end}",
            instead=listening(project, facts, call, "error"),
        )


@lru_cache(maxsize=4096)  # the same names stand in every file
def _emits(name: str) -> str:
    return next((words for one, words in _EMITTERS.items() if re.fullmatch(one, name)), "")


def _is_watched(facts: FileFacts, made: Call) -> bool:
    """`pipeline(stream, …)` hears of the errors of all that it is given.

    Whoever else is given a stream of a file has it from then on; `pipe` alone looks at nothing.
    """
    is_stream = made.name.endswith("Stream")
    return bool(made.kept_in) and any(
        (_WATCHES.search(one.path) or (is_stream and one.name != "pipe"))
        and any(made.kept_in == given.text for given in one.arguments)
        for one in facts.calls
    )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Nobody listens to `error`",
    why="An emitter throws an `error` that nobody listens to, outside of every try. A database that "
    "restarts ends the server then.",
    advice="Add a listener that reports, where the client is made.",
    languages=ECMA,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="a pool, a client, a stream that is piped",
            files={
                "src/a.ts": """
                    import fs from 'fs';
                    import { Pool } from 'pg';
                    import { createClient } from 'redis';
                    export const pool = new Pool();
                    export class Cache {
                      constructor() { this.client = createClient(); }
                    }
                    export function send(response) { fs.createReadStream('a').pipe(response); }
                """
            },
            lines=(4, 6, 8),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a stream that somebody is given",
            files={
                "src/a.ts": """
                    import fs from 'node:fs';
                    import { pipeline } from 'node:stream';
                    import { promisify } from 'node:util';
                    export async function keep(body) {
                      const stream = fs.createWriteStream('a');
                      await promisify(pipeline)(body, stream);
                      const dump = fs.createWriteStream('b');
                      await db.dump(dump, {});
                    }
                """
            },
        ),
        Sample(
            language="typescript",
            says="listened to in whatever way",
            files={
                "src/a.ts": """
                    import fs from 'node:fs';
                    import { pipeline } from 'node:stream/promises';
                    import Redis from 'ioredis';
                    import { Pool } from 'pg';
                    import { createClient } from 'redis';
                    import { watched } from './watched';
                    const pool = new Pool();
                    pool.on('error', report);
                    export class Cache {
                      constructor() {
                        this.client = createClient();
                        this.client.on('error', report);
                      }
                    }
                    const chained = createClient().on('error', report);
                    const redis = new Redis();
                    watched(redis);
                    const stream = fs.createReadStream('a');
                    await pipeline(stream, out);
                """,
                "src/watched.ts": """
                    export function watched(client) { client.on('error', report); return client; }
                """,
            },
        ),
        Sample(
            language="typescript",
            says="by the file that imports it, or in a subclass",
            files={
                "src/pool.ts": """
                    import { Pool } from 'pg';
                    export const pool = new Pool();
                """,
                "src/main.ts": """
                    import { pool } from './pool';
                    pool.on('error', report);
                """,
                "src/own.ts": """
                    import { Pool } from 'pg';
                    class Watched extends Pool {
                      constructor() { super(); this.on('error', report); }
                    }
                    export const own = new Watched();
                """,
            },
        ),
    ),
)

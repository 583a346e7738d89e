"""A call of an asynchronous function that nobody waits for."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Value
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call
from vedette.audit.rules._waiting import can_fail, severity_of

ID = "async.floating"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Statements that call an asynchronous function of the repository which can reject."""
    for call in facts.calls:
        if call.use != "statement" or call.steps or call.is_new or call.function < 0:
            continue
        if not project.is_async(facts, call.path, call.function):
            continue
        if any(_is_callback(facts, one) for one in call.arguments):
            continue
        if not can_fail(project, facts, call.path, call.function):
            continue
        yield at_call(
            ID,
            severity_of(project, facts, Severity.IMPORTANT),
            facts,
            call,
            f"`{call.path}()` is not awaited, and its rejection is handled by nobody",
        )


def _is_callback(facts: FileFacts, given: Value) -> bool:
    """`(err, result) => …`: whoever is called tells the error there."""
    parameters = facts.functions[given.function].parameters if given.function >= 0 else ()
    return bool(parameters) and parameters[0] in ("err", "error", "er", "_err")


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A promise that floats",
    why="An asynchronous function is called and not awaited, so its failure has no caller to go to. "
    "A try around the call does not take it either.",
    advice="Await it, or end it with a catch that reports; `void` says that this is meant.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="typescript",
            says="a function of the repository, from another file",
            files={
                "src/b.ts": """
                    export async function sendMail(to: string) { await smtp.send(to) }
                """,
                "src/a.ts": """
                    import { sendMail } from './b';
                    export function signup(u) {
                      sendMail(u.mail);
                    }
                """,
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a callback that is given the error",
            files={
                "src/a.ts": """
                    async function install(name, done) { await npm(name); done(null) }
                    export function onInstall(socket, name) {
                      install(name, (err) => { socket.emit('installed', { error: err }) });
                    }
                """
            },
        ),
        Sample(
            language="typescript",
            says="void, awaited, cannot reject, an effect's own load",
            files={
                "src/a.ts": """
                    async function send(u) { await smtp.send(u) }
                    async function safe(u) { try { await smtp.send(u) } catch (e) { report(e) } }
                    export async function a(u) {
                      void send(u);
                      await send(u);
                      safe(u);
                      useEffect(() => { async function load() { try { await go() } catch { fail() } } load(); }, []);
                    }
                """
            },
        ),
    ),
)

"""The credential of a TURN server that is written into the code."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample

ID = "secret.turn-in-client"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Literals called `credential` beside an address of a TURN server."""
    if project.standing(facts.path) in ("test", "example", "generated"):
        return
    for one in facts.suspects:
        if one.kind == "TURN credential":
            yield Finding(
                rule=ID,
                severity=Severity.URGENT,
                what=f"The credential of a TURN server stands in the code: `{one.shown}`",
                path=facts.path,
                line=one.line,
                last_line=one.line,
                subject=one.digest,
            )


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="A TURN credential in the code",
    why="Every visitor of the page can read the credential and relay traffic at your expense. When "
    "it is changed, calls fail for all who still have the old page.",
    advice="Hand out credentials that end after hours, made by the server for who is signed in.",
    languages=ECMA,
    of_file=find,
    everywhere=True,
    bad=(
        Sample(
            language="typescript",
            says="a list of servers",
            files={
                "call.ts": """
                    export const servers = [
                      { urls: "stun:stun.shop.org" },
                      {
                        urls: ["turn:relay.shop.org:3478", "turns:relay.shop.org:5349"],
                        username: "shop",
                        credential: "sesame-open",
                      },
                    ];
                """
            },
            lines=(6,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="from the server, and a credential of something else",
            files={
                "call.ts": """
                    const { user, pass } = await fetchTurn();
                    export const servers = [
                      { urls: "turn:relay.shop.org", username: user, credential: pass },
                    ];
                """,
                "login.ts": """
                    const form = { kind: "login", credential: "sesame-open" };
                """,
            },
        ),
    ),
)

"""Recordings of sessions that show what people read and type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call

ID = "init.replay-unmasked"
_REPLAY = re.compile(r"(?:^|\.)(?:replayIntegration|Replay|replayCanvasIntegration)$")
_MASKS = ("maskAllText", "maskAllInputs", "blockAllMedia")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Integrations of replay with a mask switched off."""
    for call in facts.calls:
        if not _REPLAY.search(project.outside(facts, call.path)) or not call.arguments:
            continue
        off = [one for one in _MASKS if _is_off(call.arguments[0].get(one))]
        # Media without text and inputs shows no more than the page's own pictures.
        if any(one != "blockAllMedia" for one in off):
            yield at_call(
                ID,
                Severity.URGENT,
                facts,
                call,
                f"Recordings show what people read and type: `{off[0]}` is off",
            )


def _is_off(value: object) -> bool:
    return getattr(value, "text", "") == "false"


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="Recordings without masks",
    why="A recording without masks holds names, messages and card numbers as they were on the screen. "
    "They leave the browser and are kept like any event.",
    advice="Leave the masks on and unmask single elements.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="typescript",
            says="text, and inputs",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/browser';
                    Sentry.init({ integrations: [Sentry.replayIntegration({ maskAllText: false })] });
                    const other = Sentry.replayIntegration({ maskAllInputs: false });
                """
            },
            lines=(2, 3),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="masked, and pictures that are shown",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/browser';
                    Sentry.init({
                      integrations: [
                        Sentry.replayIntegration(),
                        Sentry.replayIntegration({ maskAllText: true, blockAllMedia: false }),
                      ],
                    });
                """
            },
        ),
    ),
)

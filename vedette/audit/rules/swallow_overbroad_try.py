"""One try around reading and doing, whose handler blames the client."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import caught, tried_words
from vedette.audit.vocabulary import is_benign, is_plain

ID = "swallow.overbroad-try"
_LEAST_CALLS = 4


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers that answer with a client's error whatever of many calls has failed."""
    for handler in caught(facts, "catch"):
        if handler.types and not any("Exception" in one for one in handler.types):
            continue
        done = [one for one in handler.calls if not is_plain(one) and not is_benign(one)]
        parses = any(
            (is_benign(one) and "arse" in one) or one.endswith((".json", "loads"))
            for one in handler.calls
        )
        if not parses or len(done) < _LEAST_CALLS - 1:
            continue
        blames = any(one.kind == "answer" and 400 <= one.status < 500 for one in handler.deeds)
        if not blames or any(one.uses_error or one.kind == "log" for one in handler.deeds):
            continue
        if project.is_handled(facts, handler):
            continue
        yield at_handler(
            ID,
            Severity.URGENT,
            facts,
            handler,
            f"Any failure of {tried_words(handler)} is answered as the client's mistake",
        )


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="Own failures answered as the client's",
    why="One block reads the request and does the work, and its handler tells the client that the "
    "request was wrong. Every failure of the work itself looks like bad input and is never heard of.",
    advice="Try only the reading; let failures of the work reach the error handler.",
    languages=(*ECMA, "python"),
    of_file=find,
    bad=(
        Sample(
            language="javascript",
            says="parse and dispatch in one",
            files={
                "src/a.js": """
                    app.post('/hook', async (req, res) => {
                      try {
                        const body = JSON.parse(req.body);
                        const user = await findUser(body.id);
                        await credit(user, body.amount);
                        await notify(user);
                        await audit(user);
                        res.json({});
                      } catch {
                        res.status(400).json({ error: 'Invalid payload' });
                      }
                    });
                """
            },
            lines=(9,),
        ),
        Sample(
            language="python",
            says="parse and dispatch in one",
            files={
                "app.py": """
                    def hook(request):
                        try:
                            body = json.loads(request.body)
                            user = find_user(body['id'])
                            credit(user)
                            notify(user)
                            record(user)
                        except Exception:
                            return JsonResponse({}, status=400)
                """
            },
            lines=(8,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="only the parse is tried",
            files={
                "src/a.js": """
                    app.post('/hook', async (req, res) => {
                      let body;
                      try {
                        body = JSON.parse(req.body);
                      } catch {
                        return res.status(400).json({});
                      }
                      await credit(body);
                      await notify(body);
                      await audit(body);
                    });
                """
            },
        ),
        Sample(
            language="python",
            says="named exceptions of the parse",
            files={
                "app.py": """
                    def hook(request):
                        try:
                            body = json.loads(request.body)
                            user = find_user(body['id'])
                            credit(user)
                            notify(user)
                        except (ValueError, KeyError):
                            return JsonResponse({}, status=400)
                """
            },
        ),
    ),
)

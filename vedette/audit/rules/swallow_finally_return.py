"""A `finally` that leaves: the error that was under way is gone."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample

ID = "swallow.finally-return"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Returns, breaks and continues in a `finally`."""
    for tried in facts.tries:
        for word, line in tried.exits:
            yield Finding(
                rule=ID,
                severity=Severity.IMPORTANT,
                what=f"`{word}` in `finally` drops whatever error is under way",
                path=facts.path,
                line=line,
                last_line=line,
                function=facts.function_name(tried.function),
            )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A return in finally drops the error",
    why="Leaving a `finally` by return, break or continue discards the exception that is under way. "
    "The caller gets an answer as if nothing had happened.",
    advice="Return after the try, and keep `finally` for cleaning up.",
    languages=(*ECMA, "python", "java"),
    of_file=find,
    bad=(
        Sample(
            language="javascript",
            says="return in finally",
            files={
                "src/a.js": """
                    function a() {
                      try {
                        return load();
                      } finally {
                        return null;
                      }
                    }
                """
            },
            lines=(5,),
        ),
        Sample(
            language="python",
            says="return and break",
            files={
                "app.py": """
                    def go():
                        while True:
                            try:
                                step()
                            finally:
                                break
                """
            },
            lines=(6,),
        ),
        Sample(
            language="java",
            says="return in finally",
            files={
                "src/A.java": """
                    class A {
                      int go() {
                        try {
                          return load();
                        } finally {
                          return 0;
                        }
                      }
                    }
                """
            },
            lines=(6,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="leaving something within it",
            files={
                "src/a.js": """
                    function a() {
                      try { load() } finally {
                        for (const x of y) { if (x) break; }
                        done(() => { return 1 });
                      }
                    }
                """
            },
        ),
        Sample(
            language="python",
            says="a loop within it",
            files={
                "app.py": """
                    try:
                        go()
                    finally:
                        for x in y:
                            if x:
                                continue
                """
            },
        ),
    ),
)

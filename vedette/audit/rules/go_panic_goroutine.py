"""A goroutine of a server whose panic ends all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._making import at_call

ID = "go.panic-goroutine"
_SERVES = re.compile(r"(?:^|\.)(?:ListenAndServe(?:TLS)?|Serve|Run|Start|Listen)$")
_SERVER_MODULES = re.compile(
    r"net/http|google\.golang\.org/grpc|github\.com/(?:gin-gonic/gin|labstack/echo|gofiber/fiber"
    r"|go-chi/chi|gorilla/\w+|valyala/fasthttp)(?:/v\d+)?"
)
_CALM = re.compile(
    r"(?:^|\.)(?:\w*[rR]ecover\w*|ListenAndServe(?:TLS)?|Serve|Wait|Done|Sleep|Close|close|Add|Stop"
    r"|Lock|Unlock|RLock|RUnlock|Signal|Broadcast|cancel|panic|append|len|make)$"
)
# What the libraries of the language do, and waiting, which panics hardly ever.
_OF_LIBRARIES = re.compile(
    r"^(?:atomic|time|io|ioutil|bufio|fmt|log|plog|slog|httputil|errors|context|sync|net)\."
    r"|(?:^|\.)(?:Context|Done|ServeHTTP|RoundTrip|Close\w*|Cancel\w*|cancel\w*|Store\w*|Load\w*)$"
)
_RECOVERS = re.compile(r"ecover|[hH]andle(?:Crash|Panic)")
_WAITED_FOR = re.compile(r"<-|\bclose\(|\.Done\(\)|\b\w*[cC]ancel\(\)")
_REQUEST = re.compile(
    r"http\.(?:ResponseWriter|Request)\b|\b(?:gin|echo|fiber|fasthttp)\.(?:Context|Ctx|RequestCtx)\b"
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`go func` that recovers from nothing: of a handler, or where an SDK waits for panics."""
    if not _is_server(project, facts):
        return
    lines = project.text(facts.path).splitlines()
    has_sdk = project.has_sdk(facts.path)
    for call in facts.calls:
        if call.path != "?" or not _is_started(lines, call):
            continue
        inner = [
            one
            for one in facts.calls
            if call.line <= one.line <= call.last_line and one is not call and one.path != "?"
        ]
        recovers = any(_RECOVERS.search(one.name) for one in inner)
        if not recovers and any(not _is_calm(one) for one in inner):
            is_waited_for = _WAITED_FOR.search("\n".join(lines[call.line - 1 : call.last_line]))
            is_own = not is_waited_for and any(
                not _is_calm(one) and not _OF_LIBRARIES.search(one.path) for one in inner
            )
            is_visible = has_sdk or (is_own and _answers(facts, call.function))
            yield at_call(
                ID,
                Severity.IMPORTANT if is_visible else Severity.INFO,
                facts,
                call,
                "A panic of this goroutine ends the server: nothing recovers it",
            )


def _is_calm(call: Call) -> bool:
    return _CALM.search(call.path) is not None


def _answers(facts: FileFacts, function: int) -> bool:
    """Whether a request is answered around it: there a panic is recovered by the router."""
    while function >= 0:
        one = facts.functions[function]
        if any(_REQUEST.search(parameter) for parameter in one.parameters):
            return True
        function = one.parent
    return False


def _is_started(lines: list[str], call: Call) -> bool:
    before = lines[call.line - 1][: call.column - 1] if call.line <= len(lines) else ""
    return re.search(r"\bgo\s+$", before) is not None


def _is_server(project: Project, facts: FileFacts) -> bool:
    return project.package(facts.path).folder in _servers(project)


@lru_cache(maxsize=8)
def _servers(project: Project) -> frozenset[str]:
    """The folders of packages that serve."""
    return frozenset(
        project.package(path).folder
        for path, outline in project.outlines.items()
        if outline.language == "go"
        and any(_SERVER_MODULES.fullmatch(one) for one in outline.modules)
        and any(_SERVES.search(name) for name, _ in outline.uses)
    )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A goroutine without recover",
    why="The recover of a router or an SDK works only in the goroutine that it is in. A panic of any "
    "other ends the process, with every request that it serves.",
    advice="Defer a function that recovers and reports as the first thing of the goroutine.",
    languages=("go",),
    of_file=find,
    bad=(
        Sample(
            language="go",
            says="of a handler",
            files={
                "go.mod": "module example.com/a\n\ngo 1.22\n",
                "main.go": """
                    package main

                    import "net/http"

                    func pay(w http.ResponseWriter, r *http.Request) {
                        go func() {
                            charge(r)
                        }()
                    }

                    func main() {
                        http.HandleFunc("/pay", pay)
                        http.ListenAndServe(":80", nil)
                    }
                """,
            },
            lines=(6,),
        ),
        Sample(
            language="go",
            says="in a server",
            files={
                "go.mod": "module example.com/a\n\ngo 1.22\n",
                "main.go": """
                    package main

                    import "net/http"

                    func main() {
                        go func() {
                            work()
                        }()
                        http.ListenAndServe(":80", nil)
                    }
                """,
            },
            lines=(6,),
        ),
    ),
    good=(
        Sample(
            language="go",
            says="it recovers, or only listens",
            files={
                "go.mod": "module example.com/a\n\ngo 1.22\n",
                "main.go": """
                    package main

                    import "net/http"

                    func main() {
                        go func() {
                            defer func() {
                                if r := recover(); r != nil {
                                    report(r)
                                }
                            }()
                            work()
                        }()
                        go func() {
                            defer sentry.Recover()
                            work()
                        }()
                        func() { work() }()
                        go func() { http.ListenAndServe(":81", nil) }()
                        go func() { <-done; listener.Close() }()
                        http.ListenAndServe(":80", nil)
                    }
                """,
            },
        ),
        Sample(
            language="go",
            says="no server",
            files={
                "go.mod": "module example.com/a\n\ngo 1.22\n",
                "main.go": """
                    package main

                    func main() {
                        go func() {
                            work()
                        }()
                        wait()
                    }
                """,
            },
        ),
    ),
)

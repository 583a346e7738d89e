"""An error of Go's that is given no name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._blank_samples import GOOD
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import caught, is_empty, is_explained, is_validator, tidies_up
from vedette.audit.rules._weighing import is_deed, weight

ID = "swallow.go-blank"
_HARMLESS = re.compile(
    r"(?:fmt\.(?:Fp|P|Sscan|Sp)\w+|syscall\.Syscall\w*|os\.Remove|pem\.Decode|(?:file)?path\.Match"
    r"|(?:.*\.)?(?:\w*[cC]lose\w*|[rR]emoveAll|Set\w*Deadline|SetKeepAlive\w*|SetNoDelay|SetLinger"
    r"|[uU]nmount|[cC]ancel|[kK]ill|[aA]bort|[rR]estore\w*|clearDeadline|[rR]ender|[hH]ide|[sS]how"
    r"|[nN]ew(?![a-z])\w*|(?:w|rw|rr)\.Write\w*|\w*[uU]sage\w*|[wW]ait\w*|[iI]octl|\w*From(?:String|Bytes|Hex)"
    r"|Set(?:Read|Write)Buffer|Wait|WaitN|Glob|MarkDeprecated|Marshal\w*)"
    r"|.*\.(?:Write|WriteString|WriteByte|WriteRune|Sync|Flush|Cut"
    r"|Stop|Shutdown|Rollback|RemoveAll|Setenv|Unsetenv|Getwd|LookupEnv|Load|LoadOrStore"
    r"|Split|WithContext|WithCancel|WithTimeout|Password|Zone|FieldByName|MethodByName|Unlink"
    r"|WriteTo|Chdir|Int64|Float64|UnreadRune|UnreadByte|Read(?:Line|String|Rune|Byte)"
    r"|UserHomeDir|Hostname|Caller|FromContext|Deadline|Atoi|ParseInt|ParseBool|ParseFloat"
    r"|ParseUint|BoolVar|SplitHostPort|Abs|Rel|Parse|PathUnescape|QueryUnescape|SetAnnotation|DecodeRune|DecodeLastRune\w*|Discard|Copy|MarkHidden"
    r"|RegisterFlagCompletionFunc|MarkFlagRequired|GetString|GetBool|GetInt|GetStringSlice|Read))"
)
_MAKES = re.compile(
    r"(?:^|\.)(?:Create|Insert|Save|MkdirTemp|[fF]lush(?=[A-Z])\w*|[rR]un(?=[A-Z])\w*Config)$"
)
_UNDOES = re.compile(r"(?:^|\.)(?i:remove|delete|rename|purge)(?![a-z])\w*$")
# Words for people at a console: nobody can be told that they were not told.
_TELLS_PEOPLE = re.compile(
    r"(?:^|\.)(?i:print|warn|warning|info|debug|log|emerg|alert|crit|err|error|notice|output)"
    r"(?![a-z])\w*$|f$"
)
_GIVEN_ERROR = re.compile(r"\(\w*[eE]rr\b|NewEncoder\((?:w|rw|rr|res|resp|response|writer|out)\)")
_OF_LITERALS = re.compile(
    r"=\s*[\w.]*(?:\w\(nil|(?i:decode|parse|compile|unquote)\w*\((?:\"[^\"]*\"|`[^`]*`|[-\d, ])+)\)$"
)
_DOES = re.compile(
    r"(?:^|\.)(?i:read|write|open|create|do|post|dial|listen|exec|query|run|start|decode|encode"
    r"|unmarshal|send|recv|receive|call|make|build|load|fetch|list|put|insert|update|delete|output"
    r"|combinedoutput|connect|resolve|execute|apply|commit|prepare|sign|encrypt|decrypt|upload"
    r"|download|request|accept|truncate|rename|mkdir|stat|scan)(?![a-z])\w*$"
)
_TELLS_WHETHER = re.compile(
    r"(?:^|\.)(?:[gG]et|[lL]ookup|[fF]ind|[cC]ut|[hH]as|[lL]oad|[iI]s(?=[A-Z])|[eE]xists|[pP]op|[pP]eek|RemoveOldest|\w*OK|\w*FromContext)\w*$"
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`_ = f()`, `x, _ := f()` and `if err != nil { }`."""
    for handler in caught(facts, "silence", "value"):
        path = handler.calls[0] if handler.calls else ""
        if handler.how == "value":
            if is_empty(handler):
                yield at_handler(
                    ID,
                    weight(facts, handler, Severity.IMPORTANT),
                    facts,
                    handler,
                    f"The error of {_named(path)} is asked for and then nothing is done",
                    explained=is_explained(handler),
                    instead=reporting(project, facts, handler),
                )
            continue
        if not path or _HARMLESS.fullmatch(path) or _is_method_of_nothing(path):
            continue
        if handler.error != "_" and _TELLS_WHETHER.search(path):
            continue
        if not project.gives_error(path) or _is_minor(project, facts, handler, path):
            continue
        yield at_handler(
            ID,
            _severity(facts, handler, path),
            facts,
            handler,
            f"The error of {_named(path)} is thrown away",
            explained=is_explained(handler),
            instead=reporting(project, facts, handler),
        )


def _severity(facts: FileFacts, handler: Handler, path: str) -> Severity:
    """What is only asked for is as often as not asked for where it cannot fail, and what is taken
    away, and what is undone in a function of its own, are missed by few."""
    is_alone = not handler.error.strip("_, ")
    is_lost = is_deed(path) and not _UNDOES.search(path) and not _is_undoing(facts, handler)
    if (is_alone and is_lost) or _MAKES.search(path):
        return weight(facts, handler, Severity.IMPORTANT)
    return Severity.INFO


def _is_undoing(facts: FileFacts, handler: Handler) -> bool:
    """Whether it stands in a function without a name within another, as those for undoing are."""
    place = handler.function
    return place >= 0 and facts.functions[place].parent >= 0 and not facts.functions[place].name


def _is_minor(project: Project, facts: FileFacts, handler: Handler, path: str) -> bool:
    """A second failure in a branch that tells of the first or of what is tidied up; words for
    people; a value of another's function that may come with no error; the system's three results.
    """
    if _TELLS_PEOPLE.search(path) or tidies_up(facts, handler):
        return True
    if _GIVEN_ERROR.search(handler.text) or _OF_LITERALS.search(handler.text):
        return True
    if _is_of_errors(facts, handler):
        return True
    if handler.error != "_" and (handler.is_seen or is_validator(facts, handler)):
        return True
    if handler.error != "_" and not project.is_ours(path) and not _DOES.search(path):
        return True
    if handler.error == "_" and (handler.handler >= 0 or handler.is_seen):
        return True
    return handler.error.endswith("_, _") and path.endswith(".Call")


def _is_of_errors(facts: FileFacts, handler: Handler) -> bool:
    """Whether the function around it makes an error or a text, or is the one that never fails."""
    name = facts.function_name(handler.function)
    called = handler.calls[0].rpartition(".")[2]
    is_variant = re.fullmatch(rf"(?i:{re.escape(name)})(?:E|Err|WithError|Inner|Impl)", called)
    return is_variant is not None or bool(re.search(r"Err(?:or)?(?![a-z])|^err|^String$", name))


def _named(path: str) -> str:
    return f"`{path}()`" if path else "a call"


def _is_method_of_nothing(path: str) -> bool:
    """Conversions and built-in functions, which give no error."""
    return path in ("string", "int", "int64", "float64", "len", "append", "recover", "copy", "?")


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="An error is given no name",
    why="A blank name drops the error where it arises. What follows works with a value that is not "
    "there.",
    advice="Return the error with what was being done, or report it.",
    languages=("go",),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="go",
            says="blank names, an empty branch",
            files={
                "main.go": """
                    package main

                    func save(r Row) {
                      _ = db.Insert(r)
                      user, _ := users.Create(r.ID)
                      if err := queue.Push(user); err != nil {
                      }
                      _, _ = db.Exec(`create index a on b (c)`)
                    }
                """
            },
            lines=(4, 5, 6, 8),
        ),
    ),
    good=GOOD,
)

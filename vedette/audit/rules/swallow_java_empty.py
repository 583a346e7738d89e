"""A handler of Java that does nothing, or prints."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from vedette.audit.facts import Deed, FileFacts, Handler
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import (
    caught,
    is_empty,
    is_excused,
    is_explained,
    is_named_answer,
    is_validator,
    tidies_up,
    tried_words,
)
from vedette.audit.rules._weighing import loses_a_deed, weight

ID = "swallow.java-empty"
_OF_LOGGERS = re.compile(r"/log(?:ging|gers?|s)?/|Log(?:ger|Handler|Manager|Factory)?\.java$")
_RESTS = re.compile(r"(?:^|\.)(?:sleep|join|wait(?:For)?|await\w*|select|get)(?:\(\))?$")
_PASSES = "Thread.currentThread().interrupt()"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Empty handlers, stack traces printed and forgotten, interruptions that are taken."""
    for handler in caught(facts, "catch"):
        interrupted = "InterruptedException" in handler.types
        if interrupted and not _passes_interruption(facts, handler):
            what = f"An interruption of {tried_words(handler)} is taken: the thread goes on"
        elif interrupted or is_excused(project, facts, handler):
            continue
        elif is_empty(handler) and not is_named_answer(handler):
            what = f"Whatever {tried_words(handler)} throws is dropped by an empty handler"
        elif _only_prints(handler) and not _is_for_consoles(facts, handler):
            what = f"A failure of {tried_words(handler)} is printed to the console and forgotten"
        else:
            continue
        yield at_handler(
            ID,
            weight(facts, handler, _usual(facts, handler, is_interruption=interrupted)),
            facts,
            handler,
            what,
            explained=is_explained(handler),
            instead=_instead(project, facts, handler, is_interruption=interrupted),
        )


def _usual(facts: FileFacts, handler: Handler, *, is_interruption: bool) -> Severity:
    """An interruption that is told is heard of, and only the thread goes on; what closes ends, a
    sleep too. A message at a console is for the person there; what nobody hears of is a deed."""
    if is_interruption:
        is_minor = not is_empty(handler) or any(map(_RESTS.search, handler.calls))
    elif is_empty(handler):
        is_minor = tidies_up(facts, handler) or not loses_a_deed(facts, handler)
    else:
        is_minor = (
            is_named_answer(handler)
            or tidies_up(facts, handler)
            or is_validator(facts, handler)
            or not any(one.path.endswith("printStackTrace") for one in handler.deeds)
        )
    return Severity.INFO if is_minor else Severity.IMPORTANT


def _is_for_consoles(facts: FileFacts, handler: Handler) -> bool:
    """Whether a program begins there, which tells the person at its console, or a logger is it."""
    if _OF_LOGGERS.search(facts.path):
        return True
    return facts.function_name(handler.function).rpartition(".")[2] == "main"


def _only_prints(handler: Handler) -> bool:
    return bool(handler.deeds) and all(
        one.path == f"{handler.error}.printStackTrace"
        or (one.path.startswith("System.") and one.kind != "exit")
        for one in handler.deeds
    )


def _passes_interruption(facts: FileFacts, handler: Handler) -> bool:
    if handler.does("throw", "return", "return-constant", "leave", "exit"):
        return True
    if handler.error.startswith(("ignore", "expected")) or _ends_the_thread(facts, handler):
        return True
    if tidies_up(facts, handler) or any("interrupt" in one.text.lower() for one in _kept(handler)):
        return True
    is_given = any(one.kind in ("call", "log") and one.keeps_error for one in handler.deeds)
    if is_given and len(handler.types) > 1:
        return True  # what is told of all of these failures decides
    return any(one.path.endswith(("interrupt", "interrupted")) for one in handler.deeds)


def _kept(handler: Handler) -> list[Deed]:
    return [one for one in handler.deeds if one.kind == "assign-constant"]


def _ends_the_thread(facts: FileFacts, handler: Handler) -> bool:
    """A `run` whose loop stands within the try: an interruption leaves it."""
    name = facts.functions[handler.function].name if handler.function >= 0 else ""
    return name.endswith((".run", ".call")) and not facts.tries[handler.tried].is_loop


def _instead(
    project: Project, facts: FileFacts, handler: Handler, *, is_interruption: bool
) -> Change | None:
    """A report; an interruption is passed on to whoever asked for it."""
    change = reporting(project, facts, handler)
    if change is None or not is_interruption:
        return change
    passed = re.sub(r"Sentry\.captureException\(\w+\)", _PASSES, change.text)
    return msgspec.structs.replace(change, text=passed)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Empty handler, or one that only prints",
    why="What is printed to the console of a server is read by nobody, and what is not even printed "
    "is lost. An interruption that is taken keeps a thread alive that was to end.",
    advice="Log the exception with its stack, throw it on, or call `Thread.currentThread().interrupt()`.",
    languages=("java",),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="java",
            says="empty, printed, interrupted",
            files={
                "src/main/java/A.java": """
                    class A {
                      void save(Row r) {
                        try {
                          db.insert(r);
                        } catch (SQLException e) {
                        }
                        try {
                          db.insert(r);
                        } catch (SQLException e) {
                          e.printStackTrace();
                        }
                        try {
                          queue.take();
                        } catch (InterruptedException e) {
                        }
                      }
                    }
                """
            },
            lines=(5, 9, 14),
        ),
    ),
    good=(
        Sample(
            language="java",
            says="named ignored or expected, logged, handed on",
            files={
                "src/main/java/A.java": """
                    class A {
                      void save(Row r) {
                        try { db.insert(r); } catch (SQLException ignored) { }
                        try { db.insert(r); } catch (SQLException expected) { }
                        try { db.insert(r); } catch (SQLException e) { log.error("no", e); }
                        try { queue.take(); } catch (InterruptedException e) { Thread.currentThread().interrupt(); }
                        try { in.close(); } catch (IOException e) { }
                      }
                    }
                """
            },
        ),
        Sample(
            language="java",
            says="the thread ends with its loop, an interruption named as ignored",
            files={
                "src/main/java/Worker.java": """
                    class Worker extends Thread {
                      public void run() {
                        try {
                          while (true) {
                            handle(queue.take());
                          }
                        } catch (InterruptedException e) {
                          log.info("Worker ends", e);
                        }
                      }
                      void play() {
                        try {
                          player.play();
                        } catch (IOException | InterruptedException e) {
                          show.malfunction(e);
                        }
                      }
                      void rest() {
                        try { lock.await(); } catch (InterruptedException ignore) { }
                      }
                    }
                """
            },
        ),
        Sample(
            language="java",
            says="told at a console where a program begins or ends, by a logger",
            files={
                "src/main/java/App.java": """
                    class App {
                      public static void main(String[] names) {
                        try { run(names); } catch (AppException e) { System.err.println(e.getMessage()); }
                      }
                      void read(File file) {
                        try { load(file); } catch (IOException e) { e.printStackTrace(); System.exit(1); }
                      }
                    }
                """,
                "src/main/java/log/Bridge.java": """
                    class Bridge {
                      void warn(String text) {
                        try { target.invoke(text); } catch (Exception e) { e.printStackTrace(); }
                      }
                    }
                """,
            },
        ),
        Sample(
            language="java",
            says="what is asked, a last flush, an interruption that is kept or taken where all ends",
            files={
                "src/main/java/A.java": """
                    class A {
                      Object top() {
                        try { return stack.peek(); } catch (EmptyStackException e) { }
                        try { return new URI(text); } catch (URISyntaxException e) { }
                        try { size = Integer.parseInt(field.getText().trim()); } catch (Exception e) { }
                        try { marks.insertAt(size); } catch (OutOfRangeException e) { }
                        try { rows.insert(size); } catch (IllegalDimension e) { }
                        return null;
                      }
                      void close() {
                        try { out.flush(); } catch (IOException e) { }
                        try { worker.join(); } catch (InterruptedException e) { log.warn("still runs", e); }
                        try { socket.getChannel().close(); } catch (IOException e) { }
                      }
                      void await() {
                        while (done.getCount() > 0) {
                          try { done.await(); } catch (InterruptedException e) { interrupted = true; }
                        }
                      }
                      void show() {
                        try { update(get()); } catch (InterruptedException | ExecutionException e) { log.error("no", e); }
                      }
                    }
                """,
            },
        ),
    ),
)

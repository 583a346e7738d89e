"""A log line that says that something failed, and not what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ALL, Rule, Sample
from vedette.audit.rules._changing_calls import with_error
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import (
    caught,
    is_excused,
    is_explained,
    is_told_elsewhere,
    says_input_is_wrong,
    says_why,
    tried_words,
)

ID = "log.error-dropped"
_IS_SECRET = re.compile(r"\b(?:do not|don't|never|not) log\b", re.I)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers that log a constant text, with nothing of the error."""
    for handler in caught(facts, *(("value",) if facts.language == "go" else ("catch", "promise"))):
        logs = [one for one in handler.deeds if one.kind == "log"]
        if not logs or any(one.uses_error or one.keeps_error for one in handler.deeds):
            continue
        if (
            handler.is_seen
            or all(one.level == "debug" for one in logs)
            or project.is_handled(facts, handler)
        ):
            continue
        if (
            is_excused(project, facts, handler)
            or _is_named(facts, handler)
            or is_told_elsewhere(logs[0].text, handler)
            or says_input_is_wrong(handler)
            or _IS_SECRET.search(handler.comments)
        ):
            continue
        if handler.passed or handler.does("call", "other"):
            continue
        yield at_handler(
            ID,
            Severity.ROUTINE,
            facts,
            handler,
            f"The log says that {tried_words(handler)} failed, and not why",
            explained=is_explained(handler),
            instead=with_error(project, facts, handler, logs[0]),
        )


def _is_named(facts: FileFacts, handler: Handler) -> bool:
    """A type that says all there is to say."""
    if facts.language == "java":
        return says_why(handler)
    return bool(handler.types) and not any(
        one.rpartition(".")[2] in ("Exception", "BaseException", "Throwable", "StandardError")
        for one in handler.types
    )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="The log drops the error",
    why="A constant text says that something failed and not what. Whoever reads it has to make the "
    "failure happen again to learn more.",
    advice="Give the logger the error itself, with its stack.",
    languages=ALL,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="go",
            says="a text without the error",
            files={
                "a.go": """
                    package a

                    func Save() {
                        if err := store(); err != nil {
                            log.Println("could not store")
                        }
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="javascript",
            says="a constant text",
            files={
                "src/a.js": """
                    async function a() {
                      try {
                        await sync();
                      } catch (e) {
                        console.error('Sync failed');
                      }
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="python",
            says="a constant text",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except Exception:
                            logger.error('Sync failed')
                """
            },
            lines=(4,),
        ),
        Sample(
            language="java",
            says="a constant text",
            files={
                "src/main/java/A.java": """
                    class A {
                      void go() {
                        try {
                          users.sync();
                        } catch (Exception e) {
                          log.error("Sync failed");
                        }
                      }
                    }
                """
            },
            lines=(5,),
        ),
        Sample(
            language="php",
            says="a constant text",
            files={
                "src/a.php": """
                    <?php
                    try {
                        $users->sync();
                    } catch (\\Throwable $e) {
                        error_log('Sync failed');
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="ruby",
            says="a constant text",
            files={
                "app/a.rb": """
                    begin
                      users.sync
                    rescue => e
                      logger.error('Sync failed')
                    end
                """
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="a comment that says why not",
            files={
                "app.py": """
                    def provider():
                        try:
                            return verifier(settings)
                        except Exception:
                            # Do not log the exception: it may contain the secret.
                            logger.error('no provider')
                """
            },
        ),
        Sample(
            language="python",
            says="the failure itself, or the one under way, as Twisted logs it",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except Exception:
                            log.err(_why=f'while polling {url}')
                        try:
                            sync()
                        except Exception:
                            log.warning('no answer', exc_on_loglevel=logging.DEBUG)
                        try:
                            sync()
                        except Exception:
                            log.err(Failure(), 'while polling')
                        try:
                            sync()
                        except Exception:
                            log.err(
                                None,
                                'while polling',
                            )
                        try:
                            sync()
                        except Exception:
                            found = sys.exc_info()
                            print('no sync:', found[1])
                """
            },
        ),
        Sample(
            language="python",
            says="what is wrong with a setting",
            files={
                "app.py": """
                    def go():
                        for entry in wanted:
                            try:
                                networks.add(netaddr.IPNetwork(entry))
                            except Exception:
                                logger.warning(f'Invalid network in the settings: {entry}')
                """
            },
        ),
        Sample(
            language="go",
            says="with what the program that failed has said",
            files={
                "a.go": """
                    package a

                    func Sign() {
                        said, err := run("codesign", file)
                        if err != nil {
                            log.Println("could not sign:", string(said))
                        }
                    }
                """
            },
        ),
        Sample(
            language="go",
            says="with the error, or returned",
            files={
                "a.go": """
                    package a

                    func Save() error {
                        if err := store(); err != nil {
                            log.Printf("could not store: %v", err)
                        }
                        if err := store(); err != nil {
                            log.Println("could not store")
                            return err
                        }
                        return nil
                    }
                """
            },
        ),
        Sample(
            language="java",
            says="types that say why",
            files={
                "src/main/java/A.java": """
                    class A {
                      void go() {
                        try {
                          Thread.sleep(pause);
                        } catch (InterruptedException e) {
                          log.warn("Interrupted while waiting");
                        }
                        try {
                          users.read(socket);
                        } catch (SocketTimeoutException e) {
                          log.warn("No answer after {} ms", limit);
                        }
                        try {
                          limit = limits.check(Integer.parseInt(text));
                        } catch (NumberFormatException e) {
                          log.warn("{} is no number", text);
                        }
                      }
                    }
                """
            },
        ),
        Sample(
            language="javascript",
            says="parse attempts at debug level, the error in the text",
            files={
                "src/a.js": """
                    async function a() {
                      try { await sync() } catch (e) { console.debug('no') }
                      try { await sync() } catch (e) { console.error(`no: ${e}`) }
                      try { JSON.parse(x) } catch (e) { console.warn('no JSON') }
                    }
                """
            },
        ),
        Sample(
            language="python",
            says="the traceback comes by itself",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except Exception:
                            logger.exception('Sync failed')
                        try:
                            sync()
                        except Exception:
                            logger.error('Sync failed', exc_info=True)
                """
            },
        ),
    ),
)

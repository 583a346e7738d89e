"""`x rescue nil`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import (
    caught,
    is_empty,
    is_excused,
    is_explained,
    is_trivial,
    is_validator,
    tried_words,
)
from vedette.audit.rules._weighing import weight, weight_by_deed
from vedette.audit.vocabulary import is_benign

ID = "swallow.ruby-rescue-nil"
_CONVERSIONS = ("Integer", "Float", "Rational", "Date.parse", "Time.parse", "DateTime.parse", "URI")
_BROAD = ("StandardError", "Exception")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Modifiers that give a constant, and empty or all too broad rescues."""
    for handler in caught(facts, "modifier", "catch"):
        if handler.calls and all(one.startswith(_CONVERSIONS) for one in handler.calls):
            continue
        if is_excused(project, facts, handler) or _ends_benign(handler):
            continue
        if handler.how == "modifier" and is_trivial(handler):
            if is_validator(facts, handler):
                continue
            what = f"Every error of {tried_words(handler)} becomes a constant"
        elif handler.how == "catch" and _is_broad(handler) and is_empty(handler):
            what = f"Every error of {tried_words(handler)} is dropped by an empty rescue"
        elif "Exception" in handler.types and not _is_handed_on(project, facts, handler):
            what = f"`rescue Exception` around {tried_words(handler)} takes exits and signals, too"
        else:
            continue
        yield at_handler(
            ID,
            _severity(facts, handler),
            facts,
            handler,
            what,
            explained=is_explained(handler),
            instead=reporting(project, facts, handler),
        )


def _severity(facts: FileFacts, handler: Handler) -> Severity:
    """One expression with another value, and an error that is told, are meant; not what is empty."""
    is_meant = not is_empty(handler) or is_validator(facts, handler)
    weigh = weight_by_deed if is_meant else weight
    return weigh(facts, handler, Severity.IMPORTANT)


def _is_handed_on(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Raised, reported, or given whole to a method of the checkout that decides."""
    if "$!" in handler.text or re.search(r"\braise\b", handler.text):
        return True
    is_given = any(one.kind == "call" and one.keeps_error for one in handler.deeds)
    return is_given or project.is_handled(facts, handler)


def _ends_benign(handler: Handler) -> bool:
    """`IO.new(number).close rescue nil`: what is called last is what matters."""
    return handler.how == "modifier" and bool(handler.calls) and is_benign(handler.calls[0])


def _is_broad(handler: Handler) -> bool:
    return not handler.types or any(one in _BROAD for one in handler.types)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A rescue that drops errors",
    why="A modifier `rescue` takes every StandardError, a misspelt method included, and gives a "
    "constant. Nobody hears of it, and what comes after works with what is not there.",
    advice="Rescue the class that is meant, and report the rest.",
    languages=("ruby",),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="ruby",
            says="an empty rescue, Exception, and last, as nothing was to be done, a modifier",
            files={
                "app/a.rb": """
                    def go(id)
                      user = users.fetch(id) rescue nil
                      begin
                        notify(user)
                      rescue => e
                      end
                      begin
                        notify(user)
                      rescue Exception => e
                        logger.error(e)
                      end
                    end
                """
            },
            lines=(5, 9, 2),  # as they are told: the most urgent first
        ),
    ),
    good=(
        Sample(
            language="ruby",
            says="a conversion",
            files={
                "app/a.rb": """
                    n = Integer(text) rescue nil
                    n = Kernel.Float(text) rescue nil
                    day = params[:from].to_date rescue nil
                    kind = self.class.name.constantize rescue nil
                """
            },
        ),
        Sample(
            language="ruby",
            says="a class that is meant, raised again",
            files={
                "app/a.rb": """
                    begin
                      go
                    rescue KeyError
                    end
                    begin
                      go(1)
                    rescue Exception
                      undo
                      raise
                    end
                    begin
                      go(2)
                    rescue Exception => e
                      manager.died(self, e)
                    end
                """
            },
        ),
        Sample(
            language="ruby",
            says="closing last, a question, a constant class, an error that is told",
            files={
                "app/a.rb": """
                    def fork
                      3.upto(256) { |number| IO.new(number).close rescue nil }
                      text = JSON.parse(response.body)['error'] rescue response.code
                      at = Time.utc(year, month, day) rescue nil
                    end
                    def ready?
                      load_styles(all) rescue nil
                    end
                    def run
                      begin
                        plugin.run(1)
                      rescue Exception => e
                        rescue_with_handler(e) || raise
                      end
                      begin
                        save
                      rescue Exception
                        @error = [$!, $@]
                      end
                    end
                """,
            },
        ),
    ),
)

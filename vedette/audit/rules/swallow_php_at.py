"""PHP's `@`, and empty handlers of everything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._source import text_of_function
from vedette.audit.rules._trying import (
    caught,
    is_empty,
    is_excused,
    is_explained,
    is_named_answer,
    is_validator,
    tried_words,
)
from vedette.audit.rules._weighing import weight, weight_by_deed

ID = "swallow.php-at"
# Functions that reach outside or keep something: their failure loses more than a warning.
_MATTERS = re.compile(
    r"file|file_(?:get|put)_contents|readfile|fopen|fwrite|fputs|fputcsv|fread|fsockopen|pfsockopen"
    r"|move_uploaded_file|parse_ini_file|simplexml_load_\w+|mail|exec|shell_exec|system|passthru"
    r"|proc_open|popen|copy|gzopen|stream_(?:get_contents|socket_\w+|copy_to_stream)"
    r"|(?:curl|mysqli?|pg|oci|odbc|sqlsrv|ldap|imap|ftp|ssh2|soap|memcache)_(?!close\b|free|\w*set_?opt|err)\w+"
)
_IS_DEED = re.compile(
    r"^(?:mail|move_uploaded_file|copy|proc_open|popen|\w+_(?:send|subscribe|add|modify|mail|append))$"
)
_REACHES = re.compile(
    r"@\s*(?:file_get_contents|fopen|file|readfile|get_headers)\s*\((?!['\"]php:)[^;]*?(?:://|[uU]rl\b)"
)
# Methods that warn of whatever is not well formed in what others wrote.
_WARNS_OF_INPUT = ("loadHTML", "loadXML", "loadHTMLFile", "transcode")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Errors that are silenced, and handlers of every error that do nothing."""
    for handler in caught(facts, "silence", "catch"):
        if handler.how == "silence":
            owner, _, name = handler.calls[0].rpartition(".")
            if handler.is_seen or is_validator(facts, handler):
                continue
            if (
                name in ("fwrite", "fputs")
                and "log" in facts.function_name(handler.function).lower()
            ):
                continue  # it is what tells of others
            if name in _WARNS_OF_INPUT or not (owner or _MATTERS.fullmatch(name)):
                continue
            what = f"`@{name}()` silences whatever goes wrong in it"
        elif is_empty(handler) and not _is_heard_of(project, facts, handler):
            what = f"Whatever {tried_words(handler)} throws is dropped by an empty handler"
        else:
            continue
        yield at_handler(
            ID,
            _severity(project, facts, handler),
            facts,
            handler,
            what,
            explained=is_explained(handler),
        )


def _severity(project: Project, facts: FileFacts, handler: Handler) -> Severity:
    """What is only read or looked up, and what goes to a peer or a cache, is missed by nobody."""
    if handler.how != "silence":
        return weight_by_deed(facts, handler, Severity.ROUTINE)
    name = handler.calls[0].rpartition(".")[2]
    line = text_of_function(project, facts, handler.function, handler.line).split("\n", 1)[0]
    if _IS_DEED.search(name) or _REACHES.search(line):
        return weight(facts, handler, Severity.ROUTINE)
    return Severity.INFO


def _is_heard_of(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether nobody needs to hear of it, or what follows asks for the error: PHP keeps it."""
    if is_excused(project, facts, handler) or is_named_answer(handler):
        return True
    if not handler.error:
        return False
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)
    below = re.split(r"\bcatch\b|\bfunction\b", below, maxsplit=1)[0]
    return re.search(re.escape(handler.error) + r"\b", below) is not None


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="Silenced or dropped errors",
    why="`@` takes the message away and leaves the failure. An empty handler of everything does so "
    "with exceptions.",
    advice="Test the result and report the failure with its context.",
    languages=("php",),
    of_file=find,
    bad=(
        Sample(
            language="php",
            says="@ on a request, an empty handler",
            files={
                "src/a.php": """
                    <?php
                    $body = @file_get_contents($url);
                    try {
                        $db->insert($row);
                    } catch (\\Throwable $e) {
                    }
                """
            },
            lines=(2, 5),
        ),
    ),
    good=(
        Sample(
            language="php",
            says="unlink, mkdir",
            files={
                "src/a.php": """
                    <?php
                    @unlink($path);
                    @mkdir($path);
                    @error_log($message);
                    @$document->loadHTML($page);
                    @ftp_set_option($link, FTP_TIMEOUT_SEC, 90);
                    @session_name($name);
                    $time = @mktime($hour, 0, 0);
                """
            },
        ),
        Sample(
            language="php",
            says="the result is tested",
            files={
                "src/a.php": """
                    <?php
                    function go($path, $row) {
                        $handle = @fopen($path, 'w');
                        if ($handle === false) {
                            return report($path);
                        }
                        if (! @socket_connect($row->socket)) {
                            return report($row);
                        }
                        if ($row->isNew) {
                            $moved = @move_uploaded_file($row->path, $path);
                        } else {
                            $moved = copy($row->path, $path);
                        }
                        if (false === $moved) {
                            return report($path);
                        }
                        $body = @file_get_contents($path) ?: report($path);
                        $text = @gzinflate($body);
                        return $text !== false;
                    }
                """
            },
        ),
        Sample(
            language="php",
            says="a handler that reports",
            files={
                "src/a.php": """
                    <?php
                    try {
                        $db->insert($row);
                    } catch (\\Throwable $e) {
                        report($e);
                    }
                """
            },
        ),
        Sample(
            language="php",
            says="a result that goes on, what a call fills in, an error that is asked for",
            files={
                "src/a.php": """
                    <?php
                    function read($path) {
                        return @file_get_contents($path);
                    }
                    function meta($path) {
                        return json_decode(@file_get_contents($path), true);
                    }
                    function resize($command) {
                        @exec($command, $lines, $status);
                        if ($status == 0) return true;
                        return false;
                    }
                    function connect($link, $host) {
                        @mysqli_real_connect($link, $host);
                        if ($link->connect_errno) throw new NoDatabase();
                    }
                    function send($to, $text) {
                        $sent = @mail($to, $text);
                        note($to);
                        return $sent;
                    }
                    function write_log($file, $text) {
                        @fwrite($file, $text);
                    }
                    function wash($node, $method, $html) {
                        @$node->{$method}($html);
                    }
                    function spell($client, $text) {
                        try {
                            $found = $client->post($text);
                        } catch (Exception $e) {
                        }
                        return $e ? $e->getMessage() : $found;
                    }
                    function zone($name, $date) {
                        try {
                            $date->setTimezone(new DateTimeZone($name));
                            return $date->format('U');
                        } catch (Exception $e) {
                        }
                        return 0;
                    }
                    function item($kind) {
                        try {
                            load($kind);
                        } catch (Exception $ignored) {
                        }
                    }
                """,
            },
        ),
    ),
)

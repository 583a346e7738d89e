"""In languages that ask for a handler nearly everywhere, what was to be done says what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.checkouts import audited
from vedette.audit.rules._weighing import is_deed


def _weighed(tmp_path: Path, rule: str, path: str, text: str) -> dict[int, str]:
    with audited(tmp_path, {path: text}) as done:
        return {one.line: one.severity.word for one in done.findings if one.rule == rule}


@pytest.mark.parametrize(
    "call",
    [
        *("db.Insert", "queue.push", "FileUtils.copyFile", "writer.writeXml", "user.save!"),
        *("mailer.send", "login.changePassword", "this._deleteToken", "client.doUpload"),
    ],
)
def test_a_deed_is_known_by_its_name(call: str) -> None:
    """Something that lasts is changed."""
    assert is_deed(call)


@pytest.mark.parametrize(
    "call",
    [
        *("users.find", "store.load", "stream.send", "conn.write", "w.sendEvent", "list.remove"),
        *(
            "this.updateUI",
            "File.delete",
            "Files.deleteIfExists",
            "layout.moveDown",
            "range.moveBy",
            "stack.pushApp",
            "response.sendRedirect",
            "config.saved",
            "op.UpdateMetadata",
        ),
    ],
)
def test_what_is_read_or_passes_is_no_deed(call: str) -> None:
    """Questions, what goes to a peer or a screen, what is tidied up."""
    assert not is_deed(call)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "src/A.java",
            """class A {
  boolean a() { try { return mails.send(m); } catch (MailException e) { return false; } }
  Row b() { try { return rows.first(); } catch (DaoException e) { return null; } }
}
""",
        ),
        (
            "src/a.php",
            """<?php
function a($m) { try { return mails()->send($m); } catch (MailFailed $e) { return false; } }
function b($m) { try { return rows()->first($m); } catch (DaoFailed $e) { return null; } }
""",
        ),
        (
            "src/a.rb",
            """
def a(mail) = (deliver_mail(mail) rescue false)
def b(rows) = (rows.first_of_all rescue nil)
""",
        ),
    ],
    ids=["java", "php", "ruby"],
)
def test_a_constant_weighs_where_a_deed_is_lost(path: str, text: str, tmp_path: Path) -> None:
    """Without an answer, callers do as often as not; what was not done is not made good."""
    with audited(tmp_path, {path: text}) as done:
        said = [one.severity.word for one in sorted(done.findings, key=lambda one: one.line)]
    assert said == ["important", "info"]


def test_all_errors_of_a_request_weigh(tmp_path: Path) -> None:
    """In a controller, a rescue of everything is shown; one of a class with a name is meant."""
    text = """class PagesController
  def show
    @log = begin
      fetch_log(1)
    rescue
      nil
    end
    @page = begin
      fetch_page(1)
    rescue Backend::Error
      nil
    end
    begin
      fetch_page(2)
    rescue Backend::Error
      flash[:error] = 'No such page'
    end
  end
end
"""
    path = "app/controllers/pages_controller.rb"
    said = _weighed(tmp_path, "swallow.catch-default", path, text)
    assert said == {5: "important", 10: "info"}


def test_java_weighs_what_is_lost_and_what_is_printed(tmp_path: Path) -> None:
    """A stack on the console is for nobody; a message there, a sleep and a look-up are minor."""
    text = """class A {
  void a() { try { files.copyTree(x); } catch (IOException e) { } }
  void b() { try { font.derive(x); } catch (IOException e) { } }
  void c() { try { load(x); } catch (IOException e) { e.printStackTrace(); } }
  void d() { try { load(x); } catch (IOException e) { System.err.println("Not loaded: " + e); } }
  void e() { try { Thread.sleep(9); } catch (InterruptedException e) { } }
  void f() { try { new File(x).delete(); } catch (Exception e) { } }
  void g() { try { load(x); } catch (IOException e) { server.printStackTrace(e); } }
  boolean isKind() { try { return read(x); } catch (IOException e) { e.printStackTrace(); } }
}
"""
    said = _weighed(tmp_path, "swallow.java-empty", "src/A.java", text)
    assert said == {
        2: "important",
        3: "info",
        4: "important",
        5: "info",
        6: "info",
        7: "info",
        9: "info",
    }


def test_php_weighs_what_is_sent_and_fetched(tmp_path: Path) -> None:
    """Letters and pages are missed; what is read beside the code, and caches, are not."""
    text = """<?php
function go($url, $name) {
    $page = @file_get_contents($url);
    $part = @file_get_contents(__DIR__ . $name);
    @mail($name, $page, $part);
    @fwrite($name, $page);
    try { rows()->delete($name); } catch (Exception $e) {}
    try { rows()->title($name); } catch (Exception $e) {}
    use($page, $part);
}
"""
    said = _weighed(tmp_path, "swallow.php-at", "src/a.php", text)
    assert said == {3: "routine", 4: "info", 5: "routine", 6: "info", 7: "routine", 8: "info"}


def test_a_rescue_of_everything_that_tells_is_meant(tmp_path: Path) -> None:
    """Empty ones are shown; `rescue Exception` that logs is not."""
    text = """def go
  begin
    sync_all(1)
  rescue
  end
  begin
    sync_all(1)
  rescue Exception => e
    logger.error(e)
  end
  begin
    sync_all(1)
  rescue Exception
    nil
  end
end
"""
    said = _weighed(tmp_path, "swallow.ruby-rescue-nil", "app/a.rb", text)
    assert said == {4: "important", 8: "info", 13: "info"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "a.go",
            "package a\n\nfunc a() {\n\tif err := b(); err != nil {\n\t\tlog.Debug(err)\n\t}\n}\n",
        ),
        ("a.rb", "def a\n  b(1)\nrescue StandardError => e\n  logger.debug(e)\nend\n"),
        ("a.php", "<?php\ntry { b(); } catch (\\Throwable $e) { $log->debug($e); }\n"),
        ("A.java", "class A { void a() { try { b(); } catch (Exception e) { log.debug(e); } } }\n"),
    ],
)
def test_debug_level_was_chosen_where_all_is_handled(path: str, text: str, tmp_path: Path) -> None:
    """It is found, and not shown."""
    said = _weighed(tmp_path, "swallow.log-suppressed", f"src/{path}", text)
    assert list(said.values()) == ["info"]

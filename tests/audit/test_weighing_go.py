"""How much the errors of Go weigh, which are values: what was to be done, and who waits."""

from __future__ import annotations

from pathlib import Path

from tests.audit.checkouts import audited


def _weighed(tmp_path: Path, rule: str, path: str, text: str) -> dict[int, str]:
    with audited(tmp_path, {path: text}) as done:
        return {one.line: one.severity.word for one in done.findings if one.rule == rule}


def test_errors_of_go_without_a_name_weigh_where_a_deed_is_lost(tmp_path: Path) -> None:
    """What is only asked for, taken away or undone is not shown."""
    text = """package a

func put(name string) error {
\trows, _ := store.list(name)
\t_ = db.Insert(rows)
\t_ = db.Delete(name)
\trevert.Add(func() { _ = db.Update(name) })
\tmade, _ := users.Create(name)
\treturn use(made)
}

func (s *Store) list(name string) ([]Row, error) { return s.rows, s.err }
"""
    said = _weighed(tmp_path, "swallow.go-blank", "src/a.go", text)
    assert said == {4: "info", 5: "important", 6: "info", 7: "info", 8: "important"}


def test_what_go_looks_up_is_an_answer(tmp_path: Path) -> None:
    """An error that becomes none is shown, but not of a conversion or of a look-up."""
    text = """package a

func title(id any) (string, error) {
\ttext, err := cast.ToStringE(id)
\tif err != nil {
\t\treturn "", nil
\t}
\tif err := slot.Attr("path", &text); err != nil {
\t\treturn "", nil
\t}
\treturn text, nil
}

func drop(name string) error {
\tif err := backend.removeKeys(name); err != nil {
\t\treturn nil
\t}
\treturn poll(func() (bool, error) {
\t\tif err := backend.tryLock(name); err != nil {
\t\t\treturn false, nil
\t\t}
\t\treturn true, nil
\t})
}
"""
    said = _weighed(tmp_path, "swallow.catch-default", "src/a.go", text)
    assert said == {5: "info", 8: "info", 15: "routine", 19: "info"}


def test_a_word_to_a_console_says_enough(tmp_path: Path) -> None:
    """So does what is said where one is talkative, or of what hardly fails."""
    text = """package a

func go(name string) {
\tif err := store.fill(name); err != nil {
\t\tlog.Error("not filled")
\t}
\tif err := store.fill(name); err != nil {
\t\tfmt.Println("not filled")
\t}
\tif err := store.fill(name); err != nil {
\t\tlog.Error("filling is not supported here")
\t}
\tif err := store.fill(name); err != nil {
\t\tklog.Fatalf("not filled")
\t}
\tif err := os.Setenv("A", name); err != nil {
\t\tlog.Error("not set")
\t}
\tif err := store.fill(name); err != nil {
\t\tif verbose {
\t\t\tlog.Error("not filled")
\t\t}
\t}
}
"""
    said = _weighed(tmp_path, "log.error-dropped", "src/a.go", text)
    assert said == {4: "routine", 7: "info", 10: "info", 13: "info", 16: "info", 19: "info"}


def test_a_goroutine_that_is_waited_for_is_part_of_its_handler(tmp_path: Path) -> None:
    """One that goes its own way is shown; one that answers on a channel, or only copies, is not."""
    files = {
        "go.mod": "module example.com/a\n\ngo 1.22\n",
        "main.go": """package main

import "net/http"

func pay(w http.ResponseWriter, r *http.Request) {
\tgo func() {
\t\tcharge(r)
\t}()
\tgo func() {
\t\tdone <- charge(r)
\t}()
\tgo func() {
\t\tdefer close(ended)
\t\tcharge(r)
\t}()
\tgo func() {
\t\tdefer runtime.HandleCrash()
\t\tcharge(r)
\t}()
\tgo func() {
\t\tio.Copy(w, r.Body)
\t}()
}

func main() {
\thttp.HandleFunc("/pay", pay)
\thttp.ListenAndServe(":80", nil)
}
""",
    }
    with audited(tmp_path, files) as done:
        said = {
            one.line: one.severity.word for one in done.findings if one.rule == "go.panic-goroutine"
        }
    assert said == {6: "important", 9: "info", 12: "info", 20: "info"}

"""What `swallow.go-blank` must not find."""

from __future__ import annotations

from vedette.audit.rules import Sample

GOOD = (
    Sample(
        language="go",
        says="closing, printing, what tells whether",
        files={
            "main.go": """
                package main

                func save(r Row) error {
                  defer func() { _ = r.Close() }()
                  _, _ = fmt.Fprintln(w, r)
                  v, _ := cache.Get(r.ID)
                  n, _ := x.(int)
                  if err := db.Insert(v, n); err != nil {
                    return err
                  }
                  return nil
                }
            """
        },
    ),
    Sample(
        language="go",
        says="what comes last is no error",
        files={
            "main.go": """
                package main

                type Users interface {
                  Known(id string) (User, bool)
                }

                func (s *Store) First(id string) (row Row, ok bool) {
                  return s.rows[id], true
                }

                func save(s *Store, users Users, r Row) {
                  row, _ := s.First(r.ID)
                  user, _ := users.Known(r.ID)
                }
            """
        },
    ),
    Sample(
        language="go",
        says="undone in a branch that fails, deadlines, calls of the system",
        files={
            "main.go": """
                package main

                func save(r Row) error {
                  if err := db.Insert(r); err != nil {
                    _ = files.Remove(r.Name())
                    return err
                  }
                  if r.Size() < 10 {
                    _ = files.Truncate(r.Name())
                    return errors.New("too small")
                  }
                  text, _ := r.Marshal()
                  block, _ := pem.Decode(text)
                  _, oldest, _ := cache.RemoveOldest()
                  status, _, _ := library.Call(oldest, block)
                  _ = conn.SetDeadline(time.Now())
                  _ = conn.CloseWrite()
                  _ = limiter.WaitN(ctx, 1)
                  result, _, _ := syscall.Syscall(a, b, c, d)
                  return nil
                }
            """
        },
    ),
    Sample(
        language="go",
        says="tests",
        files={
            "main_test.go": """
                package main

                func T() { _ = db.Insert(r) }
            """
        },
    ),
    Sample(
        language="go",
        says="words for people, what is asked after, ends, literals, a name of both kinds",
        files={
            "main.go": """
                package main

                func (s *Store) Token(host string) (string, string) { return s.tokens[host], "env" }
                func (c *Client) Token(host string) (string, error) { return c.ask(host) }
                func (s *Store) warnf(format string) error { return s.print(format) }
                func count(err error) error { errors++; return err }
                func (s *Store) find(id string) (*Row, error) { return s.load(id) }
                func (s *Store) unlock(id string) error { return s.drop(id) }

                func save(s *Store, err error) {
                  token, _ := s.Token("a")
                  _ = s.warnf("%s is behind")
                  _ = count(err)
                  row, _ := s.find(token)
                  if row == nil {
                    return
                  }
                  text, _ := base64.DecodeString("a2V5")
                  dir, _ := path.Split(text)
                  use(row, dir)
                }

                func (s *Store) Close() error {
                  defer func() { _ = s.unlock("all") }()
                  return nil
                }

                func (s *Store) isKnown(id string) bool {
                  row, _ := s.find(id)
                  return known(row)
                }

                func ToText(v any) string {
                  text, _ := ToTextE(v)
                  first, _ := utf8.DecodeRune(v)
                  return text + first
                }

                func ToTextE(v any) (string, error) { return v.text() }

                func newError(s *Store, id string) error {
                  row, _ := s.find(id)
                  return fail(row)
                }
            """,
            "lib/storetest/store.go": """
                package storetest

                import "testing"

                func Save(t *testing.T, r Row) { _ = db.Insert(r) }
            """,
            "fuzz/store_fuzzer.go": """
                package fuzz

                func FuzzSave(r Row) int { _ = db.Insert(r); return 1 }
            """,
        },
    ),
)

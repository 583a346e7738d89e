"""DRAWER: one file per rule, `RULE`, a `Rule`: something by which an error is heard of by nobody.

A file's name is the rule's id with `_` for `.` and `-`. Severity, help, documentation, options and
tests follow from what it declares; its samples are what the contract test runs it over.
"""

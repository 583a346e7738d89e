"""Search text to questions: `is:unresolved level:error "free text"`.

`parse` reads a text, `compile_event_search` turns it into a condition of the store,
`split_issue_search` into a half for the metadata and a half for the store. `known_keys`
completes, `tag_filter`, `field_filter` and `quote` write searches. The import order is the story:
grammar → reading → parse → clauses → compile → issues.
"""

from vedette.search.alternatives import OtherReading, other_reading
from vedette.search.compile import compile_event_search, key_expression
from vedette.search.completion import FieldKind, KnownKey, known_keys
from vedette.search.errors import SearchError
from vedette.search.escapes import guarded, pieces
from vedette.search.fields import Fields, fields_of
from vedette.search.issue_keys import IssueKey, IssueState
from vedette.search.issues import (
    IssueClause,
    IssueEvery,
    IssueSearch,
    IssueSome,
    IssueTerm,
    split_issue_search,
)
from vedette.search.parse import parse, parse_issue_search
from vedette.search.quoting import field_filter, quote, tag_filter, written_key
from vedette.search.releases import PlacedRelease, Releases
from vedette.search.tree import Connective, Group, Query, Term

__all__ = [
    "Connective",
    "FieldKind",
    "Fields",
    "Group",
    "IssueClause",
    "IssueEvery",
    "IssueKey",
    "IssueSearch",
    "IssueSome",
    "IssueState",
    "IssueTerm",
    "KnownKey",
    "OtherReading",
    "PlacedRelease",
    "Query",
    "Releases",
    "SearchError",
    "Term",
    "compile_event_search",
    "field_filter",
    "fields_of",
    "guarded",
    "key_expression",
    "known_keys",
    "other_reading",
    "parse",
    "parse_issue_search",
    "pieces",
    "quote",
    "split_issue_search",
    "tag_filter",
    "written_key",
]

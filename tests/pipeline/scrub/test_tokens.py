"""Every issuer's tokens are found, wherever they stand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pipeline.scrub.conftest import Wash
from vedette.pipeline.scrub.engine import ENGINES
from vedette.pipeline.scrub.tokens import ISSUED


@pytest.mark.parametrize(("start", "rest"), ISSUED, ids=[start for start, _ in ISSUED])
@settings(max_examples=10, deadline=None)
@given(st.data())
def test_a_token_of_every_issuer_goes(start: str, rest: str, data: st.DataObject) -> None:
    """By both engines: what the table lists, the scan of raw bytes points at."""
    shape = re.compile((start + rest).replace("}+", "}"), re.ASCII)
    token = data.draw(st.from_regex(shape, fullmatch=True).filter(_is_drawn))
    for name in ENGINES:
        done = Wash(name)({"message": f"call with {token} failed", "tags": {"a": token}})
        assert done["message"] == "call with [token] failed"
        assert done["tags"]["a"] == "[token]"


def _is_drawn(token: str) -> bool:
    """Of digits, or of letters in both cases, as nearly all that machines draw are."""
    end = token[-20:]
    has_both = any(map(str.isupper, end)) and any(map(str.islower, end))
    return (has_both or any(map(str.isdigit, end))) and token[-1].isalnum()

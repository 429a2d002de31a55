"""Cursors go out and come back; what we did not make is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.platform.errors import InvalidInput
from stoa.platform.web.paging import decode_cursor, encode_cursor


@given(st.lists(st.one_of(st.text(), st.integers(-(2**53), 2**53)), min_size=1, max_size=4))
def test_a_cursor_comes_back_as_it_went(key: list[str | int]) -> None:
    assert decode_cursor(encode_cursor(*key), size=len(key)) == key


@given(st.text(min_size=1))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        key = decode_cursor(text, size=2)
    except InvalidInput:
        return
    assert key is not None
    assert len(key) == 2


def test_refuses_a_cursor_of_another_list() -> None:
    with pytest.raises(InvalidInput):
        decode_cursor(encode_cursor(1), size=2)

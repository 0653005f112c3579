"""Cursors: opaque, bound to what they page through, and refused when anything about them is wrong."""

from base64 import urlsafe_b64encode
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import BadCursor
from store.paging import decode_cursor, encode_cursor, scope_of

SCOPE = scope_of("deadlines", {"party": "NO"})


@given(st.dates(), st.text(), st.integers(0, 2**31))
def test_a_cursor_gives_back_its_key(day: date, text: str, number: int) -> None:
    assert decode_cursor(encode_cursor(SCOPE, (day, text, number)), SCOPE, date, str, int) == (
        day,
        text,
        number,
    )


@given(st.text())
def test_no_other_text_is_a_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(text, SCOPE, date, str)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b'["%s",[1,"x"]]',
        b'["%s",["2031-03-14"]]',
        b'["%s",["2031-03-14","x",3]]',
        b'{"a":1}',
        b"\xff",
    ],
)
def test_a_forged_cursor_is_refused(payload: bytes) -> None:
    forged = urlsafe_b64encode(payload.replace(b"%s", SCOPE.encode())).decode().rstrip("=")
    with pytest.raises(BadCursor):
        decode_cursor(forged, SCOPE, date, str)


def test_a_cursor_with_something_appended_is_refused() -> None:
    cursor = encode_cursor(SCOPE, ("x",))
    for changed in (cursor + "=", cursor + "A", cursor[:-1], " " + cursor):
        with pytest.raises(BadCursor):
            decode_cursor(changed, SCOPE, str)


def test_filters_set_to_nothing_do_not_count() -> None:
    assert scope_of("deadlines", {"party": "NO", "status": None}) == SCOPE

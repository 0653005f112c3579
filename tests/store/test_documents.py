"""Documents are kept for ever, once, with their readout beside them."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import Engine

from store import BadCursor
from store.documents import (
    add_document,
    briefings_of,
    get_content,
    get_document,
    get_readout,
    get_text,
    page_documents,
    save_readout,
)
from tests.store.invented import BRIEFING, T0, add, briefing, hexed, info, readout, save, text_of
from worker.rebuild import rebuild


def test_a_document_comes_back_as_it_was_added(engine: Engine) -> None:
    assert add_document(engine, info("a"), text_of("a"), b'{"blocks":[]}')
    assert get_document(engine, hexed("a")) == info("a")
    assert get_text(engine, hexed("a")) == text_of("a")
    assert get_content(engine, hexed("a")) == (text_of("a"), b'{"blocks":[]}')


def test_a_document_is_added_once(engine: Engine) -> None:
    assert [add_document(engine, info("a"), text_of("a"), layout) for layout in (b"1", b"2")] == [True, False]
    assert get_content(engine, hexed("a")) == (text_of("a"), b"1")


def test_an_unknown_document_is_none(engine: Engine) -> None:
    assert get_document(engine, "x") is None
    assert get_text(engine, "x") is None
    assert get_content(engine, "x") is None
    assert get_readout(engine, "x") is None


def test_a_readout_is_served_as_the_bytes_that_were_saved_last(engine: Engine) -> None:
    add_document(engine, info("a"), text_of("a"), b"")
    assert get_readout(engine, hexed("a")) is None
    save_readout(engine, hexed("a"), readout("a", None))
    save_readout(engine, hexed("a"), readout("a"))
    assert get_readout(engine, hexed("a")) == msgspec.json.encode(readout("a"))


def test_documents_are_paged_newest_first(engine: Engine) -> None:
    documents = [
        info(name, T0 + timedelta(minutes=at)) for name, at in (("a", 1), ("b", 2), ("c", 2), ("d", 3))
    ]
    for document in documents:
        add_document(engine, document, "text", b"")
    newest_first = sorted(documents, key=lambda one: (one.added_at, one.id), reverse=True)
    first, cursor = page_documents(engine, limit=3)
    assert cursor is not None
    assert (first, page_documents(engine, limit=3, cursor=cursor)) == (
        newest_first[:3],
        (newest_first[3:], None),
    )


def test_a_cursor_of_something_else_is_refused(engine: Engine) -> None:
    with pytest.raises(BadCursor, match="not one that this service gave out"):
        page_documents(engine, limit=3, cursor="nonsense")


def test_the_briefings_that_rest_on_documents(engine: Engine) -> None:
    for name in ("a", "b"):
        add(engine, name)
    rebuild(engine, hexed("a"), save(briefing(["a"])))
    assert briefings_of(engine, [hexed("a"), hexed("b")]) == {hexed("a"): [BRIEFING], hexed("b"): []}

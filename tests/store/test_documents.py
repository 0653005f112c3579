"""Documents are kept for ever, once, with their readout beside them; and listed by where they come from."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import convert
from msgspec.structs import replace
from sqlalchemy import Engine

from schemas import DocumentInfo, DocumentRefusal, fuzzy_date
from schemas.queries import DocumentQuery
from store import BadCursor, documents
from store.documents import (
    add_document,
    briefings_of,
    get_content,
    get_document,
    get_readout,
    get_text,
    refuse_document,
    save_readout,
)
from store.embargoes import Cleared
from store.engine import writing
from tests.store.invented import BRIEFING, T0, add, briefing, hexed, info, readout, save, text_of
from worker.rebuild import rebuild


def listed(engine: Engine, embargoed: bool = True, **asked: Any) -> tuple[list[DocumentInfo], str | None]:
    """A page of documents, asked for as a request does."""
    query = convert(asked, DocumentQuery, strict=False)
    page = documents.page_documents(engine, query, to=Cleared(embargoed=embargoed, withheld=False))
    return [msgspec.json.decode(item, type=DocumentInfo) for item in page.items], page.next_cursor


def names(engine: Engine, **asked: Any) -> str:
    """The invented names of the documents that are listed, in their order."""
    known = {hexed(name): name for name in "abcdefg"}
    return "".join(known[one.id] for one in listed(engine, **asked)[0])


def waiting(name: str, **rest: Any) -> DocumentInfo:
    """A document that has not been read."""
    return replace(info(name, **rest), status="waiting")


def test_a_document_comes_back_as_it_was_added(engine: Engine) -> None:
    assert add_document(engine, waiting("a"), text_of("a"), b'{"blocks":[]}')
    assert get_document(engine, hexed("a")) == waiting("a")
    assert get_text(engine, hexed("a")) == text_of("a")
    assert get_content(engine, hexed("a")) == (text_of("a"), b'{"blocks":[]}')


def test_a_document_is_added_once(engine: Engine) -> None:
    assert [add_document(engine, info("a"), text_of("a"), layout) for layout in (b"1", b"2")] == [True, False]
    assert get_content(engine, hexed("a")) == (text_of("a"), b"1")


def test_what_is_stated_later_counts(engine: Engine) -> None:
    first = waiting("a")
    add_document(engine, first, text_of("a"), b"1")
    assert first.stated is not None
    stated = replace(first.stated, publisher="Another Times")
    later = replace(first, stated=stated, source=replace(first.source, publisher="Another Times"))
    assert add_document(engine, later, text_of("a"), b"2")
    assert get_document(engine, hexed("a")) == later
    assert get_content(engine, hexed("a")) == (text_of("a"), b"2")
    assert names(engine, publisher="another times") == "a"


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
    for name, at in (("a", 1), ("b", 2), ("c", 2), ("d", 3)):
        add_document(engine, info(name, T0 + timedelta(minutes=at)), "text", b"")
    whole, _ = listed(engine)
    assert whole == sorted(whole, key=lambda one: (one.added_at, one.id), reverse=True)
    first, cursor = listed(engine, limit=3)
    assert cursor is not None
    assert (first, listed(engine, limit=3, cursor=cursor)) == (whole[:3], (whole[3:], None))
    assert listed(engine, sort="added_at")[0] == whole[::-1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"publisher": "EXAMPLE TIMES"}, "ba"),
        ({"kind": "wire"}, "c"),
        ({"host": "Times.Example"}, "ba"),
        ({"url": "https://times.example/talks"}, "ba"),
        ({"status": "current"}, "c"),
        ({"status": "waiting"}, "db"),
        ({"status": "replaced"}, "a"),
        ({"published_from": "2031-03-02"}, "cb"),
        ({"published_to": "2031-03-02"}, "ba"),
        ({"published_from": "2031-03-02", "publisher": "Example Times"}, "b"),
        ({"added_from": "2031-03-01T12:02:00Z"}, "dc"),
        ({"added_to": "2031-03-01T12:01:00Z"}, "ba"),
        ({"sort": "-published"}, "cbad"),
        ({"briefing_id": BRIEFING}, "c"),
    ],
)
def test_documents_are_listed_by_what_is_known_of_them(
    engine: Engine, asked: dict[str, Any], found: str
) -> None:
    """Those of a range of days are listed by day."""
    times = {"publisher": "Example Times", "url": "https://times.example/talks"}
    about: list[dict[str, Any]] = [times, times, {"publisher": "Wire", "kind": "wire"}, {}]
    for at, (name, known) in enumerate(zip("abcd", about, strict=True)):
        day = fuzzy_date(f"2031-03-0{at + 1}", "then") if name != "d" else None
        this = info(name, T0 + timedelta(minutes=at))
        source = replace(this.source, published=day, **known)
        add_document(engine, replace(this, source=source), text_of(name), b"")
    save_readout(engine, hexed("c"), readout("c"))
    rebuild(engine, hexed("c"), save(briefing(["c"])))
    assert names(engine, **asked) == found
    assert (
        "".join(names(engine, limit=1, cursor=cursor, **asked) for cursor in cursors(engine, asked)) == found
    )


def cursors(engine: Engine, asked: dict[str, Any]) -> list[str | None]:
    """Of the pages of a list that have one item each."""
    known: list[str | None] = [None]
    while (cursor := listed(engine, limit=1, cursor=known[-1], **asked)[1]) is not None:
        known.append(cursor)
    return known


def test_a_document_under_an_embargo_is_listed_for_some_alone(engine: Engine) -> None:
    held = waiting("a")
    assert held.stated is not None
    soon = datetime.now(UTC) + timedelta(days=1)
    add_document(engine, replace(held, stated=replace(held.stated, embargo=soon)), text_of("a"), b"")
    add_document(engine, waiting("b"), text_of("b"), b"")
    assert (names(engine), names(engine, embargoed=False)) in (("ab", "b"), ("ba", "b"))


def test_a_refused_document_says_why_and_gives_its_place_back(engine: Engine) -> None:
    address = "https://times.example/talks"
    add(engine, "a", url=address)
    add_document(engine, waiting("b", url=address), text_of("b"), b"")
    assert names(engine, status="replaced") == "a"
    refusal = DocumentRefusal(kind="not_found", reason="It is a page that says so.")
    refuse_document(engine, hexed("b"), refusal)
    assert (names(engine, status="current"), names(engine, status="refused")) == ("a", "b")
    assert listed(engine, status="refused")[0][0].refusal == refusal


def test_a_withdrawn_document_is_listed_as_such(engine: Engine) -> None:
    add(engine, "a")
    with writing(engine) as session:
        documents.withdraw_document(session, hexed("a"), T0)
    assert names(engine, status="withdrawn") == "a"
    assert add_document(engine, info("a"), text_of("a"), b"")
    assert names(engine, status="current") == "a"


def test_a_cursor_of_something_else_is_refused(engine: Engine) -> None:
    with pytest.raises(BadCursor, match="not one that this service gave out"):
        listed(engine, limit=3, cursor="nonsense")


def test_the_briefings_that_rest_on_documents(engine: Engine) -> None:
    for name in ("a", "b"):
        add(engine, name)
    rebuild(engine, hexed("a"), save(briefing(["a"])))
    assert briefings_of(engine, [hexed("a"), hexed("b")]) == {hexed("a"): [BRIEFING], hexed("b"): []}

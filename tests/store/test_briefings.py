"""Briefings are served as the bytes of a revision, and listed newest first."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from schemas import Briefing, BriefingSummary
from store import BadCursor
from store.briefings import BriefingRecord, get_briefing, get_revision
from store.paging import Page
from tests.store.asking import page_briefings
from tests.store.invented import (
    BRIEFING,
    T0,
    add,
    briefing,
    conflict,
    deadline,
    delegate,
    delegation,
    negotiation,
    save,
)
from worker.rebuild import rebuild


def saved(engine: Engine, *briefings: Briefing) -> None:
    rebuild(engine, add(engine, "a", None), save(*briefings))


def record(one: Briefing) -> BriefingRecord:
    return BriefingRecord(id=one.id, slug=one.slug, revision=one.revision, body=msgspec.json.encode(one))


def numbered(number: int, **fields: Any) -> Briefing:
    return briefing(id=f"brf_{number:016}", slug=f"round-{number}", **fields)


def ids(page: Page) -> list[str]:
    return [msgspec.json.decode(item, type=BriefingSummary).id for item in page.items]


def test_a_briefing_is_found_by_id_and_by_slug(engine: Engine) -> None:
    saved(engine, briefing())
    assert get_briefing(engine, BRIEFING) == get_briefing(engine, "no-cl") == record(briefing())


def test_every_revision_stays_as_it_was(engine: Engine) -> None:
    first, second = briefing(), briefing(revision=2, slug="no-cl-oslo", title="Salmon and cod")
    saved(engine, first)
    saved(engine, second)
    assert [get_revision(engine, BRIEFING, number) for number in (1, 2, 3)] == [
        record(first),
        record(second),
        None,
    ]
    assert get_briefing(engine, BRIEFING) == record(second)


def test_of_two_briefings_with_one_slug_the_newer_is_found(engine: Engine) -> None:
    older = briefing()
    newer = briefing(id="brf_0000000000000002", created_at=T0 + timedelta(days=1))
    saved(engine, older, newer)
    assert get_briefing(engine, "no-cl") == record(newer)


def test_an_unknown_briefing_is_none(engine: Engine) -> None:
    assert get_briefing(engine, "no-cl") is None
    assert get_revision(engine, BRIEFING, 1) is None


def test_a_list_shows_what_a_briefing_holds(engine: Engine) -> None:
    one = briefing(
        delegations=[delegation("NO", delegate("Ana", "NO"), delegate("Bo", "NO"))],
        deadlines=[deadline("x", "2031-04"), deadline("y", None)],
        conflicts=[conflict("when", "x", "y")],
    )
    saved(engine, one)
    page = page_briefings(engine, limit=10)
    assert page.next_cursor is None
    assert [msgspec.json.decode(item) for item in page.items] == [
        {
            "id": BRIEFING,
            "slug": "no-cl",
            "revision": 1,
            "status": "published",
            "title": "Salmon",
            "negotiation": msgspec.to_builtins(negotiation(["NO", "CL"])),
            "counts": {
                "delegates": 2,
                "stakes": 0,
                "deadlines": 2,
                "figures": 0,
                "statements": 0,
                "events": 0,
                "conflicts": 1,
                "sources": 1,
            },
            "created_at": "2031-03-01T12:00:00Z",
            "updated_at": "2031-03-01T12:00:00Z",
        }
    ]


def test_pages_are_newest_first_and_join_up(engine: Engine) -> None:
    saved(engine, *(numbered(n, created_at=T0 + timedelta(days=n // 2)) for n in range(5)))
    first = page_briefings(engine, limit=2)
    second = page_briefings(engine, limit=2, cursor=first.next_cursor)
    third = page_briefings(engine, limit=2, cursor=second.next_cursor)
    assert [ids(page)[0][-1] + ids(page)[-1][-1] for page in (first, second, third)] == ["43", "21", "00"]
    assert third.next_cursor is None


def test_a_revision_does_not_move_a_briefing_between_pages(engine: Engine) -> None:
    saved(engine, *(numbered(n) for n in range(3)))
    first = page_briefings(engine, limit=2)
    saved(engine, numbered(0, revision=2, updated_at=T0 + timedelta(days=9)))
    assert ids(page_briefings(engine, limit=2, cursor=first.next_cursor)) == ["brf_0000000000000000"]


def test_filters(engine: Engine) -> None:
    saved(
        engine,
        numbered(1, parties=["NO", "CL"]),
        numbered(2, parties=["NO", "EU"], status="draft"),
        numbered(3, parties=["JP", "EU"]),
    )
    assert ids(page_briefings(engine, limit=9, party="NO")) == [
        "brf_0000000000000002",
        "brf_0000000000000001",
    ]
    assert ids(page_briefings(engine, limit=9, party="NO", status="draft")) == ["brf_0000000000000002"]
    assert ids(page_briefings(engine, limit=9, party="US")) == []


def test_a_cursor_goes_with_its_filters(engine: Engine) -> None:
    saved(engine, numbered(1), numbered(2))
    cursor = page_briefings(engine, limit=1, party="NO").next_cursor
    with pytest.raises(BadCursor, match="another collection or to other filters"):
        page_briefings(engine, limit=1, party="CL", cursor=cursor)

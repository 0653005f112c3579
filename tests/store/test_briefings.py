"""Briefings are served as the bytes of a revision, listed newest first, and found as rounds of the same sides."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from pipeline.briefings.rounds import day_of
from schemas import Briefing, BriefingSummary, fuzzy_date
from schemas.queries import NegotiationQuery
from store import BadCursor
from store.briefings import BriefingRecord, Rounds, get_briefing, get_revision, list_rounds, rounds_between
from store.paging import Page
from tests.store.asking import page_briefings
from tests.store.invented import (
    BRIEFING,
    T0,
    ByParties,
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
            "note": None,
            "title": "Salmon",
            "headline": None,
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


class Placed(ByParties):
    """Rounds are placed in time by the day on which they start."""

    def day_of_briefing(self, briefing: Briefing) -> date | None:
        return day_of(briefing.negotiation.start)


TODAY = date(2031, 3, 20)


def held(number: int, day: str | None, changed: int = 0, **fields: Any) -> Briefing:
    talks = negotiation(fields.get("parties", ("NO", "CL")))
    start = fuzzy_date(day, "then") if day else None
    id = f"brf_{number:016}"
    due = [replace(one, briefing_id=id) for one in fields.pop("deadlines", [])]
    return numbered(
        number,
        negotiation=replace(talks, start=start),
        updated_at=T0 + timedelta(days=changed),
        deadlines=due,
        **fields,
    )


def listed(engine: Engine, party: str | None = None) -> list[Rounds]:
    return list_rounds(engine, NegotiationQuery(party=party), TODAY)[0]


def place(engine: Engine, *briefings: Briefing) -> None:
    rebuild(engine, add(engine, "a", None), Placed(answer=briefings))


def test_rounds_between_the_same_sides_are_one_negotiation(engine: Engine) -> None:
    place(
        engine,
        held(
            1,
            "2031-02-01",
            changed=5,
            deadlines=[deadline("Sign", "2031-04-02"), deadline("Met", "2031-03-01")],
        ),
        held(2, "2031-03-10", parties=("CL", "NO"), deadlines=[deadline("Review", "2031-04-01")]),
        held(3, None, deadlines=[replace(deadline("Over", "2031-03-25"), status="superseded")]),
        held(4, "2031-05-01", status="withdrawn"),
        held(5, "2031-03-01", parties=("NO", "JP"), changed=1),
    )
    two, one = listed(engine)
    assert (two.sides, two.count, two.updated_at) == ("CL+NO", 3, T0 + timedelta(days=5))
    assert msgspec.json.decode(two.latest, type=BriefingSummary).id == "brf_0000000000000002"
    assert two.next_deadline and msgspec.json.decode(two.next_deadline)["what"] == "Review"
    assert (one.sides, one.count, one.next_deadline) == ("JP+NO", 1, None)
    assert [each.sides for each in listed(engine, party="JP")] == ["JP+NO"]
    bodies, left_out = rounds_between(engine, "CL+NO")
    assert left_out == 0
    assert [msgspec.json.decode(body, type=Briefing).id[-1] for body in bodies] == ["1", "2", "3"]
    assert rounds_between(engine, "CL+JP") == ([], 0)


def test_what_falls_due_next_follows_the_rounds(engine: Engine) -> None:
    def next_one() -> str | None:
        told = listed(engine)[0].next_deadline
        return msgspec.json.decode(told)["what"] if told else None

    first = held(1, "2031-02-01", deadlines=[deadline("Sign", "2031-04-02")])
    place(engine, first, held(2, "2031-03-10", deadlines=[deadline("Review", "2031-04-01")]))
    assert next_one() == "Review"
    met = replace(deadline("Review", "2031-04-01"), status="met")
    second = held(2, "2031-03-10", revision=2, deadlines=[met])
    place(engine, first, second)
    assert next_one() == "Sign"
    place(engine, held(1, "2031-02-01", revision=2, status="withdrawn"), second)
    assert next_one() is None


def test_of_very_many_rounds_the_last_are_told(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.briefings._MOST_ROUNDS", 2)
    place(engine, held(1, "2031-02-01"), held(2, None), held(3, "2031-03-01"), held(4, "2031-04-01"))
    bodies, left_out = rounds_between(engine, "CL+NO")
    assert [msgspec.json.decode(body, type=Briefing).id[-1] for body in bodies] == ["3", "4"]
    assert left_out == 2


def test_pages_of_negotiations_join_up(engine: Engine) -> None:
    others = ("CL", "EU", "IN", "JP", "US")
    place(engine, *(held(n, None, changed=n // 2, parties=("NO", side)) for n, side in enumerate(others)))
    seen: list[str] = []
    asked = NegotiationQuery(limit=2)
    while True:
        page, cursor = list_rounds(engine, asked, TODAY)
        seen += [one.sides for one in page]
        if cursor is None:
            break
        asked = replace(asked, cursor=cursor)
    assert seen == ["NO+US", "JP+NO", "IN+NO", "EU+NO", "CL+NO"]
    with pytest.raises(BadCursor):
        list_rounds(engine, replace(asked, party="NO"), TODAY)

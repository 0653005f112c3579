"""Facts are found across briefings, by filters, in an order that paging keeps."""

from collections.abc import Sequence

import msgspec
import pytest
from sqlalchemy import Engine

from schemas import Briefing
from store.facts import BadFilter, page_facts
from store.paging import BadCursor, Page
from store.rounds import rebuild
from tests.store.invented import (
    BRIEFING,
    add,
    briefing,
    conflict,
    deadline,
    delegate,
    delegation,
    event,
    figure,
    save,
    stake,
    statement,
)

FULL = briefing(
    delegations=[delegation("NO", delegate("Ana", "NO")), delegation("CL", delegate("Bo", "CL"))],
    stakes=[stake("duties", "tariffs"), stake("boats", "subsidies")],
    deadlines=[
        deadline("undated", None),
        deadline("autumn", "2031-09/2031-11", kind="review"),
        deadline("spring", "2031-04-01"),
        deadline("open", "2031-05/.."),
    ],
    figures=[figure("15 per cent", 15.0, "%"), figure("$2m", 2e6, "USD", "trade_value")],
    statements=[
        statement("We will sign.", "Ana", "NO"),
        statement("It is hard.", "Bo", "CL", direct=False),
        statement("Nothing yet.", "a spokesperson", None, direct=False),
    ],
    events=[event("dinner", None), event("opening", "2031-03-14")],
    conflicts=[conflict("when", "spring", "autumn")],
)


@pytest.fixture(autouse=True)
def full(engine: Engine) -> None:
    put(engine, FULL)


def put(engine: Engine, *briefings: Briefing) -> None:
    rebuild(engine, add(engine, "a", None), save(*briefings))


def names(page: Page) -> list[str]:
    """What each fact is called in this file."""
    found = [msgspec.json.decode(item) for item in page.items]
    return [one.get("what") or one.get("name") or one.get("summary") or one.get("text") for one in found]


def test_facts_are_served_as_they_stand_in_the_briefing(engine: Engine) -> None:
    expected: dict[str, Sequence[object]] = {
        "stake": FULL.stakes,
        "figure": FULL.figures,
        "statement": FULL.statements,
        "conflict": FULL.conflicts,
    }
    for kind, facts in expected.items():
        page = page_facts(engine, kind, limit=10)
        assert page == Page(items=[msgspec.json.encode(fact) for fact in facts], next_cursor=None)


def test_delegates_of_all_sides(engine: Engine) -> None:
    assert names(page_facts(engine, "delegate", limit=10)) == ["Ana", "Bo"]


def test_deadlines_and_events_come_earliest_first_and_undated_ones_last(engine: Engine) -> None:
    assert names(page_facts(engine, "deadline", limit=10)) == ["spring", "open", "autumn", "undated"]
    assert names(page_facts(engine, "event", limit=10)) == ["opening", "dinner"]


@pytest.mark.parametrize(
    ("kind", "filters", "expected"),
    [
        ("deadline", {"date_from": "2031-09-15"}, ["open", "autumn"]),
        ("deadline", {"date_to": "2031-09-01"}, ["spring", "open", "autumn"]),
        ("deadline", {"date_from": "2031-04-01", "date_to": "2031-04-01"}, ["spring"]),
        ("event", {"date_to": "2031-03-13"}, []),
        ("deadline", {"kind": "review", "status": "pending"}, ["autumn"]),
        ("deadline", {"party": "CL"}, ["spring", "open", "autumn", "undated"]),
        ("deadline", {"party": "JP"}, []),
        ("delegate", {"party": "CL"}, ["Bo"]),
        ("stake", {"topic": "subsidies"}, ["boats"]),
        ("statement", {"speaker": "Ana"}, ["We will sign."]),
        ("statement", {"direct": "false"}, ["It is hard.", "Nothing yet."]),
        ("statement", {"party": "NO", "direct": "true"}, ["We will sign."]),
        ("statement", {"certainty": "disputed"}, []),
        ("statement", {"briefing_id": "brf_0000000000000009"}, []),
    ],
)
def test_filters(engine: Engine, kind: str, filters: dict[str, str], expected: list[str]) -> None:
    assert names(page_facts(engine, kind, limit=10, filters=filters)) == expected


def test_figures_by_measure_and_unit(engine: Engine) -> None:
    page = page_facts(engine, "figure", limit=10, filters={"measure": "trade_value", "unit": "USD"})
    assert page.items == [msgspec.json.encode(FULL.figures[1])]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"colour": "red"}, "colour: there is no such filter"),
        ({"direct": "yes"}, "direct: it is true or false"),
        ({"date_from": "2031-02-30"}, "date_from: '2031-02-30' is not a day like 2031-03-14"),
        ({"date_to": "20310314"}, "date_to: '20310314' is not a day like 2031-03-14"),
    ],
)
def test_bad_filters_are_named(engine: Engine, filters: dict[str, str], message: str) -> None:
    with pytest.raises(BadFilter) as error:
        page_facts(engine, "statement", limit=1, filters=filters)
    assert str(error.value) == message


def test_pages_join_up(engine: Engine) -> None:
    one = page_facts(engine, "deadline", limit=2)
    two = page_facts(engine, "deadline", limit=2, cursor=one.next_cursor)
    assert (names(one), names(two), two.next_cursor) == (["spring", "open"], ["autumn", "undated"], None)


def test_a_new_revision_neither_repeats_nor_hides_a_fact_between_pages(engine: Engine) -> None:
    one = page_facts(engine, "stake", limit=1)
    put(engine, briefing(revision=2, stakes=[stake("fish", "other"), stake("boats", "subsidies")]))
    two = page_facts(engine, "stake", limit=9, cursor=one.next_cursor)
    assert (names(one), names(two)) == (["duties"], ["boats", "fish"])


@pytest.mark.parametrize("kind", ["event", "stake"])
def test_a_cursor_of_another_collection_is_refused(engine: Engine, kind: str) -> None:
    cursor = page_facts(engine, "deadline", limit=1).next_cursor
    with pytest.raises(BadCursor, match="another collection or to other filters"):
        page_facts(engine, kind, limit=1, cursor=cursor)


def test_facts_of_an_older_revision_are_not_found(engine: Engine) -> None:
    put(engine, briefing(revision=2, stakes=[stake("boats", "tariffs")]))
    assert names(page_facts(engine, "stake", limit=9, filters={"briefing_id": BRIEFING})) == ["boats"]
    assert names(page_facts(engine, "deadline", limit=9)) == []

"""Facts are found across briefings, by filters, in an order that paging keeps."""

import random
import re
import threading
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.event import listens_for

from schemas import Briefing, Cause, Deadline, fuzzy_date
from store import BadCursor
from store.engine import connect, writing
from store.facts import get_fact
from store.paging import Page
from store.rebuild import save_briefing as save_briefing
from store.tables import BriefingRow
from tests.store.asking import page_facts
from tests.store.invented import (
    BRIEFING,
    T0,
    add,
    briefing,
    conflict,
    deadline,
    delegate,
    delegation,
    event,
    figure,
    hexed,
    save,
    stake,
    statement,
)
from worker.rebuild import rebuild

CAUSE = Cause(kind="added", document_ids=[], reason=None)
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
    words = ("what", "name", "summary", "text", "as_written", "about")
    return [next(one[word] for word in words if word in one) for one in found]


def test_facts_are_served_as_they_stand_in_the_briefing(engine: Engine) -> None:
    expected: dict[str, Sequence[object]] = {
        "stake": FULL.stakes,
        "figure": FULL.figures,
        "statement": FULL.statements,
        "conflict": FULL.conflicts,
    }
    for kind, facts in expected.items():
        page = page_facts(engine, kind, limit=10)
        assert (page.items, page.next_cursor) == ([msgspec.json.encode(fact) for fact in facts], None)


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
        ("stake", {"document_id": hexed("a"), "party": "NO"}, ["duties", "boats"]),
        ("stake", {"document_id": hexed("b")}, []),
        ("stake", {"min_origins": "2"}, []),
        ("stake", {"min_origins": "1", "topic": "tariffs"}, ["duties"]),
        ("stake", {"updated_since": "2031-03-01T12:00:00+00:00"}, ["duties", "boats"]),
        ("stake", {"updated_since": "2031-03-01T12:00:01Z"}, []),
        ("figure", {"value_min": "15"}, ["15 per cent", "$2m"]),
        ("figure", {"value_min": "15.01"}, ["$2m"]),
        ("figure", {"value_max": "100", "unit": "%"}, ["15 per cent"]),
        ("figure", {"value_min": "16", "value_max": "1e5"}, []),
        ("conflict", {"kind": "value", "party": "CL", "document_id": hexed("a")}, ["when"]),
    ],
)
def test_filters(engine: Engine, kind: str, filters: dict[str, str], expected: list[str]) -> None:
    assert names(page_facts(engine, kind, limit=10, filters=filters)) == expected


def test_figures_by_measure_and_unit(engine: Engine) -> None:
    page = page_facts(engine, "figure", limit=10, filters={"measure": "trade_value", "unit": "USD"})
    assert page.items == [msgspec.json.encode(FULL.figures[1])]


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


@pytest.mark.parametrize(
    ("kind", "sort", "expected"),
    [
        ("deadline", "date", ["spring", "open", "autumn", "undated"]),
        ("deadline", "-date", ["autumn", "open", "spring", "undated"]),
        ("figure", "value", ["15 per cent", "$2m"]),
        ("figure", "-value", ["$2m", "15 per cent"]),
        ("stake", "updated_at", ["duties", "boats"]),
        ("stake", "-updated_at", ["boats", "duties"]),
        ("stake", "origins", ["duties", "boats"]),
        ("stake", "-origins", ["boats", "duties"]),
    ],
)
def test_orders(engine: Engine, kind: str, sort: str, expected: list[str]) -> None:
    assert names(page_facts(engine, kind, limit=10, sort=sort)) == expected
    assert paged(engine, kind, limit=1, sort=sort) == expected


def test_a_list_that_is_cut_to_a_range_is_in_order_of_what_is_ranged(engine: Engine) -> None:
    later = figure("$1m", 1e6, "USD")
    put(engine, replace(FULL, revision=2, updated_at=T0 + timedelta(days=1), figures=[*FULL.figures, later]))
    assert names(page_facts(engine, "figure", limit=9)) == ["15 per cent", "$2m", "$1m"]
    assert names(page_facts(engine, "figure", limit=9, filters={"value_min": "100"})) == ["$1m", "$2m"]
    assert paged(engine, "figure", limit=1, filters={"value_min": "100"}) == ["$1m", "$2m"]
    since = {"updated_since": "2031-03-02T00:00:00Z"}
    assert names(page_facts(engine, "figure", limit=9, filters=since)) == ["$1m"]
    assert (
        names(page_facts(engine, "figure", limit=9, filters={"value_min": "1"}, sort="-updated_at"))[0]
        == "$1m"
    )


def test_a_cursor_goes_with_its_order(engine: Engine) -> None:
    cursor = page_facts(engine, "deadline", limit=1).next_cursor
    assert page_facts(engine, "deadline", limit=1, sort="date", cursor=cursor).items
    with pytest.raises(BadCursor, match="another order"):
        page_facts(engine, "deadline", limit=1, sort="-date", cursor=cursor)


DATES = st.one_of(
    st.none(),
    st.dates(date(2030, 6, 1), date(2032, 6, 1)).map(str),
    st.sampled_from(
        [
            "2031",
            "2031-03",
            "2031-04",
            "2032-01",
            "2031-02/..",
            "../2031-05",
            "2020/2040",
            "2031-01-30/2031-02-02",
        ]
    ),
)
DAYS = st.one_of(st.none(), st.dates(date(2030, 12, 1), date(2032, 2, 1)))


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    dates=st.lists(DATES, max_size=30),
    asked=st.lists(
        st.tuples(DAYS, DAYS, st.booleans(), st.booleans(), st.integers(1, 7)), min_size=1, max_size=8
    ),
)
def test_dates_are_found_and_sorted_as_their_bounds_say(
    engine: Engine, dates: list[str | None], asked: list[tuple[date | None, date | None, bool, bool, int]]
) -> None:
    facts = [deadline(f"{place} {when}", when) for place, when in enumerate(dates)]
    facts += [replace(deadline("no day told", None), date=None)] * bool(dates)
    with writing(engine) as session:
        before = session.get_one(BriefingRow, BRIEFING).revision
        save_briefing(session, replace(FULL, revision=before + 1, deadlines=facts), CAUSE, None, [])
    for start, end, backwards, by_party, limit in asked:
        filters = {"date_from": start, "date_to": end, "party": "NO" if by_party else None}
        given = {name: str(value) for name, value in filters.items() if value is not None}
        sort = "-date" if backwards else "date"
        wanted = [one for one in facts if reaches(one, start, end)]
        found = paged(engine, "deadline", limit=limit, filters=given, sort=sort)
        assert sorted(found) == sorted(one.what for one in wanted)
        days = {
            one.what: (last or first) if backwards else (first or last)
            for one in facts
            for first, last in [bounds_of(one)]
        }
        order = [days[name] for name in found]
        dated = [day for day in order if day is not None]
        assert dated == sorted(dated, reverse=backwards) and order[: len(dated)] == dated


def bounds_of(one: Deadline) -> tuple[str | None, str | None]:
    return (one.date.earliest, one.date.latest) if one.date else (None, None)


def reaches(one: Deadline, start: date | None, end: date | None) -> bool:
    """Whether a date can be in a range of days, by its definition."""
    earliest, latest = bounds_of(one)
    if earliest is None and latest is None:
        return start is None and end is None
    return (start is None or latest is None or latest >= str(start)) and (
        end is None or earliest is None or earliest <= str(end)
    )


def paged(engine: Engine, kind: str, **asked: Any) -> list[str]:
    """Everything that pages of this size give, one after another."""
    found, cursor = [], None
    while True:
        page = page_facts(engine, kind, cursor=cursor, **asked)
        found += names(page)
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("sort", ["date", "-date", "updated_at", "-origins"])
def test_pages_read_while_facts_come_and_go(engine: Engine, database_url: str, sort: str) -> None:
    """Nothing twice, and nothing missing that was there all the time."""
    lasting = [deadline(f"lasting {n}", f"2031-{n % 12 + 1:02}-10" if n % 5 else None) for n in range(40)]
    put(engine, replace(FULL, revision=2, deadlines=lasting))
    stop = threading.Event()

    def churn() -> None:
        chance, other = random.Random(3), connect(database_url)
        for revision in count(3):
            if stop.is_set():
                break
            passing = [
                deadline(
                    f"passing {chance.randrange(60)}",
                    f"2031-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
                )
            ]
            facts = chance.sample([*lasting, *passing], len(lasting) + 1)
            with writing(other) as session:
                save_briefing(session, replace(FULL, revision=revision, deadlines=facts), CAUSE, None, [])
        other.dispose()

    writer = threading.Thread(target=churn)
    writer.start()
    try:
        for _ in range(8):
            found = paged(engine, "deadline", limit=3, sort=sort)
            assert len(found) == len(set(found))
            assert {one.what for one in lasting} <= set(found)
    finally:
        stop.set()
        writer.join()


def test_several_values_find_what_fits_any_of_them_once_and_in_order(engine: Engine) -> None:
    """Both parties sit at the table, and no fact comes twice."""
    both = {"party": "NO,CL", "kind": "review,signing"}
    assert names(page_facts(engine, "deadline", both, limit=10)) == ["spring", "open", "autumn", "undated"]
    assert names(page_facts(engine, "deadline", {**both, "kind": "review,other"}, limit=10)) == ["autumn"]
    assert names(page_facts(engine, "stake", {"topic": "subsidies,tariffs"}, limit=10)) == ["duties", "boats"]
    first = page_facts(engine, "deadline", both, limit=2)
    rest = page_facts(engine, "deadline", both, limit=2, cursor=first.next_cursor)
    assert names(first) + names(rest) == ["spring", "open", "autumn", "undated"]


def test_figures_are_found_by_who_imposes_them_on_whom_and_from_when(engine: Engine) -> None:
    duty = replace(
        figure("20 per cent", 20.0, "%"),
        imposed_by="NO",
        applies_to=["CL", "FJ"],
        effective=fuzzy_date("2031-07-01", "1 July 2031"),
        salience=0.9,
    )
    put(engine, replace(FULL, revision=2, figures=[*FULL.figures, duty]))
    wanted: list[dict[str, str]] = [
        {"imposed_by": "NO,US"},
        {"applies_to": "FJ"},
        {"applies_to": "CL", "party": "CL,NO", "imposed_by": "NO"},
        {"effective_from": "2031-07-01", "effective_to": "2031-07-01"},
        {"min_salience": "0.5"},
    ]
    for filters in wanted:
        assert names(page_facts(engine, "figure", filters, limit=10)) == ["20 per cent"]
    for filters in ({"imposed_by": "CL"}, {"applies_to": "NO"}, {"effective_from": "2031-07-02"}):
        assert names(page_facts(engine, "figure", filters, limit=10)) == []


def plan_of(engine: Engine, kind: str, filters: dict[str, str]) -> list[Any]:
    """The steps by which SQLite finds a page."""
    asked: list[tuple[str, Any]] = []

    @listens_for(engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    page_facts(engine, kind, filters, limit=10)
    statement, parameters = asked[-1]
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))


def begins_at(engine: Engine, kind: str, filters: dict[str, str]) -> list[str]:
    """The indexes in which SQLite begins to look for the places of facts on a page."""
    there: set[int] = set()
    found = []
    for step in plan_of(engine, kind, filters):
        if "CORRELATED" in step.detail or step.parent in there:
            there.add(step.id)  # what is looked up of each place
        elif index := re.match(r"SEARCH \w+ USING (?:COVERING )?INDEX (\w+)", step.detail):
            found.append(index[1])
    return list(dict.fromkeys(found))


LINKS, OWN = "sqlite_autoindex_fact_links_1", "sqlite_autoindex_facts_1"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "filters", "index"),
    [
        ("statement", {"party": "NO", "proof": "full"}, "ix_facts_party"),
        ("statement", {"party": "NO", "certainty": "reported"}, "ix_facts_party"),
        ("statement", {"speaker": "Ana", "proof": "full"}, "ix_facts_speaker"),
        ("figure", {"measure": "share", "status": "actual"}, "ix_facts_word"),
        ("figure", {"certainty": "reported", "proof": "full"}, "ix_facts_certainty"),
        ("deadline", {"party": "NO", "proof": "full"}, LINKS),
        ("deadline", {"party": "NO", "min_salience": "0.1"}, "ix_facts_salience"),
        ("deadline", {"party": "NO", "min_salience": "0.1", "sort": "date"}, LINKS),
        ("deadline", {"min_origins": "1", "sort": "date"}, "ix_facts_order"),
        ("figure", {"imposed_by": "NO", "applies_to": "CL"}, "ix_facts_imposed_by"),
        ("figure", {"effective_from": "2031-01-01", "party": "NO"}, "ix_facts_begins"),
        ("figure", {"unit": "%", "value_min": "1"}, "ix_facts_unit_value"),
        ("figure", {"unit": "%", "sort": "salience"}, "ix_facts_salience"),
        ("stake", {"topic": "tariffs", "min_salience": "0.5"}, "ix_facts_salience"),
        ("stake", {"topic": "tariffs", "proof": "full"}, "ix_facts_topic"),
    ],
)
def test_a_list_walks_along_what_chooses_most_in_its_order(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, kind: str, filters: dict[str, str], index: str
) -> None:
    for name in ("store.paging.FEW", "store.facts._FEW_ALONG"):  # many fit each filter
        monkeypatch.setattr(name, 0)
    assert begins_at(engine, kind, filters) == [index]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sort", ["-salience", "-origins", "-updated_at", "-value", "-date"])
def test_no_fact_is_read_to_learn_that_it_is_of_no_such_table(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr("store.paging.FEW", 0)
    steps = [step.detail for step in plan_of(engine, "figure", {"party": "NO", "sort": sort})]
    walked = next(one for one in steps if one.startswith("SEARCH facts"))
    assert "USING COVERING INDEX ix_facts_" in walked, steps


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "filters", "index"),
    [
        ("deadline", {"briefing_id": BRIEFING}, OWN),
        ("deadline", {"briefing_id": BRIEFING, "party": "NO", "sort": "-salience"}, OWN),
        ("stake", {"party": "US", "min_salience": "0"}, LINKS),
        ("stake", {"party": "US,JP", "sort": "-origins"}, LINKS),
        ("stake", {"topic": "sanctions", "party": "NO", "sort": "salience"}, "ix_facts_topic"),
        ("stake", {"document_id": hexed("b"), "sort": "updated_at"}, LINKS),
        ("statement", {"certainty": "disputed", "proof": "full"}, "ix_facts_certainty"),
        ("figure", {"min_origins": "9", "sort": "-date"}, "ix_facts_origins"),
        ("figure", {"effective_from": "2031-01-01", "proof": "full"}, "ix_facts_begins"),
        ("conflict", {"party": "US", "updated_since": "2031-01-01T00:00:00Z"}, LINKS),
    ],
)
def test_the_few_that_fit_a_filter_are_looked_through(
    engine: Engine, kind: str, filters: dict[str, str], index: str
) -> None:
    assert begins_at(engine, kind, filters)[0] == index


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("few", [0, 100])
def test_links_in_the_order_of_a_list_lead_whether_they_are_walked_or_looked_through(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("store.facts._FEW_ALONG", few)
    filters = {"party": "NO", "min_salience": "0", "sort": "date"}
    assert begins_at(engine, "deadline", filters)[0] == LINKS
    assert names(page_facts(engine, "deadline", filters, limit=10)) == ["spring", "open", "autumn", "undated"]


@pytest.mark.parametrize("many", [0, 1_000])
def test_a_list_is_the_same_whether_few_or_many_fit(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("store.paging.FEW", many)
    for sort, expected in [
        ("date", ["spring", "open", "autumn", "undated"]),
        ("-date", ["autumn", "open", "spring", "undated"]),
        ("salience", ["undated", "autumn", "spring", "open"]),
    ]:
        filters = {"party": "CL,NO", "proof": "full", "sort": sort}
        first = page_facts(engine, "deadline", filters, limit=2)
        rest = page_facts(engine, "deadline", filters, limit=2, cursor=first.next_cursor)
        assert (names(first) + names(rest), rest.next_cursor) == (expected, None)


def test_a_page_tells_the_sources_of_its_facts_and_a_fact_its_own(engine: Engine) -> None:
    sources = msgspec.json.decode(msgspec.json.encode(page_facts(engine, "deadline", limit=1).sources))
    [source] = sources.values()
    assert source.keys() == {"title", "publisher", "url", "published"}
    [deadline_id, *_] = [
        msgspec.json.decode(item)["id"] for item in page_facts(engine, "deadline", limit=1).items
    ]
    found = get_fact(engine, deadline_id)
    assert found is not None
    assert (found.kind, msgspec.json.decode(found.sources)) == ("deadline", sources)
    assert get_fact(engine, "fct_ffffffffffffffff") is None
    assert page_facts(engine, "conflict", limit=1).sources is None

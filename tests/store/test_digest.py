"""What a digest is made of is the same whichever way it is looked for."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import product

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from schemas import Cause
from schemas.fact_queries import CalendarQuery
from schemas.queries import FeedQuery
from store import search as searching
from store.briefings import page_briefings
from store.digest import Changed, changed_since, deadlines_ahead
from store.engine import writing
from store.facts import page_facts
from store.rebuild import save_briefing, withdrawn
from tests.store.invented import T0, add, briefing, deadline, stake

CAUSE = Cause(kind="added", document_ids=[], reason=None)
SALMON, BEEF, GONE = (f"brf_000000000000000{number}" for number in range(3))
WAYS = ("listed", "one by one")


@pytest.fixture(params=product(WAYS, WAYS), ids=" and ".join)
def filled(request: pytest.FixtureRequest, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Two briefings, and one that was withdrawn; words and topics are looked for in this way and that."""
    words, topics = request.param
    if words == "one by one":
        monkeypatch.setattr(searching, "_is_everywhere", lambda *_: True)
    if topics == "one by one":
        monkeypatch.setattr("store.paging.FEW", 0)
    add(engine, "a")
    for hour, (id, what, topic) in enumerate(
        [
            (SALMON, "Duty on salmon ends", "tariffs"),
            (BEEF, "Quota of beef ends", "quotas"),
            (GONE, "Tea", "services"),
        ]
    ):
        one = briefing(
            id=id,
            slug=f"talks-{hour}",
            updated_at=T0 + timedelta(hours=hour),
            stakes=[replace(stake(f"{what} at last", topic), briefing_id=id)],
            deadlines=[deadline(what, "2031-04-01", briefing=id)],
        )
        with writing(engine) as session:
            save_briefing(session, one, CAUSE, None, [])
            if id == GONE:
                gone = replace(withdrawn(one), updated_at=one.updated_at)
                save_briefing(session, gone, CAUSE, None, [])
    return engine


def changed(
    engine: Engine, *topics: str, parties: Sequence[str] = (), words: str | None = None, limit: int = 20
) -> Changed:
    since = T0 - timedelta(days=1)
    return changed_since(engine, since, parties=parties, topics=topics, words=words, limit=limit)


def test_of_what_was_withdrawn_nobody_knows_what_it_was_about(filled: Engine) -> None:
    assert changed(filled).ids == [GONE, BEEF, SALMON]
    assert changed(filled, "tariffs").ids == [GONE, SALMON]
    assert changed(filled, words="beef").ids == [GONE, BEEF]
    assert changed(filled, "tariffs", words="beef").ids == [GONE]
    assert changed(filled, words="of the").ids == changed(filled, words="absent").ids == [GONE]


def test_what_changed_is_told_to_those_who_sat_at_the_table(filled: Engine) -> None:
    assert (
        changed(filled, parties=["CL", "FJ"]).ids
        == changed(filled, parties=["NO", "CL"]).ids
        == [GONE, BEEF, SALMON]
    )
    assert changed(filled, "tariffs", parties=["NO"]).ids == [GONE, SALMON]
    assert changed(filled, "tariffs", parties=["FJ"]).ids == []


def test_what_is_left_out_is_counted(filled: Engine) -> None:
    some = changed(filled, words="ends", limit=2)
    assert (some.ids, some.left_out) == ([GONE, BEEF], 1)
    assert changed(filled, words="ends").until == some.until


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ends", [SALMON, BEEF]),
        ("salmon duty", [SALMON]),
        ('"salmon duty"', []),
        ('"duty on salmon"', [SALMON]),
        ("?", []),
    ],
)
def test_lists_find_words_in_any_part_of_a_briefing(filled: Engine, words: str, found: list[str]) -> None:
    deadlines = deadlines_ahead(filled, T0.date(), None, parties=[], topics=[], words=words, limit=20)
    listed = page_facts(filled, "deadline", CalendarQuery(q=words))
    heaviest = page_facts(filled, "deadline", CalendarQuery(q=words, sort="-salience"))
    assert len(deadlines.items) == len(listed.items) == len(heaviest.items) == len(found)
    told = b"".join(page_briefings(filled, FeedQuery(q=words)).items)
    assert [id for id in (SALMON, BEEF, GONE) if id.encode() in told] == found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_words_that_most_have_are_looked_for_in_each(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    add(engine, "a")
    with writing(engine) as session:
        save_briefing(session, briefing(deadlines=[deadline("Duty ends", "2031-04-01")]), CAUSE, None, [])
        for name, value in (("_EVERY", 1), ("_WALKED", 1), ("_LISTED", 0)):
            monkeypatch.setattr(searching, name, value)
        assert "words" in searching.words_filter(session, "salmon")
        assert searching.words_filter(session, "absent") == {"q": []}

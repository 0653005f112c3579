"""What editors decide about facts, on both databases: it holds or is flagged, whatever comes after."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from schemas import Briefing, ReviewFact, ReviewRecord
from store.engine import connect
from store.facts import get_fact
from store.reviews import page_reviews
from tests.worker.rounds_archive import bring, current, documents
from worker.decisions import merge_briefings, split_briefing, withdraw
from worker.reviews import review_fact

DOCUMENTS = documents()


@pytest.fixture
def engine(database_url: str) -> Any:
    engine = connect(database_url)
    yield engine
    engine.dispose()


def only(engine: Engine) -> Briefing:
    [briefing] = [one for one in current(engine) if one.status == "published"]
    return briefing


def figure(engine: Engine, words: str) -> str:
    [found] = [one.id for one in only(engine).figures if one.as_written == words]
    return found


def decide(engine: Engine, fact_id: str, verdict: Any, **values: Any) -> Any:
    asked = ReviewFact(verdict=verdict, values=values, reason="The ministry says so.")
    fact = review_fact(engine, fact_id, asked, by="desk", is_current=lambda _: True)
    return msgspec.json.decode(fact.body) if fact else None


def records(engine: Engine, briefing_id: str) -> list[ReviewRecord]:
    page = page_reviews(engine, briefing_id, limit=100)
    return [msgspec.json.decode(item, type=ReviewRecord) for item in page.items]


def standings(engine: Engine, briefing_id: str) -> list[tuple[str, str]]:
    return [(one.decision.verdict, one.standing) for one in records(engine, briefing_id)]


def test_a_corrected_quantity_stands_with_the_machines_beside_it(engine: Engine) -> None:
    bring(engine, DOCUMENTS["oslo"])
    id = figure(engine, "6%")
    told = decide(engine, id, "corrected", value=7)
    assert (told["value"], told["as_written"]) == (7.0, "7%")
    assert {one["field"]: (one["machine"], one["editor"]) for one in told["review"]["corrections"]}[
        "as_written"
    ] == ("6%", "7%")
    assert (told["review"]["by"], told["review"]["note"]) == ("desk", "The ministry says so.")
    print([one.text for one in only(engine).summary], only(engine).headline)
    assert standings(engine, only(engine).id) == [("corrected", "holds")]


def test_a_correction_holds_when_another_document_tells_the_same(engine: Engine) -> None:
    bring(engine, DOCUMENTS["oslo"])
    id = figure(engine, "6%")
    decide(engine, id, "corrected", value=7)
    bring(engine, DOCUMENTS["rewrite"])
    assert [one.value for one in only(engine).figures] == [7.0]
    assert figure(engine, "7%") == id
    assert standings(engine, only(engine).id) == [("corrected", "holds")]


def test_a_rejected_fact_is_left_out_and_still_there_to_be_seen(engine: Engine) -> None:
    bring(engine, DOCUMENTS["oslo"])
    id = figure(engine, "6%")
    decide(engine, id, "rejected")
    assert only(engine).figures == []
    bring(engine, DOCUMENTS["rewrite"])
    assert only(engine).figures == []
    left_out = get_fact(engine, id)
    assert left_out is not None
    body = msgspec.json.decode(left_out.body)
    assert (body["review"]["verdict"], len(body["evidence"])) == ("rejected", 2)
    back = decide(engine, id, "accepted")
    assert (back["id"], back["value"], figure(engine, "6%")) == (id, 6.0, id)
    assert standings(engine, only(engine).id) == [("accepted", "holds"), ("rejected", "replaced")]


def test_to_confirm_a_corrected_fact_gives_the_machines_values_back(engine: Engine) -> None:
    bring(engine, DOCUMENTS["oslo"])
    id = figure(engine, "6%")
    decide(engine, id, "corrected", value=7)
    told = decide(engine, id, "accepted")
    assert (told["value"], told["as_written"], told["review"]["corrections"]) == (6.0, "6%", [])


def test_a_decision_goes_with_its_document_into_another_briefing_and_back(engine: Engine) -> None:
    for name in ("oslo", "other view"):
        bring(engine, DOCUMENTS[name])
    home = only(engine)
    decide(engine, figure(engine, "6%"), "corrected", value=7)
    split_briefing(engine, home.id, [DOCUMENTS["oslo"].id], by="desk", reason="another round")
    figures = {one.value for briefing in current(engine) for one in briefing.figures}
    assert figures == {7.0, 4.0}
    [new] = {one.id for one in current(engine)} - {home.id}
    assert standings(engine, new) == [("corrected", "holds")]
    assert standings(engine, home.id) == [("corrected", "holds")]
    merge_briefings(engine, home.id, [new], by="desk", reason="one round")
    assert {one.value for one in only(engine).figures} == {7.0, 4.0}


def test_a_decision_about_what_no_document_tells_any_more_waits_for_it(engine: Engine) -> None:
    for name in ("oslo", "other view"):
        bring(engine, DOCUMENTS[name])
    home = only(engine)
    decide(engine, figure(engine, "6%"), "corrected", value=7)
    withdraw(engine, DOCUMENTS["oslo"].id)
    assert standings(engine, home.id) == [("corrected", "without_fact")]
    bring(engine, DOCUMENTS["oslo"])
    assert standings(engine, home.id) == [("corrected", "holds")]

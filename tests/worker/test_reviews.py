"""What editors decide about facts and conflicts, on both databases: it holds or is flagged, whatever comes after."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.documents.read import read
from pipeline.extraction.by_hand import NotProven, proposal_of, proven_by_hand
from schemas import (
    AddFact,
    Briefing,
    Conflict,
    EditedSentence,
    EditText,
    PinFacts,
    QuotedEvidence,
    ReviewFact,
    ReviewRecord,
    SettleConflict,
    own_documents,
)
from schemas.kinds import BY_NAME
from store.documents import save_readout
from store.engine import connect
from store.facts import get_fact
from store.reviews import page_reviews
from store.tables import ChangeRow
from tests.worker.rounds_archive import bring, current, documents, read_once, store
from worker import ChangedMeanwhile, Unfit
from worker.additions import add_fact, checked_addition
from worker.decisions import merge_briefings, split_briefing, withdraw
from worker.rebuild import rebuild
from worker.reviews import edit_text, pin_facts, review_fact, settle_conflict

DOCUMENTS = documents()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
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


def add(engine: Engine, name: str, kind: str, quote: str, **fields: Any) -> Any:
    """The record of a fact that was added by hand."""
    evidence = QuotedEvidence(document_id=DOCUMENTS[name].id, quote=quote)
    asked = AddFact(kind=kind, fields=fields, evidence=evidence, reason="It was left out.")
    home = next(one for one in current(engine) if DOCUMENTS[name].id in own_documents(one))
    check = partial(checked_addition, engine)
    record = add_fact(engine, "", home.id, asked, by="desk", check=check)
    assert record is not None
    return msgspec.json.decode(record, type=ReviewRecord)


def read_again(engine: Engine, name: str, *values: float) -> None:
    """The extractor reads these tariffs in the same words, or none."""
    told = read_once(DOCUMENTS[name])
    figures = [
        replace(one, value=value, as_written=f"{value:g}%") for one in told.figures for value in values
    ]
    save_readout(engine, DOCUMENTS[name].id, replace(told, figures=figures))
    rebuild(engine, DOCUMENTS[name].id)


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


def test_a_correction_holds_when_another_document_joins_its_fact_with_one_that_stands(engine: Engine) -> None:
    bring(engine, DOCUMENTS["corrected"])
    [stake] = [one for one in only(engine).stakes if "August" in one.evidence[0].exact]
    decide(engine, stake.id, "corrected", at_risk="the harvest")
    for name in ("fruit", "santiago", "oslo"):
        bring(engine, DOCUMENTS[name])
    [home] = [one for one in current(engine) if DOCUMENTS["corrected"].id in own_documents(one)]
    assert stake.id not in {one.id for one in home.stakes}
    assert [one.at_risk for one in home.stakes if one.review is not None] == ["the harvest"]
    assert standings(engine, home.id) == [("corrected", "holds")]


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


def test_what_is_read_otherwise_in_the_same_words_is_flagged_and_the_editors_value_stands(
    engine: Engine,
) -> None:
    bring(engine, DOCUMENTS["oslo"])
    decide(engine, figure(engine, "6%"), "corrected", value=7)
    read_again(engine, "oslo", 8.0)
    [only_figure] = only(engine).figures
    assert only_figure.value == 7.0
    assert only_figure.review is not None
    assert only_figure.review.contradicted
    assert standings(engine, only(engine).id) == [("corrected", "contradicted")]
    read_again(engine, "oslo", 7.0)
    assert standings(engine, only(engine).id) == [("corrected", "holds")]


def test_a_new_document_that_contradicts_a_confirmed_fact_flags_it(engine: Engine) -> None:
    bring(engine, DOCUMENTS["oslo"])
    decide(engine, figure(engine, "6%"), "accepted")
    text = DOCUMENTS["oslo"].text.replace("stands at 6%", "stands at 9%").replace("opened", "began")
    bring(engine, read(text.encode(), published="2031-03-05"))
    assert standings(engine, only(engine).id) == [("accepted", "contradicted")]


TARIFF = "Chile's salmon tariff stands at 6%."
SIX_PERCENT = {"as_written": "6%", "subject": "salmon tariff", "measure": "tariff_rate"}


def test_a_fact_that_is_added_is_one_with_what_the_machine_reads_later(engine: Engine) -> None:
    store(engine, DOCUMENTS["oslo"])
    read_again(engine, "oslo")
    assert only(engine).figures == []
    record = add(engine, "oslo", "figure", TARIFF, **SIX_PERCENT)
    [added] = only(engine).figures
    assert (record.standing, record.found.item) == ("holds", added)
    assert (added.value, added.proof, [e.exact for e in added.evidence]) == (6.0, "full", [TARIFF])
    assert added.review is not None
    assert (added.review.verdict, added.review.by, added.review.note) == ("added", "desk", "It was left out.")
    read_again(engine, "oslo", 8.0)
    assert (figure(engine, "6%"), standings(engine, only(engine).id)) == (
        *(added.id, [("added", "contradicted")]),
    )
    read_again(engine, "oslo", 6.0)
    bring(engine, DOCUMENTS["rewrite"])
    [both] = only(engine).figures
    assert (both.id, both.review, len(both.evidence)) == (added.id, added.review, 2)
    assert standings(engine, only(engine).id) == [("added", "holds")]


def test_a_fact_that_is_added_is_decided_about_as_any_other(engine: Engine) -> None:
    store(engine, DOCUMENTS["oslo"])
    read_again(engine, "oslo")
    add(engine, "oslo", "figure", TARIFF, **SIX_PERCENT)
    id = figure(engine, "6%")
    assert decide(engine, id, "corrected", value=7)["value"] == 7.0
    assert standings(engine, only(engine).id) == [("corrected", "holds"), ("added", "replaced")]
    decide(engine, id, "rejected")
    assert only(engine).figures == []
    add(engine, "oslo", "figure", TARIFF, **SIX_PERCENT)
    assert figure(engine, "6%") == id
    assert standings(engine, only(engine).id)[:2] == [("added", "holds"), ("rejected", "overruled")]


def test_a_fact_that_is_added_goes_with_its_document_and_comes_back_with_it(engine: Engine) -> None:
    for name in ("oslo", "other view"):
        bring(engine, DOCUMENTS[name])
    home = only(engine)
    what = {
        "what": "The pause of Chile's salmon tariff expires",
        "date": "August 2031",
        "status": "scheduled",
    }
    quote = "The pause of Chile's salmon tariff expires in August 2031"
    record = add(engine, "other view", "event", quote, **what, place=None)
    assert record.standing == "holds"
    withdraw(engine, DOCUMENTS["other view"].id)
    assert standings(engine, home.id) == [("added", "without_fact")]
    bring(engine, DOCUMENTS["other view"])
    assert standings(engine, home.id) == [("added", "holds")]


@pytest.mark.parametrize(
    ("kind", "quote", "fields", "pointer", "why"),
    [
        ("figure", TARIFF, SIX_PERCENT | {"as_written": "7%"}, "/evidence/quote", "the amount ('7%') does not stand in the quote"),
        ("figure", TARIFF, SIX_PERCENT | {"period": "2030"}, "/fields/period", "the date ('2030') does not stand in the quote"),
        ("figure", TARIFF, SIX_PERCENT | {"colour": "red"}, "/fields/colour", "no field of figures that can be given"),
        ("figure", TARIFF, {"as_written": "6%"}, "/fields", "Object missing required field `subject`"),
        ("figure", "It stands at 6%.", SIX_PERCENT, "/evidence/quote", "the quote does not stand in the document"),
        (
            "deadline", "The tariff pause for Norwegian salmon expires in August 2031",
            {"what": "The tariff pause", "date": {"text": "August 2031", "edtf": "2031-09"}, "kind": "measure_expiry"},
            "/fields/date", "the date ('August 2031') reads as 2031-08, not as 2031-09",
        ),
    ],
)  # fmt: skip
def test_a_fact_that_its_words_do_not_prove_is_not_added(
    kind: str, quote: str, fields: dict[str, Any], pointer: str, why: str
) -> None:
    with pytest.raises(NotProven) as error:
        proven_by_hand(
            DOCUMENTS["oslo"], BY_NAME[kind], proposal_of(BY_NAME[kind], fields, quote), ["CL", "NO"]
        )
    assert error.value.faults == [(pointer, why)]


NINE = read(
    b"""Talks begin

Chile and Norway began trade talks in Oslo on 3 March 2031. Chile's salmon tariff stands at 9%.
""",
    published="2031-03-05",
)
NINE_AGAIN = read(
    b"""Envoys sit down in Oslo

Envoys of Norway and Chile sat down for trade talks in Oslo on 3 March 2031. Oslo says that Chile's salmon tariff is 9%. \
Norwegian exports of fish rose 12% last year.
""",
    published="2031-03-06",
)


def conflict(engine: Engine) -> Conflict:
    [found] = only(engine).conflicts
    return found


def settle(engine: Engine, value: str | None, verdict: Any = "settled") -> Conflict:
    """The conflict after an editor's decision for the side that says so, or for neither."""
    seen = conflict(engine)
    fact_id = next((one.fact_ids[0] for one in seen.positions if one.value == value), None)
    asked = SettleConflict(verdict=verdict, fact_id=fact_id, reason="The ministry says so.")
    assert settle_conflict(engine, seen.id, asked, by="desk", is_current=lambda _: True) is not None
    return conflict(engine)


def opened(engine: Engine) -> int | None:
    """The number of the change with which the conflict came up; None while it is settled."""
    with Session(engine) as session:
        return session.get_one(ChangeRow, conflict(engine).id).opened


def certainties(engine: Engine) -> dict[str, str]:
    return {one.as_written: one.certainty for one in only(engine).figures}


def test_a_settled_conflict_says_which_side_is_right_and_who_says_so(engine: Engine) -> None:
    for document in (DOCUMENTS["oslo"], NINE):
        bring(engine, document)
    assert certainties(engine) == {"6%": "disputed", "9%": "disputed"}
    told = settle(engine, "6%")
    assert told.review is not None
    assert (told.resolution, told.review.verdict, told.review.by, told.review.note) == (
        *("6%", "settled", "desk", "The ministry says so."),
    )
    assert certainties(engine) == {"6%": "reported", "9%": "disputed"}
    assert standings(engine, only(engine).id) == [("settled", "holds")]
    bring(engine, DOCUMENTS["rewrite"])
    assert (conflict(engine).resolution, certainties(engine)["9%"]) == ("6%", "disputed")


def test_another_story_for_the_other_side_opens_the_conflict_again(engine: Engine) -> None:
    for document in (DOCUMENTS["oslo"], NINE):
        bring(engine, document)
    first = opened(engine)
    settle(engine, "6%")
    assert opened(engine) is None
    bring(engine, NINE_AGAIN)
    told = conflict(engine)
    assert (told.resolution, told.review and told.review.contradicted) == (None, True)
    assert (opened(engine) or 0) > (first or 0), "webhooks are told of it as of a new one"
    assert standings(engine, only(engine).id) == [("settled", "contradicted")]
    assert settle(engine, "6%").resolution == "6%"
    assert standings(engine, only(engine).id) == [("settled", "holds"), ("settled", "replaced")]
    assert settle(engine, None, "reopened").resolution is None
    assert settle(engine, None).resolution == "neither"
    assert certainties(engine) == {"6%": "disputed", "9%": "disputed", "12%": "reported"}


def test_of_sides_that_rest_on_one_fact_the_value_says_which_is_right(engine: Engine) -> None:
    for name in ("corrected", "oslo"):
        bring(engine, DOCUMENTS[name])
    [seen] = [one for one in only(engine).conflicts if one.kind == "scope"]
    first, second = seen.positions
    assert first.fact_ids == second.fact_ids

    def decide_for(**side: str) -> str | None:
        asked = SettleConflict(verdict="settled", reason="The text says so.", **side)
        assert settle_conflict(engine, seen.id, asked, by="desk", is_current=lambda _: True)
        [told] = [one for one in only(engine).conflicts if one.id == seen.id]
        assert told.review is not None
        assert not told.review.contradicted
        return told.resolution

    with pytest.raises(Unfit, match="the value of one has to be named"):
        decide_for(fact_id=first.fact_ids[0])
    with pytest.raises(Unfit, match="has this value"):
        decide_for(fact_id=first.fact_ids[0], value="unless it rains")
    assert decide_for(fact_id=first.fact_ids[0], value=first.value) == first.value
    assert decide_for(value=second.value) == second.value


def test_a_settlement_outlasts_a_split_and_the_merge_that_undoes_it(engine: Engine) -> None:
    for document in (DOCUMENTS["oslo"], NINE):
        bring(engine, document)
    home = only(engine)
    settle(engine, "6%")
    split_briefing(engine, home.id, [NINE.id], by="desk", reason="another round")
    assert standings(engine, home.id) == [("settled", "without_fact")]
    [new] = {one.id for one in current(engine)} - {home.id}
    merge_briefings(engine, new, [home.id], by="desk", reason="one round")
    assert conflict(engine).resolution == "6%"
    assert standings(engine, new) == [("settled", "holds")]


def edit(engine: Engine, verdict: Any = "edited", **given: Any) -> Briefing:
    """The briefing after an editor has edited its text."""
    seen = only(engine)
    asked = EditText(verdict=verdict, reason="The desk says so.", **given)
    assert edit_text(engine, seen.id, asked, by="desk", seen=seen.updated_at)
    return only(engine)


def test_an_edited_text_stays_and_is_out_of_date_when_what_it_cites_changes(engine: Engine) -> None:
    bring(engine, DOCUMENTS["oslo"])
    id, before = figure(engine, "6%"), only(engine)
    tariff = EditedSentence(text="Chile's salmon tariff stands at 6%.", fact_ids=[id])
    told = edit(engine, summary=[tariff])
    assert [(one.text, one.by, one.unproven) for one in told.summary] == [(tariff.text, "editor", [])]
    assert (told.headline, told.further) == (before.headline, [])
    assert told.writing.review is not None
    assert (told.writing.by, told.writing.review.verdict, told.writing.review.by) == (
        "editor",
        "edited",
        "desk",
    )
    bring(engine, DOCUMENTS["rewrite"])
    assert only(engine).summary == told.summary
    assert standings(engine, told.id) == [("edited", "holds")]
    decide(engine, id, "corrected", value=7)
    after = only(engine)
    assert after.summary == told.summary
    assert after.writing.review is not None
    assert after.writing.review.contradicted
    assert ("edited", "contradicted") in standings(engine, told.id)
    back = edit(engine, "returned")
    assert (back.writing.by, back.writing.review) == ("rules", None)
    assert back.summary[0].by == "rules"


def test_what_was_decided_of_a_briefing_counts_again_when_the_briefing_comes_back(engine: Engine) -> None:
    bring(engine, DOCUMENTS["oslo"])
    id = figure(engine, "6%")
    told = edit(engine, summary=[EditedSentence(text="Chile's salmon tariff stands at 6%.", fact_ids=[id])])
    assert pin_facts(
        engine, told.id, PinFacts(fact_ids=[id], reason="First."), by="desk", seen=told.updated_at
    )
    assert withdraw(engine, DOCUMENTS["oslo"].id)
    assert [one.status for one in current(engine)] == ["withdrawn"]
    bring(engine, DOCUMENTS["oslo"])
    again = only(engine)
    assert (again.id, again.summary, again.pinned) == (told.id, told.summary, [id])
    assert sorted(standings(engine, told.id)) == [("edited", "holds"), ("pinned", "holds")]


def test_what_facts_do_not_prove_is_taken_as_the_editors_word_alone(engine: Engine) -> None:
    bring(engine, DOCUMENTS["oslo"])
    id = figure(engine, "6%")
    wrong = EditedSentence(text="Chile's salmon tariff stands at 8%.", fact_ids=[id])
    with pytest.raises(Unfit) as error:
        edit(engine, summary=[wrong], headline=None)
    [fault] = error.value.faults
    assert (fault.pointer, "8%" in fault.detail) == ("/summary/0", True)
    told = edit(engine, summary=[wrong], headline=None, unchecked=True)
    assert (told.headline, told.summary[0].unproven) == (None, [fault.detail])
    decide(engine, id, "rejected")
    assert (only(engine).summary, standings(engine, told.id)[-1]) == ([], ("edited", "contradicted"))
    with pytest.raises(Unfit, match="not in the briefing"):
        edit(engine, summary=[wrong], unchecked=True)


def test_pinned_facts_come_first_also_when_other_documents_come(engine: Engine) -> None:
    bring(engine, DOCUMENTS["other view"])
    seen = only(engine)
    last = seen.deadlines[-1].id
    asked = PinFacts(fact_ids=[last], reason="Readers ask for it.")
    assert pin_facts(engine, seen.id, asked, by="desk", seen=seen.updated_at)
    with pytest.raises(ChangedMeanwhile):
        pin_facts(engine, seen.id, asked, by="desk", seen=seen.updated_at)
    bring(engine, DOCUMENTS["oslo"])
    told = only(engine)
    assert (told.pinned, told.deadlines[0].id) == ([last], last)
    assert standings(engine, told.id) == [("pinned", "holds")]
    decide(engine, last, "rejected")
    assert standings(engine, told.id)[-1] == ("pinned", "without_fact")


def test_a_decision_about_a_fact_that_was_not_seen_so_or_a_value_that_does_not_fit_is_refused(
    engine: Engine,
) -> None:
    bring(engine, DOCUMENTS["oslo"])
    id = figure(engine, "6%")
    asked = ReviewFact(verdict="rejected", reason="x")
    with pytest.raises(ChangedMeanwhile):
        review_fact(engine, id, asked, by="desk", is_current=lambda _: False)
    with pytest.raises(Unfit):
        decide(engine, id, "corrected", value="much")
    assert standings(engine, only(engine).id) == []

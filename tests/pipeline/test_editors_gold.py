"""What editors decided about facts, as annotations by which an extractor is scored."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from pipeline.editors_gold import are_stakes_decided, gold_of
from pipeline.evaluation import Evaluation, evaluate
from schemas import DocumentReadout, Fact, ReviewDecision
from schemas.kinds import facts_of, kind_of
from schemas.vocabulary import Verdict
from tests.store.invented import BRIEFING, T0
from tests.worker.rounds_archive import documents, read_once

OSLO = documents()["oslo"]


def read() -> DocumentReadout:
    return read_once(OSLO)


def decided(fact: Fact, verdict: Verdict, **values: Any) -> tuple[ReviewDecision, Fact]:
    review = ReviewDecision(
        id="rev_7a6b5c4d3e2f1a0b",
        fact_id=fact.id,
        conflict_id=None,
        briefing_id=BRIEFING,
        kind=kind_of(fact).name,
        verdict=verdict,
        values=values,
        document_ids=[OSLO.id],
        by="desk",
        reason="So it is.",
        at=T0,
    )
    return review, fact


def scored(readout: DocumentReadout, *decisions: tuple[ReviewDecision, Fact]) -> Evaluation:
    [gold] = gold_of(decisions).values()
    return evaluate([("oslo", OSLO.text, gold, readout)])


def counts(result: Evaluation) -> Mapping[str, tuple[int, int, int, int]]:
    return {kind: (t.wanted, t.found, t.told, t.right) for kind, t in result.kinds.items()}


def test_what_was_confirmed_is_asked_for_and_nothing_else_is() -> None:
    [figure] = read().figures
    assert counts(scored(read(), decided(figure, "accepted"))) == {"figures": (1, 1, 1, 1)}
    blind = replace(read(), figures=[])
    assert counts(scored(blind, decided(figure, "accepted"))) == {"figures": (1, 0, 0, 0)}


def test_what_no_editor_looked_at_counts_for_nothing() -> None:
    [figure] = read().figures
    more = replace(figure, id="fct_00000000000000ff", value=99.0)
    assert counts(scored(replace(read(), figures=[figure, more]), decided(figure, "accepted"))) == {
        "figures": (1, 1, 1, 1)
    }


def test_who_reads_what_was_corrected_as_before_is_wrong_and_who_reads_it_as_the_editor_is_right() -> None:
    [figure] = read().figures
    correction = decided(figure, "corrected", value=7.0, as_written="7%")
    as_before = scored(read(), correction)
    assert counts(as_before) == {"figures": (1, 0, 1, 0)}
    assert [(one.wanted, one.told) for one in as_before.wrong] == [("not 6 %", "6 %")]
    mended = replace(read(), figures=[replace(figure, value=7.0)])
    assert counts(scored(mended, correction)) == {"figures": (1, 1, 1, 1)}


def test_who_tells_what_was_rejected_is_wrong() -> None:
    [figure] = read().figures
    assert counts(scored(read(), decided(figure, "rejected"))) == {"figures": (0, 0, 1, 0)}
    assert counts(scored(replace(read(), figures=[]), decided(figure, "rejected"))) == {
        "figures": (0, 0, 0, 0)
    }


def test_every_kind_with_a_place_in_a_gold_file_is_annotated() -> None:
    accepted = [decided(fact, "accepted") for fact in facts_of(read())]
    result = scored(read(), *accepted)
    assert {kind: tally.f1 for kind, tally in result.kinds.items()} == {
        "delegates": 1.0,
        "stakes": 1.0,
        "deadlines": 1.0,
        "figures": 1.0,
    }
    assert (result.documents, result.whole) == (1, 0)


def test_a_correction_of_what_no_gold_file_holds_leaves_the_fact_right() -> None:
    [figure] = read().figures
    assert counts(scored(read(), decided(figure, "corrected", subject="salmon"))) == {"figures": (1, 1, 1, 1)}


def test_stakes_teach_where_all_of_a_document_were_decided_about() -> None:
    stakes = read().stakes
    assert stakes
    assert are_stakes_decided([decided(stake, "accepted") for stake in stakes], read())
    assert not are_stakes_decided([], read())

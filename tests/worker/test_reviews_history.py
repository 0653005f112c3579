"""Facts corrected, confirmed and rejected while documents come and go and rounds are split and merged, in any order."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from msgspec import json, to_builtins
from msgspec.structs import replace

from schemas import ReviewFact, ReviewRecord
from schemas.kinds import BY_NAME, facts_of, facts_of_kind
from store.documents import save_readout
from store.reviews import page_reviews
from tests.worker.rounds_archive import read_once
from tests.worker.rounds_machine import DOCUMENTS, Rounds, run
from worker.rebuild import let_time_pass, rebuild
from worker.reviews import review_fact

CORRECTED: dict[str, dict[str, Any]] = {
    "figure": {"value": 77.0},
    "deadline": {"date": "2032-02"},
    "event": {"date": "2032-03"},
    "delegate": {"name": "Somebody Else"},
    "stake": {"at_risk": "the harvest"},
    "statement": {"channel": "a letter"},
}


class Desk(Rounds):
    """`decided`: by its id the briefing in which each decision was made."""

    @initialize()
    def sit_down(self) -> None:
        self.decided: dict[str, str] = {}

    def records(self) -> dict[str, ReviewRecord]:
        """Every decision as it is listed where it was made."""
        listed = {}
        for briefing in set(self.decided.values()):
            for item in page_reviews(self.engine, briefing, limit=100).items:
                record = json.decode(item, type=ReviewRecord)
                listed[record.decision.id] = record
        return listed

    @precondition(lambda self: self.present)
    @rule(data=st.data(), verdict=st.sampled_from(["accepted", "corrected", "corrected", "rejected"]))
    def decide(self, data: st.DataObject, verdict: Any) -> None:
        ids = {
            fact.id: kind
            for one in self.published()
            for kind in BY_NAME
            for fact in facts_of_kind(one, BY_NAME[kind])
        }
        if ids:
            id = data.draw(st.sampled_from(sorted(ids)))
            values = CORRECTED[ids[id]] if verdict == "corrected" else {}
            asked = ReviewFact(verdict=verdict, values=values, reason="it is so")
            fact = review_fact(self.engine, id, asked, by="editor", is_current=lambda _: True)
            assert fact is not None
            decision = json.decode(fact.body)["review"]
            assert decision["verdict"] == verdict
            self.decided[decision["id"]] = fact.briefing_id

    @precondition(lambda self: self.present)
    @rule(data=st.data(), value=st.sampled_from([6.0, 8.0]))
    def read_again(self, data: st.DataObject, value: float) -> None:
        document = DOCUMENTS[data.draw(st.sampled_from(sorted(self.present)))]
        told = read_once(document)
        figures = [replace(one, value=value, as_written=f"{value:g}%") for one in told.figures[:1]]
        save_readout(self.engine, document.id, replace(told, figures=[*figures, *told.figures[1:]]))
        rebuild(self.engine, document.id)

    @invariant()
    def no_decision_is_lost(self) -> None:
        told = {fact.id: fact for one in self.published() for fact in facts_of(one)}
        records = self.records()
        assert self.decided.keys() <= records.keys()
        for record in records.values():
            decision, standing = record.decision, record.standing
            if standing not in ("holds", "contradicted"):
                continue
            assert record.found is not None
            fact: Any = record.found.item
            if decision.verdict == "rejected":
                assert fact.id not in told
                continue
            assert told[fact.id] == fact
            assert fact.review.contradicted == (standing == "contradicted")
            assert all(to_builtins(getattr(fact, name)) == value for name, value in decision.values.items())

    @invariant()
    def to_merge_again_changes_nothing(self) -> None:
        before = self.published()
        for one in before:
            let_time_pass(self.engine, one.id)
        assert self.published() == before


def test_an_editors_word_stands_or_is_flagged_whatever_comes_after() -> None:
    run(Desk)

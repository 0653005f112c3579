"""Editors decide about facts, conflicts, texts and orders, while documents come and go and rounds are split and merged,
in any order.
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from msgspec import json, to_builtins
from msgspec.structs import replace

from schemas import (
    AddFact,
    EditedSentence,
    EditText,
    PinFacts,
    QuotedEvidence,
    ReviewFact,
    ReviewRecord,
    SettleConflict,
    own_documents,
)
from schemas.kinds import BY_NAME, facts_of, facts_of_kind
from store.documents import save_readout
from store.reviews import page_reviews
from tests.worker.rounds_archive import read_once
from tests.worker.rounds_machine import DOCUMENTS, Rounds, run
from worker.additions import AdditionErrand, CheckedAddition, add_fact, checked_addition
from worker.rebuild import let_time_pass, rebuild
from worker.reviews import edit_text, pin_facts, review_fact, settle_conflict

CORRECTED: dict[str, dict[str, Any]] = {
    "figure": {"value": 77.0},
    "deadline": {"date": "2032-02"},
    "event": {"date": "2032-03"},
    "delegate": {"name": "Somebody Else"},
    "stake": {"at_risk": "the harvest"},
    "statement": {"channel": "a letter"},
}


RATE = {"measure": "tariff_rate"}
BY_HAND = {
    "oslo": ("Chile's salmon tariff stands at 6%.", {"as_written": "6%", "subject": "salmon tariff"} | RATE),
    "rewrite": (
        "Chile's salmon tariff stands at 6%.",
        {"as_written": "6%", "subject": "salmon tariff"} | RATE,
    ),
    "fruit": ("Norway's fruit tariff stands at 9%.", {"as_written": "9%", "subject": "tariff"} | RATE),
    "other view": (
        "exports to Norway rose 4%",
        {"as_written": "4%", "subject": "exports", "measure": "growth_rate"},
    ),
}
"""Of documents what proves a figure, and its fields."""
CHECKED: dict[str, CheckedAddition] = {}


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

    @rule(data=st.data(), verdict=st.sampled_from(["settled", "settled", "reopened"]))
    def decide_on_conflict(self, data: st.DataObject, verdict: Any) -> None:
        conflicts = [conflict for one in self.published() for conflict in one.conflicts]
        if conflicts:
            seen = data.draw(st.sampled_from(conflicts))
            sides = [(None, None), *((position.fact_ids[0], position.value) for position in seen.positions)]
            fact_id, value = data.draw(st.sampled_from(sides)) if verdict == "settled" else (None, None)
            asked = SettleConflict(verdict=verdict, fact_id=fact_id, value=value, reason="it is so")
            told = settle_conflict(self.engine, seen.id, asked, by="editor", is_current=lambda _: True)
            assert told is not None
            decision = json.decode(told.body)["review"]
            assert (decision["verdict"], decision["contradicted"]) == (verdict, False)
            self.decided[decision["id"]] = told.briefing_id

    @precondition(lambda self: self.present)
    @rule(data=st.data(), what=st.sampled_from(["edited", "pinned", "returned"]))
    def edit(self, data: st.DataObject, what: Any) -> None:
        briefings = self.published()
        if not briefings:
            return
        seen = data.draw(st.sampled_from(briefings))
        ids = sorted(fact.id for fact in facts_of(seen))
        if what == "pinned":
            asked = PinFacts(fact_ids=ids[:2], reason="it is so")
            assert pin_facts(self.engine, seen.id, asked, by="editor", seen=seen.updated_at)
        else:
            summary = [EditedSentence(text="It is so.", fact_ids=[id]) for id in ids[:2]]
            given: dict[str, Any] = {"summary": summary, "unchecked": True} if what == "edited" else {}
            text = EditText(verdict=what, reason="it is so", **given)
            assert edit_text(self.engine, seen.id, text, by="editor", seen=seen.updated_at)
        [newest, *_] = page_reviews(self.engine, seen.id, limit=1).items
        decision = json.decode(newest, type=ReviewRecord).decision
        assert decision.verdict == what
        self.decided[decision.id] = seen.id

    @rule(name=st.sampled_from(sorted(BY_HAND)))
    def add_by_hand(self, name: str) -> None:
        quote, fields = BY_HAND[name]
        evidence = QuotedEvidence(document_id=DOCUMENTS[name].id, quote=quote)
        home = next((one for one in self.published() if evidence.document_id in own_documents(one)), None)
        if home is None:
            return
        asked = AddFact(kind="figure", fields=fields, evidence=evidence, reason="it was left out")

        def check(errand: AdditionErrand) -> CheckedAddition:
            if name not in CHECKED:
                CHECKED[name] = checked_addition(self.engine, errand)
            return CHECKED[name]

        record = add_fact(self.engine, "", home.id, asked, by="editor", check=check)
        assert record is not None
        decision = json.decode(record, type=ReviewRecord).decision
        self.decided[decision.id] = decision.briefing_id

    @precondition(lambda self: self.present)
    @rule(data=st.data(), value=st.sampled_from([6.0, 8.0, None]))
    def read_again(self, data: st.DataObject, value: float | None) -> None:
        document = DOCUMENTS[data.draw(st.sampled_from(sorted(self.present)))]
        told = read_once(document)
        figures = [
            replace(one, value=value, as_written=f"{value:g}%")
            for one in told.figures[:1]
            if value is not None
        ]
        save_readout(self.engine, document.id, replace(told, figures=[*figures, *told.figures[1:]]))
        rebuild(self.engine, document.id)

    @invariant()
    def no_decision_is_lost(self) -> None:
        told = {fact.id: fact for one in self.published() for fact in facts_of(one)}
        briefings = {one.id: one for one in self.published()}
        conflicts = [conflict for one in briefings.values() for conflict in one.conflicts]
        records = self.records()
        assert self.decided.keys() <= records.keys()
        for record in records.values():
            decision, standing = record.decision, record.standing
            if standing not in ("holds", "contradicted"):
                continue
            if decision.kind in ("text", "order"):
                briefing = briefings[decision.briefing_id]
                is_edited = decision.verdict == "edited"
                if decision.kind == "order":
                    assert briefing.pinned == decision.values["fact_ids"]
                else:
                    review = briefing.writing.review
                    assert (review and (review.id, review.contradicted)) == (
                        (decision.id, standing == "contradicted") if is_edited else None
                    )
                if is_edited and standing == "holds":
                    assert [to_builtins(one) for one in briefing.summary] == decision.values["sentences"]
                continue
            if decision.kind == "conflict":
                conflict = record.conflict
                assert conflict is not None and conflict.review is not None and conflict in conflicts
                is_open = standing == "contradicted" or decision.verdict == "reopened"
                assert (conflict.resolution is None, conflict.review.id) == (is_open, decision.id)
                continue
            assert record.found is not None
            fact: Any = record.found.item
            if decision.verdict == "rejected":
                assert fact.id not in told
                continue
            assert told[fact.id] == fact
            assert fact.review.contradicted == (standing == "contradicted")
            assert all(to_builtins(getattr(fact, name)) == value for name, value in decision.values.items())
            if decision.verdict == "added" and standing == "holds":
                assert (fact.value, fact.unit) == (record.machine["value"], record.machine["unit"])

    @invariant()
    def to_merge_again_changes_nothing(self) -> None:
        before = self.published()
        for one in before:
            let_time_pass(self.engine, one.id)
        assert self.published() == before


def test_an_editors_word_stands_or_is_flagged_whatever_comes_after() -> None:
    run(Desk)

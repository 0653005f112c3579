"""Documents added, withdrawn and brought back, rounds split and merged, in any order: what always holds."""

from typing import Any

import msgspec
from hypothesis.stateful import initialize, invariant

from pipeline.briefings.diff import difference
from schemas import Briefing, BriefingDiff, own_documents
from schemas.kinds import facts_of
from store.documents import get_document
from store.engine import connect
from tests.worker.rounds_archive import bring, current, revision
from tests.worker.rounds_machine import DOCUMENTS, Rounds, run
from worker.decisions import merge_briefings, split_briefing

LISTS = ("stakes", "deadlines", "figures", "statements", "events", "conflicts", "sources", "memberships")
KINDS = ("stake", "deadline", "figure", "statement", "event", "conflict", "source", "membership")


def by_identity(briefing: Briefing) -> dict[str, Any]:
    """A briefing as the diff compares it: its items by kind and id, the rest as it is."""
    plain = msgspec.to_builtins(briefing)
    items = {("delegate", m["id"]): m for side in plain["delegations"] for m in side["members"]}
    for name, kind in zip(LISTS, KINDS, strict=True):
        items |= {(kind, item.get("id") or item["document_id"]): item for item in plain.pop(name)}
    plain["delegations"] = {side["party"]: {"head": side["head"]} for side in plain["delegations"]}
    del plain["revision"], plain["updated_at"]
    return {"items": items, "fields": plain}


def put(item: dict[str, Any], pointer: str, value: Any) -> None:
    *path, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    for step in path:
        item = item[step]
    item[last] = value


def applied(before: dict[str, Any], diff: BriefingDiff) -> dict[str, Any]:
    """What a client makes of a revision and a diff, by what the diff says alone."""
    for gone in diff.gone:
        del before["items"][gone.kind, gone.id]
    for added in diff.added:
        before["items"][added.kind, added.id] = msgspec.json.decode(added.body)
    for changed in diff.changed:
        for field in changed.fields:
            put(before["items"][changed.kind, changed.id], field.pointer, msgspec.json.decode(field.after))
    for field in diff.fields:
        put(before["fields"], field.pointer, msgspec.json.decode(field.after))
    led = before["fields"]["delegations"]
    before["fields"]["delegations"] = {party: side for party, side in led.items() if side is not None}
    return before


def content(fact: Any) -> str:
    """What makes two facts the same one: kind, words and evidence."""
    plain = msgspec.to_builtins(fact)
    lasting = (
        "id",
        "briefing_id",
        "conflict_ids",
        "certainty",
        "origins",
        "first_revision",
        "changed_revision",
    )
    return f"{type(fact).__name__} { {name: value for name, value in plain.items() if name not in lasting} }"


class Archive(Rounds):
    @initialize()
    def begin(self) -> None:
        self.seen: dict[str, Briefing] = {}

    @invariant()
    def facts_rest_on_documents_that_count(self) -> None:
        active = {DOCUMENTS[name].id for name in self.present}
        for one in self.published():
            sources = {source.document_id for source in one.sources}
            assert sources <= active and sources == {m.document_id for m in one.memberships}
            assert all(fact.evidence for fact in facts_of(one))
            assert {e.document_id for fact in facts_of(one) for e in fact.evidence} <= sources

    @invariant()
    def a_document_has_one_round_of_its_own(self) -> None:
        held = sorted(id for one in self.published() for id in own_documents(one))
        counted = []
        for name in self.present:
            found = get_document(self.engine, DOCUMENTS[name].id)
            assert found is not None and found.withdrawn_at is None
            counted += [found.id] if found.replaced_by is None else []
        assert held == sorted(counted)

    @invariant()
    def ids_are_nobody_elses(self) -> None:
        ids = [fact.id for one in self.published() for fact in facts_of(one)]
        assert len(ids) == len(set(ids))

    @invariant()
    def revisions_are_complete_and_diffs_lead_from_one_to_the_next(self) -> None:
        for one in current(self.engine):
            before = self.seen.get(one.id)
            assert one.revision - (before.revision if before else 0) in (0, 1)
            if before is not None and before.revision < one.revision:
                assert revision(self.engine, one.id, before.revision) == before
                assert applied(by_identity(before), difference(before, one)) == by_identity(one)
                assert applied(by_identity(one), difference(one, before)) == by_identity(before)
                known = {content(fact): fact.id for fact in facts_of(before)}
                kept = {content(fact): fact.id for fact in facts_of(one) if content(fact) in known}
                assert kept == {what: known[what] for what in kept}
            self.seen[one.id] = one


def test_histories() -> None:
    run(Archive)


def test_a_round_that_editors_move_between_other_parties_is_linked_to_theirs_at_once(
    database_url: str,
) -> None:
    engine = connect(database_url)
    for name in ("undated", "fruit", "elsewhere"):
        bring(engine, DOCUMENTS[name])
    homes = {document: one.id for one in current(engine) for document in own_documents(one)}
    fruit, elsewhere, undated = (DOCUMENTS[name].id for name in ("fruit", "elsewhere", "undated"))
    split_briefing(engine, homes[fruit], [undated], by="editor", reason="another round")
    alone = next(one.id for one in current(engine) if own_documents(one) == {undated})
    merge_briefings(engine, homes[elsewhere], [alone], by="editor", reason="one round")
    links = {one.id: one.negotiation.prior_round for one in current(engine) if one.status == "published"}
    assert links == {homes[fruit]: homes[elsewhere], homes[elsewhere]: None}
    engine.dispose()


def test_no_fact_is_lost_whose_id_another_that_was_one_with_it_keeps(database_url: str) -> None:
    engine = connect(database_url)
    for name in ("corrected", "rewrite", "santiago"):
        bring(engine, DOCUMENTS[name])
    rewrite, corrected = DOCUMENTS["rewrite"].id, DOCUMENTS["corrected"].id
    [home] = [one.id for one in current(engine) if corrected in own_documents(one)]
    split_briefing(engine, home, [rewrite], by="editor", reason="another round")
    [left] = [one for one in current(engine) if one.id == home]
    told = {e.exact.split(maxsplit=1)[0] for stake in left.stakes for e in stake.evidence}
    assert told == {"In", "The", "Chilean"}
    assert len({stake.id for stake in left.stakes}) == len(left.stakes) == 3
    engine.dispose()

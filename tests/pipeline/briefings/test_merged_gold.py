"""The merged briefing of the seeds, scored against what an editor would publish: facts by class, conflicts, origins."""

import json
import re
from collections.abc import Callable, Hashable, Iterable
from itertools import permutations
from typing import Any

import pytest

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing, Conflict
from schemas.facts import Fact
from schemas.kinds import facts_of

Gold = dict[str, Any]


@pytest.fixture(scope="module")
def gold(shared) -> Gold:
    found: Gold = json.loads((shared / "gold" / "merged.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def documents(shared) -> dict[str, tuple[str, str]]:
    """File name and text by document id."""
    read_ = [read(path.read_bytes(), file=path.name) for path in sorted((shared / "seeds").glob("*.txt"))]
    return {document.id: (str(document.file), document.text) for document in read_}


@pytest.fixture(scope="module")
def briefing(shared) -> Briefing:
    documents = [read(path.read_bytes(), file=path.name) for path in sorted((shared / "seeds").glob("*.txt"))]
    (one,) = merge([Part(readout(document), source_of(document)) for document in documents])
    return one


@pytest.fixture(scope="module")
def touch(documents) -> Callable[[Fact, Iterable[Gold]], bool]:
    """Whether a fact rests on one of the quotations, at any of their places."""

    def touches(fact: Fact, support: Iterable[Gold]) -> bool:
        for e in fact.evidence:
            file, text = documents[e.document_id]
            for told in support:
                places = re.finditer(re.escape(told["quote"]), text) if told["file"] == file else ()
                if any(e.start < place.end() and place.start() < e.end for place in places):
                    return True
        return False

    return touches


def f1(wanted: int, given: int, pairs: Iterable[tuple[Hashable, Hashable]]) -> float:
    """F1 of what was found, from the pairs of gold and found ids that agree."""
    hits, right = (set(ids) for ids in zip(*pairs, strict=True))
    recall, precision = len(hits) / wanted, len(right) / given
    return 2 * recall * precision / (recall + precision)


def test_delegates(gold, briefing):
    wanted = {(d["party"], m["name"]) for d in gold["delegations"] for m in d["members"]}
    given = {(d.party, m.name) for d in briefing.delegations for m in d.members}
    assert given == wanted
    assert {d["party"]: d["head_status"] for d in gold["delegations"]} == {"US": "disputed", "CN": "agreed"}
    assert {d.party: d.head for d in briefing.delegations} == {"US": "disputed", "CN": "sole"}


def test_deadlines(gold, briefing, touch):
    pairs = [
        (g["id"], d.id)
        for g in gold["deadlines"]
        for d in briefing.deadlines
        if touch(d, g["support"]) and g["date_edtf"] == d.date.edtf
    ]
    assert f1(len(gold["deadlines"]), len(briefing.deadlines), pairs) >= 0.85


def test_figures(gold, briefing, touch):
    wanted = [g for g in gold["figures"] if "derived_from" not in g]
    pairs = [
        (g["id"], f.id)
        for g in wanted
        for f in briefing.figures
        if g["value"] == f.value and g["unit"] == f.unit and touch(f, g["support"])
    ]
    assert f1(len(wanted), len(briefing.figures), pairs) >= 0.85


def test_the_august_deadline_counts_origins_not_documents(briefing):
    (august,) = [d for d in briefing.deadlines if d.kind == "measure_expiry"]
    assert august.date.edtf == "2025-08" and len(august.evidence) == 3
    assert august.origins < len(august.evidence)
    assert {c.kind for c in august.conditions} == {"unless_deal", "unless_extended"}


@pytest.fixture(scope="module")
def editors(gold, briefing, touch) -> dict[str, set[str]]:
    """The editor's conflicts that each of ours may be: two of its positions are two of the editor's values."""
    facts = {fact.id: fact for fact in facts_of(briefing)}

    def is_one(conflict: Conflict, told: Gold) -> bool:
        sides = [[facts[i] for i in position.fact_ids] for position in conflict.positions]
        rests = [[any(touch(f, v["support"]) for f in side) for v in told["values"]] for side in sides]
        values = range(len(told["values"]))
        return any(
            one[v] and other[w] for one, other in permutations(rests, 2) for v, w in permutations(values, 2)
        )

    return {c.about: {g["id"] for g in gold["conflicts"] if is_one(c, g)} for c in briefing.conflicts}


def most_found(candidates: dict[str, set[str]]) -> dict[str, str]:
    """Each of the editor's conflicts given to one of ours, as many as can be: ours by the editor's."""
    found: dict[str, str] = {}

    def place(about: str, tried: set[str]) -> bool:
        for told in sorted(candidates[about] - tried):
            tried.add(told)
            if told not in found or place(found[told], tried):
                found[told] = about
                return True
        return False

    for about in sorted(candidates):
        place(about, set())
    return found


def test_most_of_the_editors_conflicts_are_found_and_few_others(editors):
    found = most_found(editors)
    assert len(found) >= 6
    assert len(editors) - len(found) <= 2


def test_the_head_the_tariff_and_the_claim_are_in_conflict(editors):
    shown = {
        words: {told for about, ids in editors.items() if about.startswith(words) for told in ids}
        for words in ("who heads", "what follows", "what lifts", "whether China agreed")
    }
    for words, told in {
        "who heads": "C1",
        "what follows": "C3",
        "what lifts": "C4",
        "whether China agreed": "C6",
    }.items():
        assert told in shown[words]


def test_the_overclaim_of_a_deck_is_shown_beside_the_claim_and_the_partys_own_words(briefing):
    facts = {fact.id: fact for fact in facts_of(briefing)}
    (conflict,) = [c for c in briefing.conflicts if c.about.startswith("whether China agreed")]
    regions = {p.value: {e.region for i in p.fact_ids for e in facts[i].evidence} for p in conflict.positions}
    assert regions["stated as a fact"] == {"deck"}
    assert {r for value, found in regions.items() if value != "stated as a fact" for r in found} == {"body"}
    assert {facts[i].certainty for p in conflict.positions for i in p.fact_ids} == {"disputed"}


def test_no_conflict_is_made_of_different_periods_or_bases(briefing):
    facts = {fact.id: fact for fact in briefing.figures}
    for conflict in briefing.conflicts:
        if not conflict.about.startswith(("what follows", "which office", "who received")):
            assert not [i for p in conflict.positions for i in p.fact_ids if i in facts]


def test_nothing_rests_on_promos_bios_or_captions(briefing):
    regions = {e.region for fact in facts_of(briefing) for e in fact.evidence}
    assert regions == {"body", "deck"}

"""The merged briefing of the seeds against what an editor would publish: facts by class, conflicts, origins."""

import json
from typing import Any

import pytest

from pipeline.extract import readout
from pipeline.merge import Part, facts_of, merge
from pipeline.read import read
from pipeline.sources import source_of
from schemas import Briefing
from schemas.facts import Fact

Spans = set[tuple[str, int, int]]


@pytest.fixture(scope="module")
def gold(shared) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "gold" / "merged.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def files(shared) -> dict[str, str]:
    """File names by document id."""
    return {read(path.read_bytes()).id: path.name for path in (shared / "seeds").glob("*.txt")}


@pytest.fixture(scope="module")
def briefing(shared) -> Briefing:
    documents = [read(path.read_bytes(), file=path.name) for path in sorted((shared / "seeds").glob("*.txt"))]
    (one,) = merge([Part(readout(document), source_of(document)) for document in documents])
    return one


def told(support: list[dict[str, Any]]) -> Spans:
    return {(s["file"], s["quote_start"], s["quote_end"]) for s in support}


def touch(fact: Fact, spans: Spans, files: dict[str, str]) -> bool:
    return any(
        files[e.document_id] == f and e.start < end and start < e.end
        for e in fact.evidence
        for f, start, end in spans
    )


def f1(hits: int, wanted: int, right: int, given: int) -> float:
    recall, precision = hits / wanted, right / given
    return 2 * recall * precision / (recall + precision)


def test_delegates(gold, briefing):
    wanted = {(d["party"], m["name"]) for d in gold["delegations"] for m in d["members"]}
    given = {(d.party, m.name) for d in briefing.delegations for m in d.members}
    assert given == wanted
    assert {d["party"]: d["head_status"] for d in gold["delegations"]} == {"US": "disputed", "CN": "agreed"}
    assert {d.party: d.head for d in briefing.delegations} == {"US": "disputed", "CN": "sole"}


def test_deadlines(gold, briefing, files):
    pairs = [
        (g, d) for g in gold["deadlines"] for d in briefing.deadlines if touch(d, told(g["support"]), files)
    ]
    agree = [(g["id"], d.id) for g, d in pairs if g["date_edtf"] == d.date.edtf]
    hits, right = {g for g, _ in agree}, {d for _, d in agree}
    assert f1(len(hits), len(gold["deadlines"]), len(right), len(briefing.deadlines)) >= 0.85


def test_figures(gold, briefing, files):
    wanted = [g for g in gold["figures"] if "derived_from" not in g]
    pairs = [
        (g["id"], f.id)
        for g in wanted
        for f in briefing.figures
        if g["value"] == f.value and g["unit"] == f.unit and touch(f, told(g["support"]), files)
    ]
    assert (
        f1(len({g for g, _ in pairs}), len(wanted), len({f for _, f in pairs}), len(briefing.figures)) >= 0.85
    )


def test_the_august_deadline_counts_origins_not_documents(briefing):
    (august,) = [d for d in briefing.deadlines if d.kind == "measure_expiry"]
    assert august.date.edtf == "2025-08" and len(august.evidence) == 3
    assert august.origins < len(august.evidence)
    assert {c.kind for c in august.conditions} == {"unless_deal", "unless_extended"}


def test_conflicts_are_the_editors_and_none_is_made_up(gold, briefing, files):
    facts = {fact.id: fact for fact in facts_of(briefing)}
    found: dict[str, set[str]] = {}
    for conflict in briefing.conflicts:
        sides = [[facts[i] for i in position.fact_ids] for position in conflict.positions]
        found[conflict.about] = {
            g["id"]
            for g in gold["conflicts"]
            if sum(
                any(touch(f, told(v["support"]), files) for side in sides for f in side) for v in g["values"]
            )
            >= 2
        }
    assert {about for about, ids in found.items() if not ids} == set()
    assert {"C1", "C3", "C4"} <= set().union(*found.values())

"""The scorer of merged briefings: what it counts, each on a round of two documents."""

from itertools import count
from typing import Any

import pytest
from msgspec import DecodeError, json
from msgspec.structs import replace

from pipeline.briefings.evaluation import evaluate_merged, read_merged
from pipeline.briefings.merge import merge
from schemas.kinds import facts_of

FIRST = """Peru and Japan opened trade talks in Lima on Monday. Trade Minister Ana Quispe leads the Peruvian delegation.

Japan’s tariff of 12% on Peruvian grapes expires on 30 April 2031 unless it is extended. Peru’s president has agreed to talks with Chile on 7% for pears.
"""
SECOND = """Japan and Peru began their trade talks in Lima on Monday, with Japan’s 12% duty on grapes on the table.

The duty on grapes runs out on 30 April 2031.
"""
GOLD: dict[str, Any] = {
    "negotiation": {"parties": ["PE", "JP"], "start": "2031-03-10", "status": "in_progress"},
    "origin_groups": [{"group": "G1", "files": ["a.txt"]}, {"group": "G2", "files": ["b.txt"]}],
    "delegations": [
        {"party": "PE", "members": [{"name": "Ana Quispe", "support": [{"file": "a.txt", "quote": "Minister Ana Quispe"}]}]}
    ],
    "deadlines": [
        {
            "date_edtf": "2031-04-30",
            "support": [
                {"file": "a.txt", "quote": "expires on 30 April 2031"},
                {"file": "b.txt", "quote": "runs out on 30 April 2031"},
            ],
        }
    ],
    "figures": [
        {
            "value": 12,
            "unit": "%",
            "support": [
                {"file": "a.txt", "quote": "tariff of 12%"},
                {"file": "b.txt", "quote": "12% duty"},
            ],
        }
    ],
}  # fmt: skip


@pytest.fixture
def scored(part_of):
    """The score of the merged documents by some gold, with the briefings changed beforehand."""
    parts = {
        "a.txt": part_of(FIRST, published="2031-03-11"),
        "b.txt": part_of(SECOND, published="2031-03-11"),
    }
    documents = {
        name: (part.id, text) for (name, part), text in zip(parts.items(), (FIRST, SECOND), strict=True)
    }

    def score(gold=GOLD, change=lambda briefing: briefing):
        briefings = [change(briefing) for briefing in merge(list(parts.values()))]
        return evaluate_merged(read_merged(json.encode(gold)), briefings, documents)

    return score


def test_a_briefing_as_the_editor_has_it_has_no_fault(scored):
    result = scored()
    assert (result.found, result.wanted, result.repeats, result.folded) == (3, 3, 0, 0)
    assert (result.rounds, result.briefings, result.sides_right, result.dates_right) == (1, 1, 1, 1)
    assert (result.origins_right, result.documents) == (2, 2)
    assert (result.conflicts_wanted, result.conflicts_false, result.excluded) == (0, 0, 0)


def test_a_fact_that_is_told_twice_is_a_repeat(scored):
    ids = (f"fct_{number:016x}" for number in count())

    def twice(briefing):
        again = [replace(figure, id=next(ids)) for figure in briefing.figures]
        return replace(briefing, figures=[*briefing.figures, *again])

    result = scored(change=twice)
    assert result.repeats == 1
    assert [fault.fault for fault in result.faults if fault.fault == "told again"] == ["told again"]


def test_what_nobody_tells_is_missing(scored):
    result = scored(change=lambda briefing: replace(briefing, deadlines=[]))
    assert (result.found, result.wanted) == (2, 3)
    assert [fault.what for fault in result.faults if fault.fault == "missing"] == [
        "deadline of 2031-04-30: expires on 30 April 2031"
    ]


def test_two_annotated_facts_in_one_are_folded(scored):
    [one] = GOLD["figures"]
    apart = [{**one, "support": [support]} for support in one["support"]]
    assert scored({**GOLD, "figures": apart}).folded == 1


def test_what_rests_on_words_of_another_matter_is_counted(scored):
    words = [{"file": "a.txt", "quote": "Japan’s tariff"}]
    result = scored(
        {**GOLD, "figures": [], "deadlines": [], "excluded": [{"reason": "test", "support": words}]}
    )
    assert result.excluded >= 2


@pytest.mark.parametrize(
    ("must_not", "forbidden"),
    [
        (["delegate Ana Quispe", "party CL"], {"delegate"}),
        (["venue Lima", "start 2031-03-10"], set()),
        (["12% as a rate of Peru"], {"figure", "deadline"}),
        (["any fact"], {"delegate", "figure", "deadline"}),
    ],
)
def test_words_of_another_matter_forbid_what_they_name(scored, must_not, forbidden):
    words = [
        {"file": "a.txt", "quote": quote} for quote in ("Ana Quispe", "tariff of 12%", "expires on 30 April")
    ]
    gold = {**GOLD, "delegations": [], "figures": [], "deadlines": []}
    result = scored(gold | {"excluded": [{"reason": "test", "support": words, "must_not": must_not}]})
    told = {fault.what.split(":")[0] for fault in result.faults if fault.fault == "of another matter"}
    assert told & {"delegate", "figure", "deadline"} == forbidden


def test_a_conflict_is_found_where_its_positions_rest_on_other_words(scored):
    def quarrel(briefing):
        one, other = [fact.id for fact in facts_of(briefing)][:2]
        conflict = {
            "id": "cfl_0000000000000000", "briefing_id": briefing.id, "about": "x", "kind": "value",
            "positions": [{"value": "1", "fact_ids": [one]}, {"value": "2", "fact_ids": [other]}], "resolution": None,
            "review": None,
        }  # fmt: skip
        return json.decode(
            json.encode({**json.decode(json.encode(briefing)), "conflicts": [conflict]}), type=type(briefing)
        )

    assert scored(change=quarrel).conflicts_false == 1


def test_origins_sides_and_days_that_are_wrong_are_told(scored):
    gold = {
        **GOLD,
        "negotiation": {"parties": ["PE", "CL"], "start": "2031-03-12", "status": "signed"},
        "origin_groups": [{"group": "G1", "files": ["a.txt", "b.txt"]}],
    }
    result = scored(gold)
    assert (result.sides_right, result.dates_right, result.statuses_right, result.origins_right) == (
        0,
        0,
        0,
        0,
    )
    assert {"wrong sides", "wrong start", "wrong status", "wrong origin"} <= {f.fault for f in result.faults}


def test_a_briefing_too_few_and_one_too_many_are_told(scored):
    assert {fault.fault for fault in scored({"briefings": [GOLD, GOLD]}).faults} >= {"missing briefing"}
    assert {fault.fault for fault in scored({"briefings": []}).faults} == {"one briefing too many"}


def test_annotations_of_another_shape_are_refused():
    with pytest.raises(DecodeError):
        read_merged(b'{"negotiation": {"parties": "PE"}}')

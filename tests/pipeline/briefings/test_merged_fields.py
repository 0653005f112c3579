"""What the merged fact says of what its documents say: values that one alone tells, that they disagree on, and proof."""

from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.briefings.conflicts import find_conflicts
from pipeline.briefings.deduplicate import deduplicate
from pipeline.briefings.memory import Memory
from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from schemas import (
    Briefing,
    Delegate,
    Evidence,
    Fact,
    Figure,
    Negotiation,
    Position,
    Stake,
)
from schemas import fuzzy_date as day
from schemas.kinds import BY_NAME, facts_of, facts_of_kind, kind_of
from tests.store.invented import (
    deadline,
    delegate,
    delegation,
    fact,
    figure,
    info,
    negotiation,
    readout,
    stake,
    statement,
)

Given = dict[str, Any]
FIGURE = figure("15 per cent", 15.0, "%")
DEADLINE = deadline("The pause ends", "2031-04-01")
DELEGATE = delegate("Ana Example", "NO")
STAKE = stake("The duty on salmon.", "tariffs")
STATEMENT = statement("We are close", "Ana Example", "NO")
OF_KIND: dict[str, Fact] = {kind_of(one).name: one for one in (FIGURE, DEADLINE, DELEGATE, STAKE, STATEMENT)}


def parts(*told: Fact | None) -> list[Part]:
    """A document for each fact, which tells nothing else."""
    made = []
    for name, one in zip("abcdef", told, strict=False):
        known = replace(readout(name), deadlines=[])
        if one is not None:
            one = replace(one, **fact(name, document=name, briefing=None) | {"proof": one.proof})
            own = [delegation(one.party, one)] if isinstance(one, Delegate) else [one]
            plural = "delegations" if isinstance(one, Delegate) else kind_of(one).plural
            known = replace(known, **{plural: own})
        made.append(Part(known, info(name).source))
    return made


def merged(*told: Fact) -> list[Any]:
    kind = BY_NAME[kind_of(told[0]).name]
    readings = {
        id: facts_of_kind(part.readout, kind) for id, part in zip("abcdef", parts(*told), strict=False)
    }
    return deduplicate(kind, readings, None, Memory())


def one(*told: Fact) -> Any:
    (found,) = merged(*told)
    return found


FILLED = [
    ("delegate", "capacity", "negotiator", "leader"),
    ("stake", "title", "the duty on salmon", "salmon"),
    ("deadline", "starts", day("2031-03-01", "1 March"), day("2031-02-01", "1 February")),
    ("figure", "effective", day("2031-03-01", "1 March"), day("2031-02-01", "1 February")),
    ("figure", "legal_basis", "Article 12", "Article 13"),
    ("statement", "said_on", day("2031-03-01", "1 March"), day("2031-02-01", "1 February")),
]
APART = [("previous_value", 10.0, 0.0), ("imposed_by", "NO", "CL"), ("applies_to", ["NO"], ["CL", "FJ"])]
ALONE = [*FILLED, *(("figure", *row) for row in APART)]


@pytest.mark.parametrize(("kind", "name", "value", "_"), ALONE)
def test_what_one_document_alone_tells_is_kept(kind: str, name: str, value: Any, _: Any) -> None:
    silent = OF_KIND[kind]
    for told in permutations([silent, silent, replace(silent, **{name: value})]):
        assert getattr(one(*told), name) == value


@pytest.mark.parametrize(("kind", "name", "value", "other"), FILLED)
def test_the_first_document_that_tells_it_is_kept_and_others_that_disagree_tell_nothing(
    kind: str, name: str, value: Any, other: Any
) -> None:
    silent = OF_KIND[kind]
    first, second = replace(silent, **{name: value}), replace(silent, **{name: other})
    assert getattr(one(first, second), name) == value
    assert getattr(one(silent, first, first), name) == value
    assert getattr(one(silent, first, second), name) is None


@pytest.mark.parametrize(("name", "value", "other"), APART)
def test_figures_of_other_measures_are_not_the_same(name: str, value: Any, other: Any) -> None:
    told = [replace(FIGURE, **{name: value}), replace(FIGURE, **{name: other})]
    assert [getattr(found, name) for found in merged(*told)] == [value, other]


def test_a_value_before_of_nothing_is_a_value() -> None:
    assert one(replace(FIGURE, previous_value=0.0), FIGURE).previous_value == 0.0
    assert len(merged(replace(FIGURE, previous_value=0.0), replace(FIGURE, previous_value=10.0))) == 2


def test_those_on_whom_a_measure_falls_may_be_told_in_any_order() -> None:
    one(replace(FIGURE, applies_to=["NO", "CL"]), replace(FIGURE, applies_to=["CL", "NO"]))


def test_a_measure_of_somebody_else_is_no_other_value_of_the_same() -> None:
    def conflicts(**other: Any) -> list[str]:
        left, right = FIGURE, figure("20 per cent", 20.0, "%")
        left, right = replace(left, imposed_by="NO"), replace(right, **other)
        facts: dict[str, list[Any]] = {name: [] for name in BY_NAME}
        found = [replace(two, **fact(name, document=name)) for name, two in (("a", left), ("b", right))]
        facts["figure"] = [
            replace(two, evidence=[replace(two.evidence[0], exact=words, end=3 + len(words))])
            for two, words in zip(
                found, ("Duties on salmon are 15 per cent.", "Duties on salmon are 20 per cent."), strict=True
            )
        ]
        return [
            each.kind for each in find_conflicts("brf_0000000000000001", parts(None, None), facts, Memory())
        ]

    assert conflicts(imposed_by="NO") == conflicts() == ["value"]
    assert conflicts(imposed_by="CL") == []


@pytest.mark.parametrize(
    ("heads", "head"),
    [
        ([True, False], True),
        ([False, True], True),
        ([None, True], True),
        ([None, False], False),
        ([False, None, False], False),
        ([None, None], None),
    ],
)
def test_somebody_leads_where_a_source_says_so(heads: list[bool | None], head: bool | None) -> None:
    assert one(*(replace(DELEGATE, head=each) for each in heads)).head is head


def test_a_head_who_is_denied_and_a_head_without_a_name_are_no_other_head() -> None:
    def heads(other: Delegate) -> str:
        told = [replace(DELEGATE, head=True), other]
        (briefing,) = merge(parts(*told))
        assert briefing.conflicts == []
        return briefing.delegations[0].head

    assert heads(replace(DELEGATE, head=False)) == "sole"
    assert heads(replace(DELEGATE, name=None, role="leader of the talks", head=True)) == "joint"
    named = [replace(DELEGATE, head=True), replace(DELEGATE, name="Bo Muster", head=True)]
    (briefing,) = merge(parts(*named))
    assert (briefing.delegations[0].head, len(briefing.conflicts)) == ("disputed", 1)


def test_who_is_not_named_is_known_by_party_and_office() -> None:
    minister = replace(DELEGATE, name=None, role="trade minister")
    assert len(merged(minister, replace(minister, role="Trade Minister"))) == 1
    assert len(merged(minister, replace(minister, role="chief negotiator"))) == 2
    assert len(merged(minister, replace(minister, party="CL"))) == 2
    assert len(merged(minister, replace(DELEGATE, role="trade minister"))) == 2


def test_what_has_no_date_is_known_by_its_words() -> None:
    undated = replace(DEADLINE, what="Ratification of the salmon protocol", date=None)
    assert one(undated, replace(undated, what="ratification of the salmon protocol")).date is None
    assert len(merged(undated, replace(undated, what="Exchange of lists"))) == 2
    assert len(merged(undated, replace(undated, kind="other"))) == 2


def test_what_has_no_date_confirms_no_date() -> None:
    found = merged(replace(DEADLINE, date=None), DEADLINE)
    assert [each.date for each in found] == [None, DEADLINE.date]


def test_what_has_no_date_stands_last_and_keeps_its_id() -> None:
    undated = replace(DEADLINE, what="Ratification of the salmon protocol", date=None)
    (before,) = merge(parts(undated, None))
    (briefing,) = merge(parts(undated, DEADLINE), [before])
    assert [each.date for each in briefing.deadlines] == [DEADLINE.date, None]
    assert briefing.deadlines[1].id == before.deadlines[0].id
    dated = replace(undated, date=day("2031-05-01", "1 May 2031"))
    (after,) = merge(parts(dated, DEADLINE), [briefing])
    assert after.deadlines[1].id == before.deadlines[0].id


QUOTED = {"proof": "quoted"}


@pytest.mark.parametrize("kind", OF_KIND)
def test_what_code_has_read_in_one_document_is_proven_in_full(kind: str) -> None:
    full = OF_KIND[kind]
    quoted = replace(full, **QUOTED)
    assert one(full, quoted).proof == one(quoted, full).proof == one(quoted, quoted, full).proof == "full"
    assert one(quoted, quoted).proof == "quoted"
    assert one(full, full).proof == "full"


@pytest.mark.parametrize(("kind", "name", "value", "_"), ALONE)
def test_a_value_that_code_has_not_read_makes_it_quoted(kind: str, name: str, value: Any, _: Any) -> None:
    full = OF_KIND[kind]
    assert one(full, replace(full, **{name: value}, **QUOTED)).proof == "quoted"
    assert one(full, replace(full, **{name: value})).proof == "full"


def test_the_words_of_what_code_has_read_are_kept() -> None:
    quoted = replace(FIGURE, as_written="fifteen per cent", subject="the duty on salmon", **QUOTED)
    found: Figure = one(quoted, FIGURE)
    assert (found.as_written, found.subject, found.proof) == (FIGURE.as_written, FIGURE.subject, "full")


def test_stakes_of_one_topic_are_one_where_they_are_of_the_same() -> None:
    tyres = stake("Norway will keep its duty on tyres.", "tariffs")
    again = stake("The duty on tyres stays at 16 per cent.", "other")
    salmon = stake("Chile will lower its duty on salmon.", "tariffs")
    chips = stake("Export controls on chips were not discussed.", "export_controls.technology")
    licences = stake("Licences are granted more slowly.", "export_controls.technology")
    assert [len(each.evidence) for each in merged(tyres, salmon, again)] == [2, 1]
    assert len(merged(chips, licences)) == 1


def offer(words: str, document: str) -> Position:
    [evidence] = fact("offer", document=document)["evidence"]
    assert isinstance(evidence, Evidence)
    return Position(party="CL", ask=None, offer=words, red_line=None, evidence=[evidence])


def test_one_position_keeps_the_proof_of_each_document() -> None:
    told = [
        replace(STAKE, positions=[offer("a quota", "a")]),
        replace(STAKE, positions=[offer("A quota", "b"), offer("a lower duty", "b")]),
    ]
    found: Stake = one(*told)
    assert [(each.offer, len(each.evidence)) for each in found.positions] == [
        ("a quota", 2),
        ("a lower duty", 1),
    ]
    assert found.proof == "full"


def test_more_proof_of_a_position_makes_no_value_unread() -> None:
    full = replace(STAKE, positions=[offer("a quota", "a")])
    quoted = replace(STAKE, positions=[offer("a quota", "b")], **QUOTED)
    assert one(full, quoted).proof == "full"
    assert one(full, replace(quoted, positions=[offer("a lower duty", "b")])).proof == "quoted"


def talks(**given: Any) -> Negotiation:
    return replace(negotiation(("NO", "CL")), **given)


def test_stage_and_outcome_are_those_of_the_last_document_that_tells_them() -> None:
    def told(*rows: tuple[str | None, Given]) -> Briefing:
        made = []
        for part, (published, given) in zip(parts(*[None] * len(rows)), rows, strict=True):
            when = day(published, published) if published else None
            made.append(
                Part(replace(part.readout, negotiation=talks(**given)), replace(part.source, published=when))
            )
        (briefing,) = merge(made)
        return briefing

    early, late = {"stage": "negotiation", "outcome": "a framework"}, {"stage": "conclusion"}
    for rows in permutations([("2031-03-01", early), ("2031-03-09", late), ("2031-03-10", {}), (None, {})]):
        found = told(*rows).negotiation
        assert (found.stage, found.outcome) == ("conclusion", "a framework")
    unknown = told(("2031-03-01", early), ("2031-03-09", {"stage": "unknown"})).negotiation
    assert unknown.stage == "negotiation"


def test_any_order_gives_the_same_facts() -> None:
    told: list[Figure] = [
        FIGURE,
        replace(FIGURE, imposed_by="CL", **QUOTED),
        replace(FIGURE, effective=day("2031-03", "March")),
        replace(FIGURE, legal_basis="Article 12", **QUOTED),
    ]
    found = {
        (two.imposed_by, two.effective, two.legal_basis, two.proof)
        for two in map(lambda each: one(*each), permutations(told))
    }
    assert found == {("CL", day("2031-03", "March"), "Article 12", "quoted")}


def test_every_fact_of_a_merge_has_a_proof() -> None:
    (briefing,) = merge(parts(FIGURE, DEADLINE, replace(STATEMENT, **QUOTED)))
    assert {kind_of(each).name: each.proof for each in facts_of(briefing)} == {
        "deadline": "full",
        "figure": "full",
        "statement": "quoted",
    }

"""All documents of one round become one briefing, whatever order they come in."""

from datetime import UTC, datetime
from itertools import permutations

import msgspec
import pytest

from pipeline.briefings.merge import merge
from schemas.kinds import facts_of

NOW = datetime(2031, 3, 12, 9, tzinfo=UTC)
LATER = datetime(2031, 3, 13, 9, tzinfo=UTC)

PREVIEW = """Peru and Japan to open trade talks in Lima

Negotiators from Peru and Japan will open trade talks in Lima on Monday. The Peruvian delegation will be led by Trade Minister Ana Quispe.

Japan’s tariff pause for Peru expires in August unless a deal is reached. Japan’s exports to Peru fell 4% in January. The draft text has 22 chapters.
"""
OPENING = """Trade talks between Peru and Japan begin in Lima

Peru and Japan have begun trade talks in Lima. Finance Minister Luis Paz heads the Peruvian delegation, which will include Trade Minister Ana Quispe.

Japan’s exports to Peru fell 6% in January. Japan’s tariff pause for Peru expires in August 2031 unless Tokyo opts for an extension.
"""
ELSEWHERE = """Kenya and Norway start trade talks in Nairobi

Kenya and Norway will begin negotiations on a free trade agreement in Nairobi on Tuesday.
"""
OTHER = "The city council of Lima approved a new park on Monday after a long debate about trees.\n"


@pytest.fixture
def parts(part_of):
    return [
        part_of(PREVIEW, published="2031-03-12"),
        part_of(OPENING),
        part_of(ELSEWHERE, published="2031-03-12"),
        part_of(OTHER),
    ]


@pytest.fixture
def lima(parts):
    return next(b for b in merge(parts, now=NOW) if b.negotiation.venue == "Lima")


def test_separate_talks_are_separate_briefings_and_other_texts_none(parts):
    assert sorted(b.negotiation.name for b in merge(parts)) == [
        "Japan–Peru trade talks, Lima",
        "Kenya–Norway trade talks, Nairobi",
    ]


def test_any_order_gives_the_same_briefings(parts):
    bodies = {msgspec.json.encode(merge(order, now=NOW)) for order in permutations(parts)}
    assert len(bodies) == 1


def test_one_person_in_two_documents_is_one_delegate(lima):
    assert [(d.party, d.head, [m.name for m in d.members]) for d in lima.delegations] == [
        ("PE", "disputed", ["Ana Quispe", "Luis Paz"])
    ] or {m.name for m in lima.delegations[0].members} == {"Ana Quispe", "Luis Paz"}
    quispe = next(m for m in lima.delegations[0].members if m.name == "Ana Quispe")
    assert (len(quispe.evidence), quispe.origins, quispe.certainty) == (2, 2, "disputed")


def test_one_deadline_keeps_both_conditions_and_the_finer_date(lima):
    (due,) = [d for d in lima.deadlines if d.kind == "measure_expiry"]
    assert (due.date.edtf, len(due.evidence), due.origins) == ("2031-08", 2, 2)
    assert {c.kind for c in due.conditions} == {"unless_deal", "unless_extended"}


def test_disagreements_are_shown_with_their_facts(lima):
    facts = {fact.id: fact for fact in facts_of(lima)}
    shown = {c.about: [p.value for p in c.positions] for c in lima.conflicts}
    assert shown == {
        "who heads the delegation of Peru": ["Ana Quispe", "Luis Paz"],
        "what lifts the deadline: " + next(d.what for d in lima.deadlines if d.conditions): [
            "unless Tokyo opts for an extension",
            "unless a deal is reached",
        ],
        "growth rate: Japan’s exports to Peru": ["4%", "6%"],
    }
    for conflict in lima.conflicts:
        assert conflict.resolution is None and conflict.briefing_id == lima.id
        for position in conflict.positions:
            assert all(conflict.id in facts[i].conflict_ids for i in position.fact_ids)


def test_different_periods_are_no_conflict(part_of):
    first = part_of(PREVIEW, published="2031-03-12")
    second = part_of(PREVIEW.replace("4% in January", "6% in February"), published="2031-03-12")
    (briefing,) = merge([first, second])
    assert [c.about for c in briefing.conflicts] == []


def test_every_fact_points_into_its_document(parts, lima):
    texts = {
        part.readout.document.id: text
        for part, text in zip(parts, (PREVIEW, OPENING, ELSEWHERE, OTHER), strict=True)
    }
    for fact in facts_of(lima):
        assert fact.briefing_id == lima.id and fact.evidence
        for e in fact.evidence:
            assert texts[e.document_id][e.start : e.end] == e.exact


def test_the_same_documents_give_the_very_same_revision(parts):
    first = merge(parts, now=NOW)
    assert merge(parts, first, LATER) == first


def test_a_new_document_makes_a_revision_that_keeps_ids(parts):
    (first,) = merge(parts[:1], now=NOW)
    (second,) = merge(parts[:2], [first], LATER)
    assert (second.id, second.revision, second.created_at, second.updated_at) == (first.id, 2, NOW, LATER)
    kept = {f.id: f for f in facts_of(second)}
    for fact in facts_of(first):
        assert kept[fact.id].first_revision == 1
    (chapters,) = [f for f in second.figures if f.measure == "count"]
    assert (chapters.first_revision, chapters.changed_revision) == (1, 1)
    quispe = next(m for d in second.delegations for m in d.members if m.name == "Ana Quispe")
    assert (quispe.first_revision, quispe.changed_revision) == (1, 2)
    assert {f.first_revision for f in facts_of(second)} == {1, 2}


def test_a_copy_of_a_story_adds_no_origin(part_of):
    quote = "“We will not sign anything that leaves our fishermen worse off than they are today,” Quispe said, according to a Reuters report."
    first = part_of(PREVIEW + quote, published="2031-03-12")
    copy = part_of("Lima talks\n\n" + PREVIEW + quote, published="2031-03-12")
    (briefing,) = merge([first, copy])
    assert {s.origin_group for s in briefing.sources} == {"o1"}
    assert {fact.origins for fact in facts_of(briefing)} == {1}


def test_the_summary_tells_facts_of_the_briefing(lima):
    ids = {fact.id for fact in facts_of(lima)}
    assert 1 <= len(lima.summary) <= 6
    assert all(sentence.fact_ids and set(sentence.fact_ids) <= ids for sentence in lima.summary)


def test_a_round_that_falls_apart_gives_its_id_to_one_part_only(part_of):
    vague = "Peru and Japan will hold trade talks on Monday, the two governments said.\n"
    parts = [part_of(vague + str(n) * n, published="2031-03-12") for n in (1, 2)]
    (together,) = merge(parts)
    apart = [
        msgspec.structs.replace(
            part,
            readout=msgspec.structs.replace(
                part.readout, negotiation=msgspec.structs.replace(part.talks, round=number)
            ),
        )
        for part, number in zip(parts, ("first round", "second round"), strict=True)
    ]
    ids = [b.id for b in merge(apart, [together])]
    assert len(set(ids)) == 2 and together.id in ids


LONGER = (
    PREVIEW
    + """
Tokyo wants duty-free access for its cars, and Lima is asking for a quota of 12,000 tonnes of fish. Trade between the two was worth $4.6 billion in 2030, the customs service reported.

The two sides aim to conclude the negotiations by the end of the year, and will meet again in Tokyo on 4 May.
"""
)


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace(
            "Peru and Japan to open trade talks in Lima", "Fish and cars: what is at stake in Lima"
        ),
        lambda text: (
            text.replace("Tokyo wants", "Japan would like")
            .replace("worth", "valued at")
            .replace("aim to", "hope to")
        ),
    ],
    ids=["another headline", "lightly rewritten"],
)
def test_a_copy_is_no_second_origin(part_of, rewrite):
    (briefing,) = merge(
        [part_of(LONGER, published="2031-03-12"), part_of(rewrite(LONGER), published="2031-03-12")]
    )
    assert [s.origin_group for s in briefing.sources] == ["o1", "o1"]
    assert {fact.origins for fact in facts_of(briefing)} == {1}


def test_two_stories_of_one_round_are_two_origins(lima):
    assert [s.origin_group for s in lima.sources] == ["o1", "o2"]


def test_documents_that_let_different_things_follow_a_deadline_are_in_conflict(part_of):
    due = "Japan’s tariff pause for Peru expires in August. {}\n"
    first = (
        PREVIEW.split("\n\n")[1] + "\n\n" + due.format("Without a deal, duties will revert to 20 per cent.")
    )
    second = (
        OPENING.split("\n\n")[1]
        + "\n\n"
        + due.format("Tokyo has warned that duties will be reinstated at 35 per cent.")
    )
    (briefing,) = merge([part_of(first, published="2031-03-12"), part_of(second)])
    (shown,) = [c for c in briefing.conflicts if c.about.startswith("what follows")]
    assert [p.value for p in shown.positions] == [
        "Tokyo has warned that duties will be reinstated at 35 per cent.",
        "Without a deal, duties will revert to 20 per cent.",
    ]
    values = {f.id: f.value for f in briefing.figures}
    assert [[values[i] for i in p.fact_ids] for p in shown.positions] == [[35], [20]]

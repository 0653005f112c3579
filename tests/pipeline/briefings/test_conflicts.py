"""What is a conflict between documents of one round, and what is none."""

from itertools import permutations

import pytest

from pipeline.briefings.merge import merge
from schemas.kinds import facts_of

LEAD = (
    "Peru and Japan open trade talks in Lima on Monday. The Peruvian delegation will be led by Trade Minister"
    " Ana Quispe. Japan’s side is led by Trade Minister Kenji Mori.\n\n"
)
HEADLINE = "Japan agrees to lift its ban on Peruvian avocados\n\n"
CLAIM = (
    "Quispe said on Friday that Japan had agreed to lift its ban on Peruvian avocados, in force since 2029.\n"
)
FISH = "The talks will cover fish quotas.\n"


@pytest.fixture
def briefing_of(part_of):
    """The one briefing of some documents, each of which is about the talks in Lima."""

    def briefing(*texts, order=None):
        parts = [
            part_of(text if LEAD in text else LEAD + text, published="2031-03-12")
            for text in (order or texts)
        ]
        (one,) = merge(parts)
        return one

    return briefing


@pytest.fixture
def shown(briefing_of):
    """The conflicts of some documents: what each is about, its kind, and its positions."""
    return lambda *texts: {
        c.about: (c.kind, [p.value for p in c.positions]) for c in briefing_of(*texts).conflicts
    }


AVOCADOS = "whether Japan agreed to lift its ban on Peruvian avocados"


def test_a_headline_that_says_as_a_fact_what_its_text_only_attributes_is_in_conflict_with_it(briefing_of):
    briefing = briefing_of(HEADLINE + LEAD + CLAIM)
    (conflict,) = briefing.conflicts
    facts = {fact.id: fact for fact in facts_of(briefing)}
    proofs = {
        p.value: [(e.region, e.exact) for i in p.fact_ids for e in facts[i].evidence]
        for p in conflict.positions
    }
    assert (conflict.about, conflict.kind, conflict.resolution) == (AVOCADOS, "attribution", None)
    assert proofs == {
        "claimed by Ana Quispe": [("body", CLAIM.strip())],
        "stated as a fact": [("headline", HEADLINE.strip())],
    }
    assert {facts[i].certainty for p in conflict.positions for i in p.fact_ids} == {"disputed"}
    assert briefing.delegations[0].head == "sole"


def test_a_headline_that_its_text_bears_out_is_no_fact(briefing_of):
    briefing = briefing_of(HEADLINE + LEAD + CLAIM + "Japan agreed to lift the ban on avocados on Sunday.\n")
    assert [e.region for s in briefing.stakes for e in s.evidence if e.region != "body"] == []


@pytest.mark.parametrize(
    "headline",
    [
        "Japan agrees to lift its ban on avocados, Quispe says",
        "Quispe: Japan agrees to lift its ban on avocados",
        "Japan agrees to lift its ban on avocados: Quispe",
        "Japan may agree to lift its ban on Peruvian avocados",
        "Peru and Japan agree to lift bans on avocados",
        "Japan agrees to buy more Peruvian copper this year",
    ],
)
def test_a_headline_that_attributes_hedges_or_tells_something_else_is_no_overclaim(briefing_of, headline):
    briefing = briefing_of(f"{headline}\n\n{LEAD}{CLAIM}")
    assert briefing.conflicts == []
    assert {e.region for fact in facts_of(briefing) for e in fact.evidence} == {"body"}


@pytest.mark.parametrize(
    "claim",
    [
        "Duties on fish fell after Quispe claimed that Japan had agreed to lift its ban on Peruvian avocados.\n",
        "According to Quispe, Japan has pledged to lift its ban on Peruvian avocados.\n",
        "Japan has agreed to lift its ban on Peruvian avocados, Quispe said.\n",
        "Peruvian officials said the Japanese side had agreed to lift its ban on Peruvian avocados.\n",
        "Quispe told reporters that Mori agreed to “lift the ban on Peruvian avocados,” and smiled.\n",
        "The talks follow Quispe’s claim that Japan had agreed to lift its ban on Peruvian avocados.\n",
    ],
)
def test_a_claim_is_found_in_any_wording(shown, claim):
    assert [
        kind for about, (kind, _) in shown(HEADLINE + LEAD + claim).items() if about.startswith("whether")
    ] == ["attribution"]


def test_another_document_that_says_it_as_a_fact_is_in_conflict_with_the_claim(shown):
    fact = "Japan has agreed to lift its ban on Peruvian avocados, and both sides will discuss tariffs.\n"
    assert shown(CLAIM, fact) == {
        AVOCADOS: ("attribution", ["claimed by Ana Quispe", "stated as a fact"]),
    }


@pytest.mark.parametrize(
    "own",
    [
        "Japan’s farm ministry said it had approved two avocado growers for export.",
        "Japan’s trade ministry denied that it had agreed to lift its ban on Peruvian avocados.",
    ],
)
def test_the_partys_own_words_stand_beside_the_claim(shown, own):
    assert shown(CLAIM, own + "\n") == {
        AVOCADOS: ("attribution", [f"Japan’s own words: {own}", "claimed by Ana Quispe"]),
    }


@pytest.mark.parametrize(
    "other",
    [
        FISH,
        "Japan’s trade ministry said that it had agreed to lift its ban on Peruvian avocados.\n",
        "Mori said that Japan had agreed to lift its ban on Peruvian avocados.\n",
        "Japan has agreed to cut its tariffs on fish.\n",
        "Japan could agree to lift its ban on Peruvian avocados.\n",
        "Quispe claimed that Japan had agreed to lift its ban on Peruvian avocados within weeks.\n",
    ],
    ids=["silence", "its own word", "its minister's word", "another matter", "a guess", "the claim again"],
)
def test_a_claim_that_nobody_contests_or_its_party_confirms_is_no_conflict(shown, other):
    assert shown(CLAIM, other) == {}


def test_pledges_about_different_goods_are_different_pledges(shown):
    assert (
        shown(
            "Quispe said that Japan had agreed to cut its tariffs on steel.\n",
            "Japan has agreed to cut its tariffs on textiles.\n",
        )
        == {}
    )


def test_one_thing_that_falls_due_on_two_days_is_a_conflict(shown):
    assert shown(
        "Japan’s tariff pause for Peru expires on 1 August 2031.\n",
        "Japan’s tariff pause for Peru ends on 12 August 2031, officials said.\n",
    ) == {
        "when: Japan’s tariff pause for Peru ends on 12 August 2031, officials said.": (
            "value",
            ["2031-08-01", "2031-08-12"],
        )
    }


def test_one_quantity_in_other_words_with_another_value_is_a_conflict(shown):
    assert shown(
        "Japan’s exports to Peru fell 4% in January.\n",
        "Japan’s shipments to Peru dropped 6% in January, the customs service said.\n",
    ) == {"growth rate: Japan’s exports to Peru": ("value", ["4%", "6%"])}


def test_one_quantity_with_two_values_is_a_conflict(shown):
    assert shown(
        "Japan’s tariffs on steel are 25 per cent.\n", "Japan’s tariffs on steel are 20 per cent.\n"
    ) == {"tariff rate: Japan’s tariffs on steel": ("value", ["20 per cent", "25 per cent"])}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trade between them was worth $4.6 billion in 2030.", "Trade between them was worth $4.1 billion in 2029."),
        ("Trade between them was worth $4.6 billion in 2030.", "Trade between them was worth $0.4 billion in March 2030."),
        ("Japan’s exports to Peru rose 4% from January.", "Japan’s exports to Peru rose 9% from a year earlier."),
        ("Japan’s tariffs on steel will be 25 per cent.", "Japan’s tariffs on cars will be 10 per cent."),
        ("Steel faces a Japanese tariff of 25 per cent.", "Copper faces a Japanese tariff of 10 per cent."),
        ("Fish is 12 per cent of Peru’s exports to Japan.", "Copper is 48 per cent of Peru’s exports to Japan."),
        ("Peru’s exports to Japan were worth $2 billion.", "Peru’s imports from Japan were worth $3 billion."),
        ("Japan’s exports to Peru fell 4% in January.", "Peru’s exports to Japan fell 9% in January."),
        ("Japan’s tariffs on steel are 25 per cent.", "Japan’s previous tariffs on steel were 20 per cent."),
        ("Japan threatens tariffs of 25 per cent on fish.", "Japan charges tariffs of 10 per cent on fish."),
        ("Trade was worth about $4.6 billion in 2030.", "Trade was worth $4.58 billion in 2030."),
        ("Tariffs on fish fall to 10 per cent in 2032.", "Tariffs on fish fall to 5 per cent in 2034."),
    ],
    ids=[
        "year", "month of the year", "base", "goods charged", "goods first", "goods that share", "way", "side",
        "level", "firmness", "rounding", "step",
    ],
)  # fmt: skip
def test_another_period_base_or_scope_is_another_fact(shown, one, other):
    assert shown(one + "\n", other + "\n") == {}


DUE = "Japan’s tariff pause for Peru expires in August 2031"


def test_conditions_that_exclude_each_other_are_a_conflict_between_documents(shown):
    found = shown(f"{DUE} unless a deal is reached.\n", f"{DUE} unless it is extended.\n")
    assert list(found.values()) == [("scope", ["unless a deal is reached", "unless it is extended"])]


def test_a_document_that_names_both_conditions_or_none_contradicts_nobody(shown):
    both = f"{DUE} unless a deal is reached or it is extended.\n"
    assert shown(both, f"{DUE} unless a deal is reached.\n", f"{DUE}.\n") == {}


def test_a_deal_here_and_a_truce_there_is_a_conflict_about_one_outcome(shown):
    assert shown(
        "The two agreed to a trade deal last month, which lowered duties on fish.\n",
        "Both sides want to maintain a fragile truce struck last month during negotiations in Osaka.\n",
    ) == {"what was reached in Osaka": ("scope", ["fragile truce", "trade deal"])}


@pytest.mark.parametrize(
    "other",
    [
        "Peru signed a trade deal with Chile last month, and wants lower duties.",
        "Negotiators hope to reach a trade deal last discussed in Osaka on fish duties.",
        "The two agreed to a deal last month in Osaka, and the truce struck last month limits duties on fish.",
        "Both sides discussed duties on fish under the Nagoya agreement of 2019.",
    ],
    ids=["with somebody else", "only hoped for", "both words", "another outcome"],
)
def test_what_is_not_the_same_outcome_is_no_conflict(shown, other):
    truce = "Both sides want to maintain a fragile truce struck last month during negotiations in Osaka.\n"
    assert shown(truce, other + "\n") == {}


def test_a_dispute_cannot_be_older_than_it_is_long(shown):
    assert shown(
        "The talks follow a month-long trade dispute over duties on fish.\n",
        "The trade dispute has worsened over the past two years, with duties on fish.\n",
    ) == {
        "how long the dispute has lasted": (
            "value",
            ["month-long trade dispute", "trade dispute has worsened over the past two years"],
        )
    }


def test_what_happened_lately_in_a_long_dispute_is_no_conflict(shown):
    assert (
        shown(
            "The talks follow a two-year-long trade dispute over duties on fish.\n",
            "The trade dispute has worsened over the past month, with duties on fish.\n",
        )
        == {}
    )


SECRET = "Japan said that it had granted some import licences without naming the companies.\n"


def test_receivers_that_one_document_withholds_and_another_names_are_shown(shown):
    named = "Japan has granted import licences to three Peruvian fish exporters in Callao.\n"
    assert shown(SECRET, named) == {
        "who received the licences": (
            "omission",
            ["not disclosed", "three Peruvian fish exporters in Callao"],
        )
    }


def test_receivers_of_something_else_are_not(shown):
    assert shown(SECRET, "Japan has allocated quotas to three Peruvian fish exporters.\n") == {}


ROJAS = "“We want more fish,” said Luz Rojas, director of the National Fisheries Council.\n"


def test_offices_of_different_kinds_are_a_conflict(shown):
    assert shown(
        ROJAS, "“We want more fish,” said government adviser Luz Rojas. Peru wants lower duties.\n"
    ) == {
        "which office Luz Rojas holds": ("scope", ["adviser", "director of the National Fisheries Council"])
    }


@pytest.mark.parametrize(
    "other",
    [
        "“We want more fish,” said Luz Rojas, who heads the National Fisheries Council.",
        "“We want more fish,” said government adviser Pedro Rojas.",
        "“We want more fish,” said Luz Rojas.",
    ],
    ids=["another word for it", "another person", "none given"],
)
def test_one_office_in_other_words_is_no_conflict(shown, other):
    assert shown(ROJAS, other + " Peru wants lower duties.\n") == {}


def test_conflicts_are_the_same_in_any_order_of_the_documents(briefing_of):
    texts = [
        HEADLINE + LEAD + CLAIM,
        "The talks follow a month-long trade dispute.\n" + SECRET,
        "Japan has granted import licences to three Peruvian fish exporters.\n",
        "The trade dispute has worsened over the past two years, with duties on fish.\n",
    ]
    found = {
        tuple((c.id, c.about) for c in briefing_of(order=order).conflicts) for order in permutations(texts)
    }
    assert len(found) == 1 and len(next(iter(found))) == 3


def test_every_position_rests_on_facts_of_the_briefing(briefing_of):
    briefing = briefing_of(
        HEADLINE + LEAD + CLAIM, SECRET, "Japan has granted import licences to fish exporters.\n"
    )
    facts = {fact.id: fact for fact in facts_of(briefing)}
    for conflict in briefing.conflicts:
        assert len(conflict.positions) >= 2
        for position in conflict.positions:
            assert position.fact_ids and all(conflict.id in facts[i].conflict_ids for i in position.fact_ids)

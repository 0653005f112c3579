"""Only what the text proves becomes a fact; the rest is rejected with its reason, and nothing is lost."""

import re
from collections.abc import Container
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.documents.read import read
from pipeline.extraction.kinds import VERIFY
from pipeline.extraction.readout import Failure, verify_all
from pipeline.extraction.verifier import Leaves, Unproven, Verifier
from pipeline.language.annotate import annotate
from schemas import Figure
from schemas.facts import Fact
from schemas.proposals import (
    DeadlineProposal,
    DelegateProposal,
    FigureProposal,
    Proposal,
    StakeProposal,
    StatementProposal,
)

TEXT = (
    "Peru and Japan talk about trade\n\n"
    "Trade Minister Ana Quispe leads the Peruvian team. Japan’s tariffs of 12 per cent do not cover all fish.\n\n"
    "“We want fair rules,” Quispe said. The pause ends on 3 May 2031. Exports rose 4% in May.\n\n"
    "Also read: Copper prices jump 30%\n"
)
DUTIES = "Japan’s tariffs of 12 per cent do not cover all fish."


@pytest.fixture
def verifier() -> Verifier:
    annotated, both = annotate(read(TEXT.encode())), frozenset({"JP", "PE"})
    return Verifier(annotated=annotated, official=False, named=both, parties=both, mentions=annotated.parties)


def proven(verifier: Verifier, kind: str, proposal: Proposal, leaves: Leaves | None = None) -> Any:
    return VERIFY[kind](verifier, proposal, leaves or Leaves(own=False), ())


def a_figure(**changed):
    words = {
        "quote": DUTIES,
        "as_written": "12 per cent",
        "subject": "Japan’s tariffs",
        "measure": "tariff_rate",
    }
    return FigureProposal(**words | changed)


def test_a_proven_figure_reads_its_value_from_the_source(verifier):
    fact = proven(verifier, "figure", a_figure())
    assert (fact.value, fact.unit, fact.comparator, fact.as_written) == (12, "%", "eq", "12 per cent")
    span = fact.evidence[0]
    assert TEXT[span.start : span.end] == span.exact == DUTIES
    assert (span.prefix + span.exact + span.suffix) in TEXT


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"quote": "Japan’s tariffs of 13 per cent"}, "the quote does not stand in the document"),
        (
            {"quote": "Japan’s tariffs of 12 per cent do cover all fish."},
            "the quote does not stand in the document",
        ),
        ({"as_written": "13 per cent"}, "the amount .* does not stand in the quote"),
        ({"as_written": "2 per cent"}, "the amount .* does not stand in the quote"),
        ({"as_written": "4%"}, "the amount .* does not stand in the quote"),
        ({"as_written": "tariffs"}, "cannot be read as a number"),
        ({"subject": "Japan’s car tariffs"}, "what is measured .* does not stand"),
        (
            {"quote": "Also read: Copper prices jump 30%", "as_written": "30%"},
            "the quote stands in the promo",
        ),
    ],
)
def test_a_changed_figure_is_unproven(verifier, changed, reason):
    with pytest.raises(Unproven, match=reason):
        proven(verifier, "figure", a_figure(**changed))


@pytest.mark.parametrize(
    ("leaf", "changed", "reason"),
    [
        ("period", {"period_words": "in 2030"}, "the date .* does not stand"),
        ("reported_by", {"reported_by": "the central bank"}, "who reported it .* does not stand"),
        ("comparison_base", {"comparison_base": "a year ago"}, "the comparison base .* does not stand"),
        ("legal_basis", {"legal_basis": "Article 5"}, "the legal basis .* does not stand"),
        ("imposed_by", {"imposed_by": "Chile"}, "the party .* is not named"),
        ("applies_to", {"applies_to": ["Chile"]}, "the party .* is not named"),
    ],
)
def test_a_leaf_that_is_not_proven_is_null_and_told(verifier, leaf, changed, reason):
    leaves = Leaves(own=False)
    fact = proven(verifier, "figure", a_figure(**changed), leaves)
    assert (fact.value, getattr(fact, leaf)) == (12, [] if leaf == "applies_to" else None)
    [(told, why)] = leaves.failed
    assert told == leaf and re.match(reason, why)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "Rosa Vega"}, "the name"),
        ({"role": "Finance Minister"}, "the office"),
        ({"party": "Chile"}, "the party .* is not named"),
        ({"party": "nobody"}, "the party .* is not named"),
    ],
)
def test_a_person_needs_a_name_an_office_and_a_party_in_the_text(verifier, changed, reason):
    right = DelegateProposal(
        quote="Trade Minister Ana Quispe leads the Peruvian team.",
        name="Ana Quispe",
        role="Trade Minister",
        party="PE",
    )
    assert proven(verifier, "delegate", right).party == "PE"
    with pytest.raises(Unproven, match=reason):
        proven(verifier, "delegate", replace(right, **changed))


def test_the_date_of_a_deadline_stands_in_its_quote(verifier):
    due = DeadlineProposal(
        quote="The pause ends on 3 May 2031.",
        what="The pause ends",
        date_words="3 May 2031",
        kind="measure_expiry",
    )
    assert proven(verifier, "deadline", due).date.edtf == "2031-05-03"
    leaves = Leaves(own=False)
    assert proven(verifier, "deadline", replace(due, date_words="4 May 2031"), leaves).date is None
    assert [leaf for leaf, _ in leaves.failed] == ["date"]
    with pytest.raises(Unproven, match="the date"):
        proven(verifier, "deadline", replace(due, date_words="4 May 2031"), Leaves(own=True))


def test_a_paraphrase_is_never_served(verifier):
    paraphrased = StakeProposal(quote=DUTIES, topic="tariffs", summary="Japan’s tariffs cover all fish.")
    leaves = Leaves(own=False)
    assert proven(verifier, "stake", paraphrased, leaves).summary == DUTIES
    assert [leaf for leaf, _ in leaves.failed] == ["summary"]
    due = DeadlineProposal(
        quote="The pause ends on 3 May 2031.", what="War begins", date_words="3 May 2031", kind="other"
    )
    with pytest.raises(Unproven, match="what it is"):
        proven(verifier, "deadline", due)


def test_an_unknown_topic_is_other(verifier):
    assert (
        proven(verifier, "stake", StakeProposal(quote=DUTIES, topic="gossip", summary=DUTIES)).topic
        == "other"
    )


def test_quoted_words_stand_in_the_quote_and_their_speaker_in_the_text(verifier):
    said = StatementProposal(
        quote="“We want fair rules,” Quispe said.", text="We want fair rules,", speaker="Quispe", direct=True
    )
    assert proven(verifier, "statement", said).speaker == "Quispe"
    with pytest.raises(Unproven, match="what was said"):
        proven(verifier, "statement", replace(said, text="We want unfair rules,"))
    with pytest.raises(Unproven, match="the speaker"):
        proven(verifier, "statement", replace(said, speaker="Mori"))


def test_accepted_and_refused_add_up_to_what_was_proposed(verifier):
    failures: list[Failure] = []
    right, wrong = a_figure(), a_figure(as_written="13 per cent")
    accepted = verify_all(verifier, "figure", [right, wrong], [], VERIFY["figure"], failures)
    assert len(accepted) == 1
    [failure] = failures
    told = failure.rejection
    assert (told.kind, failure.proposal, told.leaf) == ("figure", wrong, None)
    assert told.reason == "the amount ('13 per cent') does not stand in the quote"


def test_what_is_mended_replaces_the_first(verifier):
    failures: list[Failure] = []
    first, again = a_figure(reported_by="the central bank"), a_figure(reported_by="Quispe")
    [figure] = verify_all(verifier, "figure", [first], [again], VERIFY["figure"], failures)
    assert isinstance(figure, Figure) and figure.reported_by == "Quispe"
    assert [(one.rejection.leaf, one.rejection.reason) for one in failures] == [
        (None, "it repeats another fact")
    ]


def test_of_two_proposals_of_one_fact_the_one_that_loses_less_counts(verifier):
    failures: list[Failure] = []
    wrong, right = a_figure(reported_by="the moon"), a_figure(reported_by="Quispe")
    [figure] = verify_all(verifier, "figure", [wrong, right], [], VERIFY["figure"], failures)
    assert isinstance(figure, Figure) and figure.reported_by == "Quispe"
    assert [(one.rejection.leaf, one.rejection.reason) for one in failures] == [
        (None, "it repeats another fact")
    ]


def test_what_was_proven_is_not_proven_anew_unless_other_facts_are_known(verifier):
    calls: list[Proposal] = []

    def verify(verifier: Verifier, proposal: Proposal, leaves: Leaves, known: Container[str]) -> Fact:
        calls.append(proposal)
        return VERIFY["figure"](verifier, proposal, leaves, known)

    def told(*proposals: FigureProposal) -> tuple[list[Fact], list[str]]:
        failures: list[Failure] = []
        facts = verify_all(verifier, "figure", proposals, [], verify, failures)
        return facts, [one.rejection.reason for one in failures]

    first = told(right := a_figure(), wrong := a_figure(as_written="13 per cent"))
    assert (told(right, wrong), calls) == (first, [right, wrong])
    assert told(right, right) == (first[0], ["it repeats another fact"])
    assert calls == [right, wrong, right]


def test_other_spans_are_evidence_too(verifier):
    at = TEXT.index("Exports rose")
    proposal = replace(a_figure(), beside=[(at, at + len("Exports rose 4% in May."))])
    assert [one.exact for one in proven(verifier, "figure", proposal).evidence] == [
        DUTIES,
        "Exports rose 4% in May.",
    ]


def test_what_stands_outside_of_the_body_is_no_evidence(verifier):
    at = TEXT.index("Copper prices")
    with pytest.raises(Unproven, match="it rests on words of the promo"):
        proven(verifier, "figure", replace(a_figure(), beside=[(at, at + 13)]))

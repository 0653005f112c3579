"""Only what the text proves becomes a fact; the rest is rejected with its reason, and nothing is lost."""

from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.documents.read import read
from pipeline.extraction.kinds import VERIFY
from pipeline.extraction.readout import verify_all
from pipeline.extraction.verifier import Unproven, Verifier
from pipeline.language.annotate import annotate
from schemas import Rejection
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


def proven(verifier: Verifier, kind: str, proposal: Proposal) -> Any:
    return VERIFY[kind](verifier, proposal)


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
        ({"period_words": "in 2030"}, "the period .* does not stand"),
        ({"reported_by": "the central bank"}, "who reported it .* does not stand"),
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
    with pytest.raises(Unproven, match="the date"):
        proven(
            verifier,
            "deadline",
            DeadlineProposal(quote=due.quote, what=due.what, date_words="4 May 2031", kind=due.kind),
        )


def test_a_paraphrase_is_never_served(verifier):
    paraphrased = StakeProposal(quote=DUTIES, topic="tariffs", summary="Japan’s tariffs cover all fish.")
    assert proven(verifier, "stake", paraphrased).summary == DUTIES
    due = DeadlineProposal(
        quote="The pause ends on 3 May 2031.", what="War begins", date_words="3 May 2031", kind="other"
    )
    assert proven(verifier, "deadline", due).what == "The pause ends on 3 May 2031."


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


def test_accepted_and_rejected_add_up_to_what_was_proposed(verifier):
    rejected: list[Rejection] = []
    accepted = verify_all(
        verifier, "figure", [a_figure(), a_figure(as_written="13 per cent")], VERIFY["figure"], rejected
    )
    assert len(accepted) == 1
    assert rejected == [
        Rejection(
            kind="figure", quote=DUTIES, reason="the amount ('13 per cent') does not stand in the quote"
        )
    ]

"""Whatever a text is and whatever is proposed about it: what is accepted stands in it and reads as it says."""

from math import isclose
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.documents.document import Span, touching
from pipeline.language.dates import find_dates
from pipeline.language.matching import fold
from pipeline.language.parser import split
from pipeline.language.quantities import find_quantities, reread
from schemas import Deadline, Delegate, DocumentReadout, Event, Figure, Statement
from schemas.facts import Fact
from schemas.proposals import (
    DeadlineProposal,
    DelegateProposal,
    EventProposal,
    FigureProposal,
    PositionProposal,
    Proposal,
    StakeProposal,
    StatementProposal,
)

SENTENCES = (
    "Trade Minister Ingrid Solheim leads the Norwegian team.",
    "Chile’s team is headed by Deputy Economy Minister Paula Rojas, and Araya.",
    "Norway’s duty on wine is over 11 per cent, not 12.5%.",
    "Exports fell by -1.2% to US$3.2bn – or 4,210.75 tonnes – in May 2031.",
    "“We will not pay $4-6 billion,” Solheim said on Monday.",
    "He said: \"Half of the quota, or two-thirds\nof it, may go.\"",
    "The truce ends on 3 August 2033 unless a dozen disputes are settled within 90 days.",
    "Norway denied that the duty of 2½ per cent[3] would **rise** to 1\\.5%.",
    "A meeting in Bergen on 2 April was cancelled; exports may march on.",
    "Rs 2.5 lakh crore or １５％ of ﬁsh, 1 234 567 tonnes.",
)  # fmt: skip
ODD = st.text(alphabet="aN1 5%.,-–“”\"'‘’[]*_\\\n\u200b\u202e\u0301é½²١中Жﬁß⟦⟧{}$€", max_size=12)
TEXTS = st.lists(st.sampled_from(SENTENCES) | ODD, min_size=1, max_size=7).map(" ".join)


@st.composite
def words_of(draw: Any, text: str) -> str:
    """A part of a text, now and then with a character changed."""
    start = draw(st.integers(0, len(text)))
    part = text[start : draw(st.integers(start, min(len(text), start + 120)))]
    whole: str = draw(st.sampled_from([part, part, *text.split(), *text.split("\n"), *SENTENCES]))
    if whole and draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(whole) - 1))
        whole = whole[:at] + draw(ODD) + whole[at + 1 :]
    return whole


def _around(text: str, span: Span) -> str:
    whole = touching(list(split(text)), span.start, span.end)
    return text[whole[0].start : whole[-1].end]


def _figure(text: str, span: Span) -> FigureProposal:
    words = text[span.start : span.end]
    return FigureProposal(quote=_around(text, span), as_written=words, subject=words, measure="other")


def _deadline(text: str, span: Span) -> DeadlineProposal:
    words = text[span.start : span.end]
    return DeadlineProposal(quote=_around(text, span), what=words, date_words=words, kind="other")


@st.composite
def proposed(draw: Any) -> tuple[str, dict[str, list[Proposal]]]:
    text = draw(TEXTS)
    part = words_of(text)
    amounts = [Span(q.start, q.end) for q in find_quantities(text)]
    days = [Span(words.start, words.end) for words in find_dates(text)]
    amount = st.sampled_from(["over 11 per cent", "11", "-1.2%", "1.2%", "US$3.2bn", "$4-6 billion", "Half", "a dozen", "2½ per cent", "5%", "90 days", "15%", "1 234 567 tonnes", "152"]) | part  # fmt: skip
    date = (
        st.sampled_from(["May", "3 August", "3 August 2033", "Monday", "within 90 days", "2031", "March"])
        | part
    )
    side = st.sampled_from(["Norway", "Chile", "NO", "Peru", ""]) | part
    quote = (
        st.sampled_from([*(s for s in SENTENCES if s in text), *text.splitlines(), text, *SENTENCES]) | part
    )
    at = st.none() | st.integers(0, len(text) + 3)
    name = st.sampled_from(["Ingrid Solheim", "Paula Rojas", "Araya", "Solheim", ""]) | part
    role = st.sampled_from(["Trade Minister", "Economy Minister", "minister"]) | part
    perhaps = st.none() | part
    value = st.none() | st.sampled_from([11.0, 12.5, 1.2, 3.2e9, 50.0, 12.0, 90.0, 15.0, 7.0])
    unit = st.sampled_from([None, "%", "[pp]", "USD", "d", "1"])
    edtf = st.sampled_from([None, None, "2031-05", "2033-08-03", "2031-08-01", "2031", "soon"])
    shapes: dict[str, st.SearchStrategy[Any]] = {
        "delegates": st.builds(DelegateProposal, quote=quote, at=at, name=name, role=role, party=side, organisation=perhaps, head=st.booleans()),
        "stakes": st.builds(StakeProposal, quote=quote, at=at, topic=st.sampled_from(["tariffs", "gossip"]), summary=part, at_risk=perhaps, positions=st.lists(st.builds(PositionProposal, party=side, ask=perhaps, offer=perhaps, red_line=perhaps), max_size=1)),
        "deadlines": st.builds(DeadlineProposal, quote=quote, at=at, what=part, date_words=date, date_edtf=edtf, kind=st.just("other"), consequence=perhaps),
        "figures": st.builds(FigureProposal, quote=quote, at=at, as_written=amount, value=value, unit=unit, comparator=st.sampled_from([None, "eq", "gt", "lte", "approx"]), subject=amount | part, measure=st.just("other"), status=st.sampled_from([None, "actual", "threatened", "agreed"]), period_words=st.none() | date, period_edtf=edtf, direction=st.sampled_from([None, "up", "down"])),
        "statements": st.builds(StatementProposal, quote=quote, at=at, speaker=name, text=part, direct=st.booleans(), party=st.none() | side),
        "events": st.builds(EventProposal, quote=quote, at=at, what=part, date_words=date, date_edtf=edtf, status=st.just("occurred"), place=perhaps),
    }  # fmt: skip
    if amounts:
        shapes["figures"] |= st.sampled_from(amounts).map(lambda span: _figure(text, span))
    if days:
        shapes["deadlines"] |= st.sampled_from(days).map(lambda span: _deadline(text, span))
    return text, {field: draw(st.lists(shape, max_size=4)) for field, shape in shapes.items()}


def facts_of(readout: DocumentReadout) -> list[Fact]:
    members = [member for delegation in readout.delegations for member in delegation.members]
    lists = (members, readout.stakes, readout.deadlines, readout.figures, readout.statements, readout.events)
    return [fact for facts in lists for fact in facts]


def stands(words: str, exact: str) -> bool:
    return fold(words) in fold(exact)


def check_amount(fact: Figure, given: list[Any]) -> None:
    """An amount reads again as what it is served as; what it was said to be was said, or nothing was."""
    again = reread(fact.as_written)
    if again is not None and again.unit == fact.unit:
        assert (again.value, again.value_high) == (fact.value, fact.value_high)
        assert fact.comparator == again.comparator or fact.proof == "quoted"
    else:
        assert fact.proof == "quoted"
        assert any((fact.value, fact.unit) == (one.value, one.unit) for one in given)
    assert fact.direction in {None, *(one.direction for one in given)}
    assert any(one.status in {None, fact.status} for one in given)
    assert any(one.value is None or isclose(abs(one.value), abs(fact.value)) for one in given)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(proposed())
def test_every_accepted_fact_reads_again_from_its_span_and_all_are_accounted_for(proven, opening, drawn):
    body, proposals = drawn
    text = f"{opening(('Chile', 'Norway'))} {body}"
    readout = proven(text, published="2031-05-04", **proposals)
    facts = facts_of(readout)
    for fact in facts:
        for span in fact.evidence:
            assert text[span.start : span.end] == span.exact
        exact = fact.evidence[0].exact
        match fact:
            case Figure():
                assert fact.as_written in exact
                check_amount(fact, proposals["figures"])
            case Deadline() | Event():
                assert fact.date is None or fact.date.text in exact
            case Delegate():
                assert any(stands((fact.name or fact.role).split()[-1], span.exact) for span in fact.evidence)
            case Statement():
                assert stands(fact.text, exact)
    talks = 1
    asked = talks + sum(len(found) for found in proposals.values())
    refused = [one for one in readout.rejected if one.leaf is None]
    assert len(facts) + (readout.negotiation is not None) + len(refused) == asked
    assert msgspec.json.decode(msgspec.json.encode(readout), type=DocumentReadout) == readout

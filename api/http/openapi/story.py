"""The invented talks that the examples of the description tell of: two documents and their briefing."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

from msgspec.structs import replace

from pipeline.briefings.diff import difference
from schemas import (
    Briefing,
    Cause,
    Condition,
    Conflict,
    ConflictPosition,
    Deadline,
    Delegate,
    Delegation,
    DocumentHead,
    DocumentInfo,
    DocumentReadout,
    Event,
    Evidence,
    ExtractorInfo,
    Fact,
    Figure,
    Membership,
    Negotiation,
    Position,
    Rejection,
    RevisionInfo,
    Source,
    Stake,
    Statement,
    SummarySentence,
    Usage,
    fuzzy_date,
)
from schemas.kinds import LISTED
from store.read_index import summary_of

_Fact = TypeVar("_Fact", bound=Fact)

TEXT = """\
WELLINGTON - New Zealand and Chile open the third round of their trade talks here on Monday.
Ana Example, the Trade Minister, leads the New Zealand side.
Chile offers to cut its duty on lamb to 2 per cent. The offer lapses on 30 April 2031 unless a deal is signed.
"We are close," Ana Example said.
"""
OTHER = "SANTIAGO - Chile's duty on lamb would fall to 3 per cent, its government said.\n"
DOCUMENT, SECOND = (sha256(text.encode()).hexdigest() for text in (TEXT, OTHER))
BRIEFING = "brf_5c1f0e2d3b4a6978"
SLUG = "nz-cl-wellington-2031-03"
CONFLICT = "cfl_77aa0e2d3b4a6978"
MADE = datetime(2031, 3, 14, 9, 30, tzinfo=UTC)
CHANGED = datetime(2031, 3, 15, 7, 5, tzinfo=UTC)


def _evidence(exact: str, document: str = DOCUMENT) -> Evidence:
    text = TEXT if document == DOCUMENT else OTHER
    start = text.index(exact)
    end = start + len(exact)
    return Evidence(
        document_id=document,
        start=start,
        end=end,
        exact=exact,
        prefix=text[max(start - 32, 0) : start],
        suffix=text[end : end + 32],
        region="body",
    )


def _fact(number: int, exact: str, **given: Any) -> dict[str, Any]:
    plain = {
        "id": f"fct_{number:016x}",
        "briefing_id": BRIEFING,
        "certainty": "reported",
        "evidence": [_evidence(exact, given.pop("document", DOCUMENT))],
        "origins": 1,
        "conflict_ids": [],
        "review": None,
        "first_revision": 1,
        "changed_revision": 1,
    }
    return plain | given


_MONDAY = fuzzy_date("2031-03-17", "Monday", "relative", "published 2031-03-14")
DELEGATE = Delegate(
    party="NZ",
    name="Ana Example",
    role="Trade Minister",
    organisation=None,
    head=True,
    **_fact(0x0B9C8D1E2F3A4B50, "Ana Example, the Trade Minister, leads the New Zealand side."),
)
STAKE = Stake(
    topic="market_access.agriculture",
    summary="Chile's duty on lamb.",
    positions=[Position(party="CL", ask=None, offer="cut its duty on lamb to 2 per cent", red_line=None)],
    at_risk=None,
    **_fact(0x0B9C8D1E2F3A4B51, "Chile offers to cut its duty on lamb to 2 per cent."),
)
DEADLINE = Deadline(
    what="The offer lapses",
    date=fuzzy_date("2031-04-30", "30 April 2031"),
    kind="measure_expiry",
    conditions=[Condition(kind="unless_deal", text="unless a deal is signed")],
    consequence=None,
    status="pending",
    **_fact(0x0B9C8D1E2F3A4B52, "The offer lapses on 30 April 2031 unless a deal is signed."),
)


def _figure(number: int, value: float, exact: str, words: str, **given: Any) -> Figure:
    about = {"certainty": "disputed", "conflict_ids": [CONFLICT], "changed_revision": 2} | given
    return Figure(
        value=value,
        value_high=None,
        comparator="eq",
        unit="%",
        as_written=words,
        measure="tariff_rate",
        subject="lamb",
        period=None,
        direction="down",
        comparison_base=None,
        status="proposed",
        reported_by=None,
        **_fact(number, exact, **about),
    )


FIGURE = _figure(0x0B9C8D1E2F3A4B53, 2.0, "cut its duty on lamb to 2 per cent", "2 per cent")
_OTHER_FIGURE = _figure(
    0x0B9C8D1E2F3A4B54, 3.0, "fall to 3 per cent", "3 per cent", document=SECOND, first_revision=2
)
STATEMENT = Statement(
    speaker="Ana Example",
    role=None,
    party="NZ",
    direct=True,
    text="We are close",
    channel=None,
    **_fact(0x0B9C8D1E2F3A4B55, '"We are close," Ana Example said.', certainty="claimed"),
)
EVENT = Event(
    what="The third round opens",
    date=_MONDAY,
    status="scheduled",
    place="Wellington",
    **_fact(0x0B9C8D1E2F3A4B56, "open the third round of their trade talks here on Monday"),
)
DISAGREEMENT = Conflict(
    id=CONFLICT,
    briefing_id=BRIEFING,
    about="tariff rate: lamb",
    kind="value",
    positions=[
        ConflictPosition(value="2 per cent", fact_ids=[FIGURE.id]),
        ConflictPosition(value="3 per cent", fact_ids=[_OTHER_FIGURE.id]),
    ],
    resolution=None,
)
NEGOTIATION = Negotiation(
    name="New Zealand-Chile trade talks, Wellington",
    parties=["NZ", "CL"],
    venue="Wellington",
    round="3rd round",
    start=_MONDAY,
    end=None,
    level="ministerial",
    status="scheduled",
    prior_round=None,
    next_round=None,
)


def _source(document: str, publisher: str, group: str) -> Source:
    return Source(
        document_id=document,
        title="Trade talks on Monday",
        publisher=publisher,
        url=f"https://{publisher.lower()}.example/talks",
        published=fuzzy_date("2031-03-14", "2031-03-14"),
        updated=None,
        kind="news",
        origin_group=group,
        cites=[],
    )


_SOURCES = [_source(DOCUMENT, "Herald", "o1"), _source(SECOND, "Mercurio", "o2")]
_TOLD = {"stakes", "deadlines", "figures", "statements", "events"}
_UNTOLD: dict[str, Any] = {kind.plural: [] for kind in LISTED if kind.plural not in _TOLD}
"""Kinds of fact that the story has nothing of."""
WHOLE = Briefing(
    id=BRIEFING,
    slug=SLUG,
    revision=2,
    status="published",
    title="New Zealand-Chile trade talks, Wellington, March 2031",
    summary=[
        SummarySentence(text="Chile's offer on lamb lapses on 30 April 2031.", fact_ids=[DEADLINE.id]),
    ],
    negotiation=NEGOTIATION,
    delegations=[Delegation(party="NZ", head="sole", members=[DELEGATE])],
    stakes=[STAKE],
    deadlines=[DEADLINE],
    figures=[FIGURE, _OTHER_FIGURE],
    statements=[STATEMENT],
    events=[EVENT],
    **_UNTOLD,
    conflicts=[DISAGREEMENT],
    sources=_SOURCES,
    memberships=[
        Membership(document_id=source.document_id, kind="own", score=1.0, reasons=["same parties"])
        for source in _SOURCES
    ],
    created_at=MADE,
    updated_at=CHANGED,
)
SUMMARY = summary_of(WHOLE)
_BEFORE = replace(
    WHOLE,
    revision=1,
    figures=[replace(FIGURE, certainty="reported", conflict_ids=[], changed_revision=1)],
    conflicts=[],
    sources=_SOURCES[:1],
    memberships=WHOLE.memberships[:1],
    updated_at=MADE,
)
DIFF = difference(_BEFORE, WHOLE)
REVISION = RevisionInfo(
    revision=2,
    slug=SLUG,
    cause=Cause(kind="added", document_ids=[SECOND], reason=None),
    created_at=CHANGED,
)
INFO = DocumentInfo(
    id=DOCUMENT,
    file="talks.txt",
    chars=len(TEXT),
    source=_SOURCES[0],
    added_at=MADE,
    withdrawn_at=None,
    replaced_by=None,
)


def _alone(fact: _Fact) -> _Fact:
    """A fact as the readout of its document has it."""
    plain: _Fact = replace(
        fact, briefing_id=None, certainty="reported", conflict_ids=[], first_revision=0, changed_revision=0
    )
    return plain


READOUT = DocumentReadout(
    document=DocumentHead(
        file="talks.txt",
        id=DOCUMENT,
        title=_SOURCES[0].title,
        publisher=_SOURCES[0].publisher,
        published=_SOURCES[0].published,
        chars=len(TEXT),
    ),
    negotiation=NEGOTIATION,
    delegations=[Delegation(party="NZ", head="sole", members=[_alone(DELEGATE)])],
    stakes=[_alone(STAKE)],
    deadlines=[_alone(DEADLINE)],
    figures=[_alone(FIGURE)],
    statements=[replace(_alone(STATEMENT), certainty="claimed")],
    events=[_alone(EVENT)],
    **_UNTOLD,
    rejected=[
        Rejection(
            kind="figure", quote="a duty of 5 per cent", reason="the quote does not stand in the document"
        )
    ],
    extractor=ExtractorInfo(name="embedded", version="1", model=None, prompt=None, stands_in_for=None),
    usage=Usage(calls=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0, seconds=0.0, cost=None),
)

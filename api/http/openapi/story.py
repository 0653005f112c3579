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
    DetectedMetadata,
    DocumentHead,
    DocumentInfo,
    DocumentReadout,
    DroppedSentence,
    Event,
    Evidence,
    ExtractorInfo,
    Fact,
    Figure,
    Membership,
    Negotiation,
    NegotiationRecord,
    NegotiationSummary,
    Position,
    Rejection,
    RevisionInfo,
    RoundChange,
    Source,
    Stake,
    StatedMetadata,
    Statement,
    SummarySentence,
    TimelineEntry,
    ToldInRound,
    Usage,
    Writing,
    fuzzy_date,
)
from schemas.kinds import LISTED
from store.read_index import summary_of

_Fact = TypeVar("_Fact", bound=Fact)

TEXT = """\
WELLINGTON - New Zealand and Chile open the third round of their trade talks here on Monday.
Ana Example, the Trade Minister, leads the New Zealand side. Chile is represented by its deputy trade minister.
Chile offers to cut its duty on New Zealand lamb from 6 to 2 per cent on 1 July 2031, under Article 12 of their accord.
The offer, made on 3 March 2031, lapses on 30 April 2031 unless a deal is signed.
"We are close," Ana Example said on Friday.
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
        page=None,
    )


def _fact(number: int, exact: str, **given: Any) -> dict[str, Any]:
    plain = {
        "id": f"fct_{number:016x}",
        "briefing_id": BRIEFING,
        "certainty": "reported",
        "proof": "full",
        "evidence": [_evidence(exact, given.pop("document", DOCUMENT))],
        "translated": [],
        "origins": 1,
        "conflict_ids": [],
        "salience": 0.5,
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
    capacity="official",
    **_fact(0x0B9C8D1E2F3A4B50, "Ana Example, the Trade Minister, leads the New Zealand side."),
)
_UNNAMED = Delegate(
    party="CL",
    name=None,
    role="deputy trade minister",
    organisation=None,
    head=None,
    capacity="official",
    **_fact(0x0B9C8D1E2F3A4B57, "Chile is represented by its deputy trade minister.", proof="quoted"),
)
_CUT = (
    "cut its duty on New Zealand lamb from 6 to 2 per cent on 1 July 2031, under Article 12 of their accord"
)
STAKE = Stake(
    topic="market_access.agriculture",
    title="its duty on New Zealand lamb",
    summary=f"Chile offers to {_CUT}.",
    positions=[
        Position(
            party="CL",
            ask=None,
            offer="cut its duty on New Zealand lamb from 6 to 2 per cent",
            red_line=None,
            evidence=[_evidence(f"Chile offers to {_CUT}.")],
        )
    ],
    at_risk=None,
    **_fact(0x0B9C8D1E2F3A4B51, f"Chile offers to {_CUT}.", proof="quoted"),
)
_APRIL = fuzzy_date("2031-04-30", "30 April 2031")
DEADLINE = Deadline(
    what="The offer lapses",
    date=_APRIL,
    starts=fuzzy_date("2031-03-03", "3 March 2031"),
    kind="measure_expiry",
    conditions=[Condition(kind="unless_deal", text="unless a deal is signed")],
    consequence=None,
    status="pending",
    **_fact(
        0x0B9C8D1E2F3A4B52,
        "The offer, made on 3 March 2031, lapses on 30 April 2031 unless a deal is signed.",
    ),
)


def _figure(number: int, value: float, exact: str, words: str, **given: Any) -> Figure:
    disputed = {"certainty": "disputed", "conflict_ids": [CONFLICT], "changed_revision": 2}
    of_fact = {name: given.pop(name) for name in ("document", "first_revision", "proof") if name in given}
    about: dict[str, Any] = {
        "previous_value": None,
        "applies_to": [],
        "effective": None,
        "legal_basis": None,
    } | given
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
        imposed_by="CL",
        reported_by=None,
        **about,
        **_fact(number, exact, **disputed | of_fact),
    )


FIGURE = _figure(
    0x0B9C8D1E2F3A4B53,
    2.0,
    f"Chile offers to {_CUT}.",
    "2 per cent",
    proof="quoted",
    previous_value=6.0,
    applies_to=["NZ"],
    effective=fuzzy_date("2031-07-01", "1 July 2031"),
    legal_basis="Article 12 of their accord",
)
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
    said_on=fuzzy_date("2031-03-14", "Friday", "relative", "published 2031-03-14"),
    **_fact(0x0B9C8D1E2F3A4B55, '"We are close," Ana Example said on Friday.', certainty="claimed"),
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
    review=None,
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
    stage="negotiation",
    outcome=None,
    translated=[],
    prior_round=None,
    next_round=None,
)


def _source(document: str, publisher: str, group: str) -> Source:
    return Source(
        document_id=document,
        title="Trade talks on Monday",
        publisher=publisher,
        url=f"https://{publisher.lower()}.example/talks",
        language="en",
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
_SIDES = [
    Delegation(party="CL", head="not_stated", members=[_UNNAMED]),
    Delegation(party="NZ", head="sole", members=[DELEGATE]),
]
WHOLE = Briefing(
    id=BRIEFING,
    slug=SLUG,
    revision=2,
    status="published",
    note=None,
    title="New Zealand-Chile trade talks, Wellington, March 2031",
    headline=SummarySentence(
        text="Chile offers to cut its duty on lamb",
        fact_ids=[STAKE.id],
        about="stakes",
        by="model",
        original=None,
        unproven=[],
    ),
    summary=[
        SummarySentence(
            text="Chile's offer on lamb lapses on 30 April 2031.",
            fact_ids=[DEADLINE.id],
            about="next",
            by="model",
            original=None,
            unproven=[],
        ),
    ],
    further=[],
    writing=Writing(
        by="model",
        model="example-model",
        prompt="0123456789ab",
        language="en",
        length="standard",
        basis="ba9876543210",
        dropped=[
            DroppedSentence(
                text="Chile has cut its duty on lamb.",
                fact_ids=[STAKE.id],
                reasons=["“cut” is told as settled, and is not in the facts that it cites"],
            )
        ],
        usage=Usage(
            calls=2, prompt_tokens=5200, cached_tokens=0, completion_tokens=610, seconds=7.4, cost=0.004
        ),
        review=None,
    ),
    timeline=[
        TimelineEntry(date=EVENT.date, what=EVENT.what, fact_ids=[EVENT.id]),
        TimelineEntry(date=_APRIL, what=DEADLINE.what, fact_ids=[DEADLINE.id]),
    ],
    negotiation=NEGOTIATION,
    pinned=[],
    delegations=_SIDES,
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
_TALKS: dict[str, Any] = {
    "id": "cl_nz",
    "name": "Chile–New Zealand trade talks",
    "parties": ["CL", "NZ"],
    "updated_at": CHANGED,
}
_EARLIER = replace(SUMMARY, id="brf_6d2f1e3c4b5a7980", slug="nz-cl-santiago-2030-11")
TALKS = NegotiationSummary(rounds=2, latest=SUMMARY, next_deadline=DEADLINE, **_TALKS)
RECORD = NegotiationRecord(
    rounds=[_EARLIER, SUMMARY],
    rounds_left_out=0,
    deadlines=[DEADLINE],
    changes=[
        RoundChange(
            kind="figure",
            about="tariff rate: lamb",
            before=ToldInRound(briefing_id=_EARLIER.id, fact_id="fct_0b9c8d1e2f3a4b58", value="6 per cent"),
            after=ToldInRound(briefing_id=BRIEFING, fact_id=FIGURE.id, value=FIGURE.as_written),
        )
    ],
    **_TALKS,
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
    status="current",
    refusal=None,
    source=_SOURCES[0],
    stated=StatedMetadata(
        title=None,
        publisher=_SOURCES[0].publisher,
        url=_SOURCES[0].url,
        published=None,
        rights="CC-BY-4.0",
        reliability="usually_reliable",
        embargo=None,
    ),
    detected=DetectedMetadata(
        title=_SOURCES[0].title, publisher=None, url=None, published=_SOURCES[0].published
    ),
    copy_of=None,
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
        language="en",
        published=_SOURCES[0].published,
        chars=len(TEXT),
    ),
    unread=None,
    negotiation=NEGOTIATION,
    delegations=[replace(side, members=[_alone(one) for one in side.members]) for side in _SIDES],
    stakes=[_alone(STAKE)],
    deadlines=[_alone(DEADLINE)],
    figures=[_alone(FIGURE)],
    statements=[replace(_alone(STATEMENT), certainty="claimed")],
    events=[_alone(EVENT)],
    **_UNTOLD,
    rejected=[
        Rejection(
            kind="figure",
            leaf=None,
            quote="a duty of 5 per cent",
            reason="the quote does not stand in the document",
        ),
        Rejection(
            kind="statement",
            leaf="channel",
            quote=STATEMENT.evidence[0].exact,
            reason="the channel ('a press conference') does not stand in the document",
        ),
    ],
    extractor=ExtractorInfo(name="model", version="1", model="example-model", prompt="1", stands_in_for=None),
    usage=Usage(
        calls=1, prompt_tokens=3120, cached_tokens=2480, completion_tokens=610, seconds=4.2, cost=0.0021
    ),
)

"""A briefing of two documents, all invented."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from schemas import (
    Briefing,
    Condition,
    Conflict,
    ConflictPosition,
    Deadline,
    Delegate,
    Delegation,
    Event,
    Evidence,
    Figure,
    Membership,
    Negotiation,
    Position,
    Source,
    Stake,
    Statement,
    SummarySentence,
    fuzzy_date,
    unresolved,
)

TEXTS = (
    "Norway & Chile <reopen> talks.\nThe Norwegian delegation is led by Trade Minister Ana Example. "
    "The salmon duty of 15 per cent lapses next Monday unless a deal is signed. "
    "“We *will* sign,” said Ana Example.",
    "Norway and Chile talk again. The salmon duty of 12 per cent lapses soon. Chile wants duty-free salmon.",
)


def _proof(document: int, exact: str) -> Evidence:
    text = TEXTS[document]
    start = text.index(exact)
    end = start + len(exact)
    return Evidence(
        document_id=hashlib.sha256(text.encode()).hexdigest(),
        start=start,
        end=end,
        exact=exact,
        prefix=text[max(0, start - 32) : start],
        suffix=text[end : end + 32],
        region="body",
    )


def _fact(number: int, *evidence: Evidence, certainty: str = "reported") -> dict[str, Any]:
    return {
        "id": f"fct_{number:016x}",
        "briefing_id": "brf_00000000000000aa",
        "certainty": certainty,
        "evidence": list(evidence),
        "origins": len({e.document_id for e in evidence}),
        "conflict_ids": [],
        "review": None,
        "first_revision": 1,
        "changed_revision": 1,
    }


def _figure(number: int, document: int, as_written: str, value: float) -> Figure:
    return Figure(
        **_fact(number, _proof(document, as_written), certainty="disputed"),
        value=value,
        value_high=None,
        comparator="eq",
        unit="%",
        as_written=as_written,
        measure="tariff_rate",
        subject="salmon duty",
        period=None,
        direction=None,
        comparison_base=None,
        status="actual",
        reported_by=None,
    )


def _source(document: int, title: str | None, url: str | None) -> Source:
    return Source(
        document_id=hashlib.sha256(TEXTS[document].encode()).hexdigest(),
        title=title,
        publisher="The Fjord Post" if title else None,
        url=url,
        published=fuzzy_date("2031-03-06", "6 March 2031") if title else None,
        updated=None,
        kind="news",
        origin_group=f"o{document + 1}",
        cites=[],
    )


BRIEFING = Briefing(
    id="brf_00000000000000aa",
    slug="no-cl-oslo-2031-03",
    revision=2,
    status="published",
    title="Norway–Chile talks <Oslo>",
    summary=[
        SummarySentence(text="Norway & Chile talk in Oslo.", fact_ids=[f"fct_{1:016x}", f"fct_{3:016x}"])
    ],
    negotiation=Negotiation(
        name="Norway–Chile talks",
        parties=["NO", "CL"],
        venue="Oslo",
        round="3rd round",
        start=fuzzy_date("2031-03-10", "next Monday", "relative", "published 2031-03-06"),
        end=None,
        level="ministerial",
        status="in_progress",
        prior_round=None,
        next_round=None,
    ),
    delegations=[
        Delegation(
            party="NO",
            head="sole",
            members=[
                Delegate(
                    **_fact(1, _proof(0, "led by Trade Minister Ana Example")),
                    party="NO",
                    name="Ana Example",
                    role="Trade Minister",
                    organisation=None,
                    head=True,
                )
            ],
        )
    ],
    stakes=[
        Stake(
            **_fact(2, _proof(1, "Chile wants duty-free salmon"), certainty="claimed"),
            topic="market_access.goods",
            summary="Chile wants duty-free salmon.",
            positions=[Position(party="CL", ask="duty-free salmon", offer=None, red_line=None)],
            at_risk=None,
        )
    ],
    deadlines=[
        Deadline(
            **_fact(3, _proof(0, "lapses next Monday unless a deal is signed"), _proof(1, "lapses soon")),
            what="The salmon duty lapses",
            date=fuzzy_date("2031-03-10", "next Monday", "relative", "published 2031-03-06"),
            kind="measure_expiry",
            conditions=[Condition(kind="unless_deal", text="unless a deal is signed")],
            consequence=None,
            status="pending",
        )
    ],
    figures=[_figure(4, 0, "15 per cent", 15.0), _figure(5, 1, "12 per cent", 12.0)],
    statements=[
        Statement(
            **_fact(6, _proof(0, "“We *will* sign,” said Ana Example")),
            speaker="Ana Example",
            role="Trade Minister",
            party="NO",
            direct=True,
            text="We *will* sign,",
            channel=None,
        )
    ],
    events=[
        Event(
            **_fact(7, _proof(1, "Norway and Chile talk again"), certainty="confirmed"),
            what="Norway and Chile talk again",
            date=unresolved("soon"),
            status="in_progress",
            place="Oslo",
        )
    ],
    conflicts=[
        Conflict(
            id="cfl_00000000000000bb",
            briefing_id="brf_00000000000000aa",
            about="salmon duty",
            kind="value",
            positions=[
                ConflictPosition(value="15 per cent", fact_ids=[f"fct_{4:016x}"]),
                ConflictPosition(value="12 per cent", fact_ids=[f"fct_{5:016x}"]),
            ],
            resolution=None,
        )
    ],
    memberships=[
        Membership(
            document_id=hashlib.sha256(text.encode()).hexdigest(),
            kind="own",
            score=0.8,
            reasons=["same parties", "same venue: Oslo"],
        )
        for text in TEXTS
    ],
    sources=[
        _source(0, "Norway & Chile <reopen> talks", "https://fjord-post.example/talks"),
        _source(1, None, "javascript:alert(1)"),
    ],
    created_at=datetime(2031, 3, 6, 9, 0, tzinfo=UTC),
    updated_at=datetime(2031, 3, 7, 9, 30, tzinfo=UTC),
)

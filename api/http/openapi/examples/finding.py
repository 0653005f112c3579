"""Examples of what a search finds in the invented story, and of what its followers are told."""

from api.http.openapi.examples.story import BRIEFING, CHANGED, DEADLINE, SUMMARY
from schemas import FACT_CHANGES, BriefingChange, ChangePage, Highlight, Removal, SearchHit

HIT = SearchHit(
    kind="deadline",
    id=DEADLINE.id,
    briefing_id=BRIEFING,
    heading=DEADLINE.what,
    text=f"{DEADLINE.date.text}\n{DEADLINE.conditions[0].text}",
    heading_highlights=[Highlight(start=4, end=9)],
    text_highlights=[],
    score=0.87,
)
CHANGES = ChangePage(
    items=[
        Removal(id="fct_0b9c8d1e2f3a4b5c", briefing_id=BRIEFING, at=CHANGED, kind="figure"),
        BriefingChange(id=BRIEFING, briefing_id=BRIEFING, at=CHANGED, item=SUMMARY),
        FACT_CHANGES["deadline"](id=DEADLINE.id, briefing_id=BRIEFING, at=CHANGED, item=DEADLINE),
    ],
    next_cursor="WyIxZjBhYzk3ZjQyYjAiLFs0Ml1d",
    has_more=False,
)

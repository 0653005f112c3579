"""What a search finds."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.changes import Found
from schemas.http import NextCursor
from schemas.vocabulary import BriefingId, Text


class Highlight(Struct, frozen=True, kw_only=True):
    """Where words of the query stand in a text that is beside it. Offsets count Unicode code points."""

    start: Annotated[int, Meta(ge=0, description="First code point.", examples=[4])]
    end: Annotated[int, Meta(ge=1, description="One past the last code point.", examples=[10])]


class SearchHit(Struct, frozen=True, kw_only=True):
    """A briefing, fact or conflict that has all words of the query."""

    kind: Found
    id: Annotated[
        Text, Meta(description="Of the briefing, fact or conflict.", examples=["fct_0b9c8d1e2f3a4b5c"])
    ]
    briefing_id: BriefingId
    heading: Annotated[str, Meta(description="What it is about, in a few words.")]
    text: Annotated[
        str,
        Meta(
            description="The rest of what was searched, a line each: what it says, then the sources' words."
        ),
    ]
    heading_highlights: Annotated[list[Highlight], Meta(description="In `heading`.")]
    text_highlights: Annotated[list[Highlight], Meta(description="In `text`.")]
    score: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="Above a half where the heading has all words. Higher where they follow one another, and the "
            "higher the fewer words are beside them.",
            examples=[0.87],
        ),
    ]


class SearchPage(Struct, frozen=True, kw_only=True):
    """A page of what was found, best first."""

    items: list[SearchHit]
    next_cursor: NextCursor

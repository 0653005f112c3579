"""The invented talks as a digest, a calendar and a feed."""

from datetime import timedelta

from api.http.openapi.examples import story
from api.rendering.atom import feed
from api.rendering.calendar import calendar
from api.rendering.digest import ahead, edition
from schemas.digest import Digest
from store.index_rows import summary_of

_BASE = "https://readout.example"
_SOURCES = {source.document_id: source for source in story.WHOLE.sources}
_SUMMARY = summary_of(story.WHOLE)
_TOLD = edition([(None, story.WHOLE)], _BASE)

DIGEST = Digest(
    since=story.MADE - timedelta(days=7),
    until=story.CHANGED,
    parties=["NZ"],
    topics=[],
    date_from="2031-03-15",
    date_to=None,
    briefings=_TOLD.briefings,
    changes=_TOLD.changes,
    deadlines=ahead([story.DEADLINE], {story.BRIEFING: story.WHOLE.title}, _SOURCES, _BASE),
    conflicts=_TOLD.conflicts,
    briefings_left_out=0,
    deadlines_left_out=0,
)
CALENDAR = calendar(
    [story.DEADLINE],
    {story.BRIEFING: _SUMMARY},
    _SOURCES,
    {(story.BRIEFING, story.DEADLINE.id): story.CHANGED},
    base=_BASE,
    address=f"{_BASE}/v1/deadlines",
).decode()
FEED = feed(
    [_SUMMARY], {story.BRIEFING: story.WHOLE.summary}, base=_BASE, address=f"{_BASE}/v1/briefings"
).decode()

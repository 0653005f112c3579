"""Examples of every shape that the service takes and gives, as its own types: one invented story."""

from typing import Any, get_args, get_type_hints

from msgspec import Struct, json

from api.http.conversions import converted
from api.http.openapi.examples import finding, news, service, story, telling
from api.http.openapi.examples.service import problem
from api.http.representations import ATOM, CALENDAR, CSV, HTML, JSON, MARKDOWN, MSGPACK, is_page
from api.http.responses import BYTES, NDJSON
from schemas import DocumentUpload

__all__ = ["NDJSON_LINES", "example_of", "problem", "represented"]

NEXT = "WyIwYjBiNmJjNmVkZjMiLFsiMjAzMS0wMy0xNCJdXQ"
_STRUCTS: tuple[Struct, ...] = (
    story.WHOLE,
    story.SUMMARY,
    story.DIFF,
    story.REVISION,
    story.DELEGATE,
    story.STAKE,
    story.DEADLINE,
    story.FIGURE,
    story.STATEMENT,
    story.EVENT,
    story.DISAGREEMENT,
    story.INFO,
    story.READOUT,
    finding.HIT,
    finding.CHANGES,
    news.DIGEST,
    service.NEW,
    service.ADDED,
    service.LINE,
    service.DONE,
    service.NEW_KEY,
    service.KEY,
    service.MADE_KEY,
    service.SPLIT,
    service.MERGE,
    service.DECISION,
    service.DECIDED,
    service.WELL,
    telling.NEW,
    telling.WEBHOOK,
    telling.MADE_WEBHOOK,
    telling.TOLD,
    telling.TOLD_GONE,
)
_OF = {type(example): example for example in _STRUCTS}
_OPERATIONS: dict[str, Struct] = {"cancel_job": service.CANCELLED, "retry_job": service.QUEUED}
_FORM = {"file": story.TEXT, "title": "Trade talks on Monday", "published": "2031-03-14"}
NDJSON_LINES = f"{json.encode(service.NEW).decode()}\n"
_EVENTS = f"id: 1.0\nevent: finished\ndata: {json.encode(service.DONE).decode()}\n\n"
_TEXTS = {
    "text/plain": story.TEXT,
    CALENDAR: news.CALENDAR,
    ATOM: news.FEED,
    "text/event-stream": _EVENTS,
    BYTES: f"{json.encode(service.LINE).decode()}\n",
}


def _plain(example: Struct) -> Any:
    return json.decode(json.encode(example))


def example_of(shape: Any) -> Any:
    """An example as JSON has it; None where there is none of this shape."""
    if shape is DocumentUpload:
        return _FORM
    if is_page(shape):
        item = example_of(get_args(get_type_hints(shape)["items"])[0])
        return item and {"items": [item], "next_cursor": NEXT}
    return _plain(_OF[shape]) if shape in _OF else None


def represented(operation: str, shape: Any, media_type: str) -> Any:
    """An example of an operation's answer in this representation; None where a description cannot show it."""
    if media_type != JSON and media_type in _TEXTS:
        return _TEXTS[media_type]
    found = _plain(_OPERATIONS[operation]) if operation in _OPERATIONS else example_of(shape)
    if found is None or media_type in (JSON, NDJSON):
        return found
    if media_type in (CSV, MARKDOWN, HTML):
        return converted(json.encode(found), media_type, shape).decode()
    assert media_type == MSGPACK, media_type
    return None

"""`readout verify --against`: a draft, checked by a running service."""

import sys

import click
from msgspec import ValidationError, convert, json

from api.cli import Refused, complain, options
from api.cli.client import service_at
from api.cli.inputs import file_document
from api.settings import base_url
from schemas.drafts import DraftToVerify, VerifiedDraft, VerifiedItem

_TOLD = {"elsewhere": "said of something else", "not_found": "not found"}


def check_draft(name: str, against: str, day: str | None, form: str, server: str | None) -> int:
    """Prints what the sources say of a draft; 1 where something was not found. Raises Refused."""
    briefings = [] if against == "all" else [against]
    given = {"text": file_document(name).text, "day": day, "briefing_ids": briefings}
    try:
        draft = convert(given, DraftToVerify)
    except ValidationError as error:
        raise Refused(f"{name}: {error}") from None
    settings = options.settings()
    with service_at(server or base_url(settings), settings.admin_key) as service:
        checked = service.verify(draft)
    if form == "json":
        sys.stdout.buffer.write(json.format(json.encode(checked), indent=2) + b"\n")
    else:
        for item in checked.items:
            click.echo(_line(draft.text, item))
    complain(_total(name, checked))
    return 1 if checked.flagged else 0


def _line(text: str, item: VerifiedItem) -> str:
    """Where it stands in the draft, what it is, and what the sources say."""
    number = text.count("\n", 0, item.start) + 1
    exact = " ".join(item.exact.split())
    if item.status == "found":
        return f"{number}: {exact}: in {_titles(item)}"
    told = f"{number}: {item.kind} {exact}: {_TOLD[item.status]}"
    if item.nearest is None:
        return told
    place = item.nearest.place
    return f"{told}; nearest: {' '.join(place.exact.split())} ({place.title or place.document_id[:8]})"


def _titles(item: VerifiedItem) -> str:
    return "; ".join(dict.fromkeys(place.title or place.document_id[:8] for place in item.places))


def _total(name: str, checked: VerifiedDraft) -> str:
    left = f", {checked.documents_left_out} left out" if checked.documents_left_out else ""
    found = len(checked.items) - checked.flagged
    return f"{name}: {found} of {len(checked.items)} found in {checked.documents_searched} documents{left}"

"""What matters most of a briefing: what falls due next, what sources dispute, what was decided."""

from datetime import date

from msgspec import Struct

from api.rendering.wording import beside_date, when
from schemas import Briefing, Deadline, Event
from schemas.dates import FuzzyDate
from schemas.vocabulary import OPEN_DEADLINES


class Card(Struct, frozen=True, kw_only=True):
    """One of them. `target`: the id of what it is about, on the same page."""

    kind: str
    label: str
    lead: str
    text: str
    note: str = ""
    target: str | None = None


def cards(briefing: Briefing, today: date) -> list[Card]:
    return [card for card in (_due(briefing, today), _dispute(briefing), _decision(briefing)) if card]


def _next(deadlines: list[Deadline], today: date) -> Deadline | None:
    """The open deadline that can fall first from today on."""
    ahead = [
        (one.date.latest, one)
        for one in deadlines
        if one.status in OPEN_DEADLINES and one.date and (one.date.latest or "") >= today.isoformat()
    ]
    return min(ahead, key=lambda pair: pair[0] or "")[1] if ahead else None


def how_far(told: FuzzyDate | None, today: date) -> str:
    """How far off a date is, `in 12 days`; of one that can be several days, its first or last one."""
    if told is None or told.earliest is None or told.latest is None:
        return ""
    if told.earliest == told.latest:
        return _until(told.latest, today)
    if told.earliest > today.isoformat():
        return f"{_until(told.earliest, today)} or later"
    return "perhaps now" if told.latest >= today.isoformat() else _until(told.latest, today)


def _until(day: str, today: date) -> str:
    days = (date.fromisoformat(day) - today).days
    if days in (0, 1, -1):
        return {0: "today", 1: "tomorrow", -1: "yesterday"}[days]
    far = f"{abs(days)} days" if abs(days) < 100 else f"{round(abs(days) / 30.44)} months"
    return f"in {far}" if days > 0 else f"{far} ago"


def _due(briefing: Briefing, today: date) -> Card | None:
    due = _next(briefing.deadlines, today)
    if due is None:
        if not briefing.deadlines:
            return None
        text = f"{len(briefing.deadlines)} told of, none of them still ahead"
        return Card(kind="deadline", label="Next deadline", lead="None ahead", text=text, target="deadlines")
    assert due.date is not None
    return Card(
        kind="deadline",
        label="Next deadline",
        lead=when(due.date),
        text=beside_date(due.date, due.what),
        note=how_far(due.date, today),
        target=due.id,
    )


def _dispute(briefing: Briefing) -> Card | None:
    disputes = [one for one in briefing.conflicts if one.resolution is None]
    if not disputes:
        return None
    first, more = disputes[0], len(disputes) - 1
    return Card(
        kind="conflict",
        label="Sources disagree",
        lead=first.about,
        text=" or ".join(position.value for position in first.positions),
        note=f"and {more} more" if more else "",
        target=first.id,
    )


def _decision(briefing: Briefing) -> Card | None:
    """What the talks came to; where nobody says, the weightiest thing that happened."""
    if briefing.negotiation.outcome:
        return Card(kind="decision", label="Outcome", lead=briefing.negotiation.outcome, text="")
    happened = [one for one in briefing.events if one.status == "occurred"]
    if not happened:
        return None
    event: Event = max(happened, key=lambda one: (one.salience, one.date.latest or ""))
    return Card(
        kind="decision",
        label="What happened",
        lead=when(event.date) if event.date.edtf else event.what,
        text=beside_date(event.date, event.what) if event.date.edtf else "",
        target=event.id,
    )

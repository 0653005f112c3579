"""What the documents of one round say of it together, and what became of what fell due."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Generic, TypeVar

from msgspec.structs import replace

from pipeline.briefings import MANY
from pipeline.briefings.comparison import act_of, left_undone
from pipeline.briefings.deduplicate import MAYBE_MEETING, days_agree, of_one_matter, on_one_thing, same_act
from pipeline.briefings.memory import Memory
from pipeline.briefings.rounds import (
    INTERRUPTED,
    MEETING_OVER,
    Part,
    Round,
    covers,
    day_of,
    only_planned,
    start_of,
)
from pipeline.language.lexicons import lexicon
from pipeline.language.parties import name_of
from schemas import Deadline, Delegate, Event, FuzzyDate, Negotiation, all_translated
from schemas.vocabulary import OPEN_DEADLINES, DeadlineStatus, EventStatus, Level, NegotiationStatus

_T = TypeVar("_T", Deadline, Event)
_PROGRESS = (
    "announced", "scheduled", "in_progress", "concluded", "agreed_in_principle", "signed", "in_force",
)  # fmt: skip
_RANKS = {status: rank for rank, status in enumerate(_PROGRESS)}
_HELD = {"in_progress", *MEETING_OVER} - INTERRUPTED
_DONE = {"meeting": {"meet", "end", "agree"}, "signing": {"agree"}}
"""By which acts a deadline of a kind is met."""
_CAME_OF: dict[DeadlineStatus, EventStatus] = {"met": "occurred", "superseded": "postponed"}
_FEWEST_SIDES = 2
_FEWEST_TABLES = 3
"""So many documents that name many sides tell that there are many."""
_LEVELS = ("technical", "ministerial", "leaders")


def negotiation_of(parts: Sequence[Part]) -> Negotiation:
    """The round as a whole, as most of its documents tell it. Its neighbours in time are linked later."""
    talks = [part.talks for part in parts]
    parties = _sides(talks)
    start = start_of(parts)
    held = [part.talks for part in parts if not only_planned(part, start)]
    venue = _venue_of(held)
    end = _end_of(held, start)
    return Negotiation(
        name=name_of(parties, venue),
        parties=parties,
        venue=venue,
        round=_most_frequent(t.round for t in talks),
        start=start,
        end=end,
        level=_level(talks),
        status=_concluded(_status(parts), end, parts),
        stage=_latest(parts, lambda talks: talks.stage if talks.stage != "unknown" else None),
        outcome=_latest(parts, lambda talks: talks.outcome),
        translated=all_translated(talks),
        prior_round=None,
        next_round=None,
    )


def day_of_round(home: Round, talks: Negotiation) -> date | None:
    """The day by which a round is placed among others: its start, or else that of its first document."""
    return day_of(talks.start) or min((day for part in home.parts if (day := part.day)), default=None)


def following(days: Mapping[str, date | None], sides: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Pairs of ids of which the second comes right after the first, on a later day, between the same sides."""
    rounds: dict[frozenset[str], list[tuple[date, str]]] = defaultdict(list)
    for id, day in days.items():
        if day is not None:
            rounds[frozenset(sides[id])].append((day, id))
    return [
        (a, b)
        for dated in rounds.values()
        for (earlier, a), (later, b) in pairwise(sorted(dated))
        if earlier < later
    ]


def _sides(talks: Sequence[Negotiation]) -> list[str]:
    """The parties that most documents name, in the order of the first that names them all.

    Who is named once, in passing, is no side; where fewer than two are left, those that are named most are. At a table
    of many, which no document names in full, a third of the documents is enough.
    """
    counts = Counter(party for each in talks for party in each.parties)
    many = sum(len(each.parties) > MANY for each in talks) >= _FEWEST_TABLES
    sides = {
        party
        for party, count in counts.items()
        if 2 * count > len(talks) or (many and 3 * count >= len(talks))
    }
    if len(sides) < _FEWEST_SIDES:
        return min(
            (each.parties for each in talks),
            key=lambda own: (-sum(map(counts.__getitem__, own)) / len(own), own),
        )
    named = sorted((each.parties for each in talks), key=lambda own: (-len(sides & set(own)), len(own), own))
    first = [party for party in named[0] if party in sides]
    return [*first, *sorted(sides - set(first))]


def _venue_of(talks: Sequence[Negotiation]) -> str | None:
    """What most documents give; of two, the one of a document that knows when the round began there."""
    counts = Counter(each.venue for each in talks if each.venue)
    begun = {each.venue for each in talks if day_of(each.start)}
    return min(counts, key=lambda venue: (-counts[venue], venue not in begun, venue), default=None)


def _level(talks: Sequence[Negotiation]) -> Level:
    """What most documents that tell one say; of two, the higher."""
    told: list[Level] = [each.level for each in talks if each.level != "unknown"]
    return max(told, key=lambda level: (told.count(level), _LEVELS.index(level)), default="unknown")


def _status(parts: Sequence[Part]) -> NegotiationStatus:
    """The furthest that half of those documents tell that could know of it; or what ended it later.

    A document could know what another told on its day or before. Talks that a later document tells to be suspended or
    lapsed are that, however far they had come.
    """
    told = Counter((part.published_by, part.talks.status) for part in parts if part.talks.status != "unknown")
    last = max((day for day, _ in told), default="")
    latest = Counter({status: count for (day, status), count in told.items() if day == last})
    stopped = sorted(s for s in INTERRUPTED & latest.keys() if 2 * latest[s] >= latest.total())
    return stopped[0] if stopped else next((s for s in reversed(_PROGRESS) if _reached(s, told)), "unknown")


def _concluded(status: NegotiationStatus, end: FuzzyDate | None, parts: Sequence[Part]) -> NegotiationStatus:
    """Talks of which nobody says how they stand are concluded where a document knows the day on which they ended."""
    last = max(part.published_by for part in parts)
    over = end is not None and end.latest is not None and end.latest <= last
    return "concluded" if status == "unknown" and over else status


def _reached(status: NegotiationStatus, told: Mapping[tuple[str, NegotiationStatus], int]) -> bool:
    """Whether half of those that could know it, by their days, have the talks so far or further.

    `told`: how many documents of a day tell how the talks stand.
    """
    rank = _RANKS[status]
    telling = [day for day, own in told if _RANKS.get(own, -1) >= rank]
    if not telling:
        return False
    first = min(telling)
    could = [(own, count) for (day, own), count in told.items() if day >= first and own in _RANKS]
    return 2 * sum(count for own, count in could if _RANKS[own] >= rank) >= sum(count for _, count in could)


def _end_of(talks: Sequence[Negotiation], start: FuzzyDate | None) -> FuzzyDate | None:
    """The day that most documents give, if it is none before the start."""
    first = (start.earliest if start else None) or ""
    ends = [each.end for each in talks if each.end and (each.end.latest or "") >= first]
    counts = Counter(end.edtf for end in ends)
    return min(ends, key=lambda end: (-counts[end.edtf], end.edtf or ""), default=None)


def _latest(parts: Iterable[Part], told: Callable[[Negotiation], str | None]) -> str | None:
    """What the document that was published last tells, of those that tell it."""
    telling = [(part, value) for part in parts if (value := told(part.talks))]
    _, last = max(telling, key=lambda one: _published(one[0]), default=(None, None))
    return last


def _published(part: Part) -> tuple[str, str]:
    return part.published_by, part.id


def _most_frequent(words: Iterable[str | None]) -> str | None:
    counts = Counter(word for word in words if word)
    return min(counts, key=lambda word: (-counts[word], word), default=None)


def present(delegates: Iterable[Delegate], parts: Sequence[Part]) -> list[Delegate]:
    """Those who came: who was to lead a side to a meeting that was put off, and was led by others, did not.

    Whom an editor has decided about stays.
    """
    start = start_of(parts)
    plans = {part.id for part in parts if only_planned(part, start)}
    delegates = list(delegates)

    def announced(one: Delegate) -> bool:
        return {e.document_id for e in one.evidence} <= plans

    led = {one.party for one in delegates if one.head and not announced(one)}
    return [one for one in delegates if one.review or not (one.head and announced(one) and one.party in led)]


def over_time(
    deadlines: Sequence[Deadline],
    events: Sequence[Event],
    talks: Negotiation,
    parts: Sequence[Part],
    after: Sequence[Part],
    today: date,
    memory: Memory,
) -> list[Deadline]:
    """Deadlines with what became of them, by what later documents tell and by the calendar.

    What was extended or put off has another day; what was done on its day was met; of what has passed without a word it
    is not known. `after`: documents of the round that follows, which may move all but this round's meetings, and tell
    which day another has taken the place of.
    """
    published = {part.id: part.published_by for part in (*parts, *after)}
    held = talks.start if talks.status in _HELD else None
    told_after = [due for part in after for due in part.readout.deadlines]
    given_up = [due for due in told_after if due.status == "superseded"]
    later = [due for due in told_after if due.kind != "meeting"]
    moving = [
        (due.date.earliest, due, days)
        for due in (*deadlines, *later)
        if due.date and due.date.earliest and (days := _moved_on(due, published))
    ]
    unheld = [event for event in events if event.status in {"postponed", "cancelled"}]
    missing = [event for event in events if left_undone(event.what) or _tells_of_miss(event.what)]
    done: dict[str | None, set[date]] = defaultdict(set)
    for event in events:
        if event.status == "occurred" and (day := day_of(event.date)):
            done[act_of(event)].add(day)

    def became(due: Deadline) -> DeadlineStatus:
        last = due.date.latest if due.date else None
        later_days = [(new, days) for day, new, days in moving if last and day > last]
        if later_days and _is_moved(due, later_days, published):
            return "extended" if due.kind == "measure_expiry" else "superseded"
        if any(one.kind == due.kind and days_agree(one.date, due.date) for one in given_up):
            return "superseded"
        if due.kind in MAYBE_MEETING and any(_is_due_as(event, due) for event in unheld):
            return "superseded"
        if covers(due.date, day_of(held)) and due.kind == "meeting":
            return "met"
        if any(_misses(event, due) for event in missing):
            return "missed"
        if any(covers(due.date, day) for act in _DONE.get(due.kind, ()) for day in done.get(act, ())):
            return "met"
        return "unknown" if last and last < today.isoformat() else due.status

    return [
        memory.once(_with_status, due, beside=(became(due),)) if due.status in OPEN_DEADLINES else due
        for due in deadlines
    ]


def _with_status(due: Deadline, status: DeadlineStatus) -> Deadline:
    return due if due.status == status else replace(due, status=status)


def _moved_on(due: Deadline, published: Mapping[str, str]) -> set[str]:
    """The days of the documents that tell it as something moved."""
    return {published.get(e.document_id, "") for e in due.evidence if _moves(e.exact)}


def _is_moved(
    due: Deadline, others: Iterable[tuple[Deadline, Collection[str]]], published: Mapping[str, str]
) -> bool:
    """Whether a later document moves what was due to the later day of one of these others; see `_moved_on`."""
    told = max(published.get(e.document_id, "") for e in due.evidence)
    last = (due.date.latest if due.date else None) or ""
    return any(
        of_one_matter(other, due)
        and any(told < day <= last for day in days)
        and (other.kind == "meeting" or on_one_thing(other, due))
        for other, days in others
    )


@lru_cache(maxsize=10_000)
def _moves(text: str) -> bool:
    return lexicon.modality.moves.search(text) is not None


def _meets(event: Event, due: Deadline) -> bool:
    done = event.status == "occurred" and act_of(event) in _DONE.get(due.kind, ())
    return done and covers(due.date, day_of(event.date))


def _misses(event: Event, due: Deadline) -> bool:
    """Whether the day went by without what was due: "the deadline passed unused", "nobody had signed"."""
    undone = left_undone(event.what) & _DONE.get(due.kind, set())
    missed = due.kind != "meeting" and _tells_of_miss(event.what)
    return bool(undone or missed) and covers(due.date, day_of(event.date))


@lru_cache(maxsize=10_000)
def _tells_of_miss(text: str) -> bool:
    return lexicon.conflicts.missed.search(text) is not None


def happenings(events: Sequence[Event], deadlines: Sequence[Deadline]) -> list[Event]:
    """Events without plans that are told as deadlines, or as what came of them.

    `deadlines`: with what became of them. A meeting that was held or moved is told as that, though only its plan is.
    What an editor has decided about stays.
    """
    done = [event for event in events if event.status != "scheduled"]
    on_days, due_on_days = _OnDays(done), _OnDays(deadlines)

    def told(plan: Event) -> Event | None:
        due = [one for one in due_on_days.agreeing(plan.date) if _is_due_as(plan, one)]
        if any(_came_of(plan, event) for event in on_days.agreeing(plan.date)) or any(
            _meets(event, one) for one in due if one.date for event in on_days.agreeing(one.date)
        ):
            return None
        of_it = (one for one in due if act_of(plan) in _DONE.get(one.kind, ()))
        became = sorted(status for one in of_it if (status := _CAME_OF.get(one.status)))
        if became:
            return replace(plan, status=became[0])
        return None if due else plan

    return [
        kept
        for event in events
        if (kept := event if event.review or event.status != "scheduled" else told(event))
    ]


class _OnDays(Generic[_T]):
    """Facts by their days: most of many are on others than those that are asked for."""

    def __init__(self, facts: Iterable[_T]) -> None:
        self._bounded: list[tuple[str, str, _T]] = []
        self._others: list[_T] = []
        for fact in facts:
            when: FuzzyDate | None = fact.date
            if when and when.earliest and when.latest:
                self._bounded.append((when.earliest, when.latest, fact))
            else:
                self._others.append(fact)

    def agreeing(self, date: FuzzyDate) -> Iterator[_T]:
        """Those that some day of a date may be of; see `days_agree`."""
        if not (date.earliest and date.latest):
            yield from (fact for _, _, fact in self._bounded if days_agree(date, fact.date))
        else:
            first, last = date.earliest, date.latest
            yield from (fact for begin, end, fact in self._bounded if begin <= last and first <= end)
        yield from (fact for fact in self._others if days_agree(date, fact.date))


def _came_of(plan: Event, event: Event) -> bool:
    """Whether an event is what came of a plan: the same was done at that time, or was not held then."""
    unheld = event.status in {"postponed", "cancelled"}
    return days_agree(plan.date, event.date) and (unheld or same_act(plan, event))


def _is_due_as(plan: Event, due: Deadline) -> bool:
    """Whether a plan is told as a deadline, too: in the same sentence, or as the same at one time."""
    if not days_agree(plan.date, due.date):
        return False
    places = {(e.document_id, e.start, e.end) for e in plan.evidence}
    if any((e.document_id, e.start, e.end) in places for e in due.evidence):
        return True
    return act_of(plan) in _DONE.get(due.kind, ()) or on_one_thing(plan, due)

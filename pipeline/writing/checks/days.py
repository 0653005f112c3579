"""Every date of a sentence: a day of a fact that it cites, of the same matter, over or to come as it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

from pipeline.language.dates import resolve
from pipeline.language.dates.resolve import Context
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from pipeline.writing.checks.grounds import FUNCTION_WORDS, KIND_ACTS, Ground, Written, is_hedged
from pipeline.writing.claims import LEFT_OPEN, TO_COME, ToldDay, acts_in, words_of
from schemas import Deadline, Event
from schemas.dates import FuzzyDate, bounds

_WORDING = lexicon.wording


_WEEKDAYS = [weekday.name for weekday in lexicon.calendar.weekdays]


_NEUTRAL_ACTS = {"say", "ask", "give", "include", "succeed", "confirm", "lead", "agree"}


_SOME_DAY = date(2000, 1, 1)


def check_days(sentence: Written) -> Iterator[str]:
    for day in sentence.told.days:
        if not _CALENDAR_WORD.search(day.written):
            continue  # "two days after": an amount
        holders = [g for g in sentence.grounds if _has_day(day, g)]
        if not holders and not any(
            names_day(day, one) for one in (sentence.talks.start, sentence.talks.end) if one
        ):
            yield f"the date “{day.written}” is that of no fact that it cites"
        elif (
            holders
            and all(_of_another(day, g, sentence) for g in holders)
            and not any(names_day(day, one) for one in (sentence.talks.start, sentence.talks.end) if one)
        ):
            yield f"the date “{day.written}” belongs to something else in the fact that it cites"
        elif holders:
            yield from _over(day, holders, sentence)


_CALENDAR_WORD = re.compile(
    rf"{lexicon.calendar.month}|{lexicon.calendar.weekday}|\d{{4}}|Christmas|Easter|year|quarter|month|week",
    re.IGNORECASE,
)


def _has_day(day: ToldDay, ground: Ground) -> bool:
    if any(names_day(day, known) for known in ground.days):
        return True
    said = [d for one in ground.told for d in one.days]
    if day.edtf and any(d.edtf == day.edtf for d in said):
        return True
    if any(fold(d.written) == fold(day.written) or one_day(d, day) for d in said):
        return True
    return fold(day.written) in fold(ground.text)


def one_day(left: ToldDay, right: ToldDay) -> bool:
    """Whether two ways to write a day without its year mean the same."""
    if left.edtf and right.edtf:
        return left.edtf == right.edtf
    if not all(any(c.isdigit() for c in one.written) for one in (left, right)):
        return False
    known = next((bounds(one.edtf)[0] for one in (left, right) if one.edtf), None)
    context = Context(anchor=known or _SOME_DAY, reason="it", tense="future")
    first, second = resolve(left.written, context), resolve(right.written, context)
    return first.edtf is not None and first.edtf == second.edtf


def names_day(day: ToldDay, known: FuzzyDate) -> bool:
    """Whether words name a day of a fact, or a month or year around it."""
    first = known.earliest or known.latest
    if first is None:
        return fold(day.written) in fold(known.text)
    last = known.latest or first
    name = fold(day.written)
    weekday = next((i for i, one in enumerate(_WEEKDAYS) if name in {fold(one), f"on {fold(one)}"}), None)
    ends = date.fromisoformat(first), date.fromisoformat(last)
    if weekday is not None:
        return any(one.weekday() == weekday for one in ends)
    for anchor in ends:
        for tense in ("future", "past"):
            meant = resolve(day.written, Context(anchor=anchor, reason="it", tense=tense))
            if meant.earliest and meant.latest and _covers((meant.earliest, meant.latest), (first, last)):
                return True
    if day.edtf is None:
        return False
    meant = resolve(day.written, Context())
    return bool(meant.earliest and meant.latest and _covers((meant.earliest, meant.latest), (first, last)))


def _covers(mine: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """Whether a date is no finer than the other, and around it; one of its two ends will do."""
    if mine[0] <= theirs[0] and theirs[1] <= mine[1]:
        return True
    return mine[0] == mine[1] and mine[0] in theirs


def _of_another(day: ToldDay, ground: Ground, sentence: Written) -> bool:
    """Whether the clause of a day tells nothing that its fact tells of that day."""
    near = [d for one in ground.told for d in one.days if _same_words(d, day)]
    scopes = [d.scope for d in near] or [ground.text]
    acts = day.acts - _NEUTRAL_ACTS
    there = frozenset(chain.from_iterable(acts_in(one) for one in scopes))
    if isinstance(ground.fact, Deadline) and ground.fact.kind in KIND_ACTS:
        there |= {KIND_ACTS[ground.fact.kind]}
    if acts & there:
        return False
    mine = {w for w in words_of(day.scope) if len(w) > 3} - words_of(day.written) - FUNCTION_WORDS
    theirs = frozenset(chain.from_iterable(words_of(one) for one in scopes)) | words_of(ground.text)
    if mine & theirs:
        return False
    others = [g for g in sentence.grounds if g is not ground]
    return bool(acts and there - _NEUTRAL_ACTS) or any(mine & other.words for other in others)


def _same_words(told_day: ToldDay, day: ToldDay) -> bool:
    return (told_day.edtf is not None and told_day.edtf == day.edtf) or fold(told_day.written) in fold(
        day.written
    )


def _over(day: ToldDay, holders: Sequence[Ground], sentence: Written) -> Iterator[str]:
    """What is over is not told as to come, nor the other way round."""
    near = [d for g in holders for one in g.told for d in one.days if _same_words(d, day) or one_day(d, day)]
    targets = [
        g
        for g in holders
        if isinstance(g.fact, Deadline) and g.fact.kind == "target" and g.fact.status == "pending"
    ]
    wished_for = (
        bool(targets) and len(targets) == len(holders) and all(_WORDING.aims.search(g.text) for g in targets)
    )
    asserted = "will" in sentence.told.words and day.firmness == TO_COME
    if wished_for and asserted and not is_hedged(sentence):
        yield f"what is to be by “{day.written}” is only aimed at in the fact that it cites"
        return
    done = any(isinstance(g.fact, Deadline | Event) and g.fact.status in {"met", "occurred"} for g in holders)
    wished = near and not done and all(d.firmness == LEFT_OPEN for d in near)
    if (
        day.firmness < LEFT_OPEN
        and wished
        and not is_hedged(sentence)
        and (not targets or len(targets) == len(holders))
    ):
        yield f"what is to be by “{day.written}” is only aimed at in the fact that it cites"
    if any(names_day(day, one) for one in (sentence.talks.start, sentence.talks.end) if one):
        return
    facts = [g.fact for g in holders if any(names_day(day, known) for known in g.days)]
    ahead = [f for f in facts if isinstance(f, Deadline | Event)]
    if not ahead or len(ahead) < len(facts):
        return
    past = [_is_past(fact) for fact in ahead]
    if day.past and all(one is False for one in past):
        yield f"“{day.written}” is still to come in the fact that it cites"
    if day.ahead and all(one is True for one in past) and not _WORDING.changed.search(sentence.text):
        yield f"“{day.written}” is over, or was moved, in the fact that it cites"


def _is_past(fact: Deadline | Event) -> bool | None:
    if isinstance(fact, Event):
        return {"occurred": True, "scheduled": False, "cancelled": True, "postponed": True}.get(fact.status)
    return {"pending": False, "met": True, "missed": True, "superseded": True, "extended": True}.get(
        fact.status
    )

"""Where and when the sides of a text met."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pycountry
from msgspec import Struct

from pipeline.documents.document import inside, touching
from pipeline.language.annotate import Annotated, DateMention, Sentence
from pipeline.language.clauses import VERBS, between_marks, governor, helpers, tense, tokens_at, words_over
from pipeline.language.lexicons import NAME_WORD, UPPER, WordList, any_of, lexicon
from pipeline.language.parser import entities
from pipeline.language.parties import mentions
from pipeline.language.quantities import find_quantities
from schemas import FuzzyDate, fuzzy_date

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

_TALKS = lexicon.talks
_PLACE = re.compile(
    rf"\b(?:in|at|to) (?:an? (?={NAME_WORD} {_TALKS.buildings.any}\b)"
    rf"|the (?:{NAME_WORD} |host )?(?:capital|city|port)(?: of|,)? )?"
    rf"(?P<city>{NAME_WORD}(?: (?:{NAME_WORD}|(?:de|da|do|la)(?= )))*)"
)
_BEFORE_DAYS = re.compile(
    rf", (?P<city>{NAME_WORD}(?: {NAME_WORD})?),? (?=\d{{1,2}}\b|{lexicon.calendar.month})"
)
_IN_BUILDING = re.compile(
    rf"\b(?:in|at) the (?P<city>{NAME_WORD})(?: {NAME_WORD}){{0,3}} (?i:{_TALKS.buildings.any})\b"
)
_WHERE = re.compile(rf"\b(?:from|of) (?P<city>{NAME_WORD}(?: {NAME_WORD})?), where (?P<what>[^.;:]+)")
_MET_IN = re.compile(
    rf"(?i:{_TALKS.meeting.any}|{_TALKS.begins.any}|{_TALKS.ends.any})(?:,? [\w’-]+){{0,4}},? $"
)
_DATELINE_CITY = re.compile(rf"[{UPPER[1:-1]}’' .-]{{3,}}|{NAME_WORD}(?: {NAME_WORD})?")
_FILED_FROM = re.compile(rf"(?P<city>{NAME_WORD}(?: {NAME_WORD})?): {UPPER}")
_TO_COME = re.compile(r"(?:begin|open|start|end|close)s?", re.IGNORECASE)
_HERE = re.compile(r"\bhere\b")
_CAPITALS = re.compile(rf"{UPPER}{{3}}")
_TITLED = 2
"""How often the place of a title counts."""
_AHEAD = 4
"""By how much less the place of a meeting counts that lies ahead."""
_OPENING = 4
"""So many sentences tell first how far the talks are."""
_LARGE = 2
"""By how much less a country counts than a city."""
_LEAD, _LED = 2, 2.0
"""So many sentences lead, and so much does the place of a meeting count in them."""
_DATED_OTHERWISE = re.compile(
    rf"\b(?:{_TALKS.not_days.any})\b[^.;]{{0,12}}$|\b(?:{_TALKS.lapses.any})\b[^.;]{{0,20}}$", re.IGNORECASE
)
_NUMBERED_DAY = re.compile(
    rf"\b(?:day (?P<number>\w+)|(?P<nth>{any_of(lexicon.numbers.ordinals)}) day) of\b", re.IGNORECASE
)
_WEEKDAYS = re.compile(lexicon.calendar.weekday)
_DAYS_LONG = range(2, 15)
"""How many days talks last."""
_BESIDE, _AGO = 25, timedelta(days=45)
"""So many characters from a place a date may stand, on either side, and so long ago it is of another meeting."""
_OTHER_CLAUSE = re.compile(rf";|\b{_TALKS.before_or_after.any}\b", re.IGNORECASE)
_FAR = 90
"""So many characters may stand between what began or ended and its day."""


_FROM = re.compile(rf"\bfrom {NAME_WORD}(?: {NAME_WORD})? $")
_DESCRIBING = {"amod", "compound", "nmod"}
_HANGING = {"prep", "pobj", "pcomp", "appos", "compound", "amod", "nmod", "conj", "npadvmod", "dobj"}
_DESCRIBING_CLAUSES = {"relcl", "acl"}
_CLAUSES = {*_DESCRIBING_CLAUSES, "advcl", "ccomp", "parataxis", "csubj"}


class MeetingDays(Struct, frozen=True):
    """The first and the last day of a meeting, as far as a text tells them."""

    start: FuzzyDate | None = None
    end: FuzzyDate | None = None


def venue(annotated: Annotated, parties: Collection[str], others: Container[int]) -> str | None:
    """The place that is told most often as that of a meeting; of equals, the one told first.

    `others`: the sentences on the talks of others, see `asides.of_others`.
    """
    body = [sentence for sentence in annotated.body if sentence.index not in others]
    meeting = [sentence for sentence in body if _TALKS.meeting.search(sentence.text)]
    dateline, begun = _dateline(annotated), _has_begun(annotated, others)
    told: dict[str, float] = defaultdict(float)
    for sentence in meeting:
        leads = sentence in body[:_LEAD]
        for place, weight in _places(annotated, sentence, dateline, leads=leads, begun=begun):
            if _country(place) not in parties or place not in _countries():
                told[place] += weight * (_LED if leads else 1)
    met = set(told)
    if titled := _titled(annotated, told):
        told[titled] += _TITLED
    if dateline and meeting and annotated.context.anchor is None:
        told.setdefault(dateline, 0)  # behind every place that is told
        met.add(dateline)
    often = sorted(told, key=lambda place: -told[place])
    return next((p for p in often if _is_place(p, annotated.body) or _may_be_one(p, met)), None)


def _places(
    annotated: Annotated, sentence: Sentence, dateline: str | None, *, leads: bool, begun: bool
) -> Iterator[tuple[str, float]]:
    """Where a sentence has people meet, each with how much it counts.

    `leads`: it opens the text, where even what happens beside a meeting happens in the place of the dateline. `begun`:
    the meeting had begun, so that one to come is another.
    """
    if _TALKS.elsewhere.search(sentence.text):
        return
    today = annotated.context.anchor
    for match in _PLACE.finditer(sentence.text):
        place, words = _city(match), _words(sentence, match)
        beside = _dates_beside(annotated, sentence, match)
        ahead = _lies_ahead(sentence, words) or any(later(when, today) for when in beside)
        if any(_is_long_ago(when, today) for when in beside) or (ahead and begun):
            continue
        if place in _countries() and dateline and _country(dateline) == _country(place):
            place = dateline
        filed = leads and place.casefold() == (dateline or "").casefold()
        if filed or _meet_there(sentence, match, words):
            yield place, 1 / (_AHEAD if ahead else 1) / (_LARGE if place in _countries() else 1)
    for match in _IN_BUILDING.finditer(sentence.text):
        if _is_place(match["city"], [sentence]) and _meet_there(sentence, match, _words(sentence, match)):
            yield match["city"], 1
    for match in _WHERE.finditer(sentence.text):
        if _TALKS.meeting.search(match["what"]):
            yield _city(match), 1
    if dateline and _HERE.search(sentence.text):
        yield dateline, 1


def _words(sentence: Sentence, place: re.Match[str]) -> Tokens | None:
    """The tokens of "in …"; None outside of prose."""
    at = sentence.start - sentence.shift
    return sentence.tokens and tokens_at(sentence.tokens, at + place.start(), at + place.end())


def _lies_ahead(sentence: Sentence, words: Tokens | None) -> bool:
    """Whether what happens there is still to come."""
    verb = words and governor(words[0])
    if words and verb:
        if any(word.tag_ in {"MD", "TO"} for word in helpers(verb)):
            return True
        if tense(verb) == "past":
            return False
    text = " ".join(word.lower_ for word in words_over(words[0])) if words else sentence.text
    return lexicon.modality.future.search(text) is not None


def _has_begun(annotated: Annotated, others: Container[int]) -> bool:
    """Whether the meeting that a text is about had begun when it was published."""
    start = meeting_days(annotated, others).start
    if start is not None:
        return not later(start, annotated.context.anchor)
    opening = (sentence.text for sentence in annotated.body[:_OPENING])
    return any(
        _of_talks(match) and not lexicon.modality.future.search(text)
        for text in opening
        for words in (_TALKS.people_do, _TALKS.ends)
        for match in words.finditer(text)
    )


def _city(match: re.Match[str]) -> str:
    return match["city"].removesuffix("’s").removesuffix("'s").rstrip(".")


def _titled(annotated: Annotated, cities: Collection[str]) -> str | None:
    """The city that the title has them in: "talks in Oslo", "report on the talks, Oslo, 9 and 10 May"."""
    title = annotated.document.title or ""
    for match in (*_PLACE.finditer(title), *_BEFORE_DAYS.finditer(title)):
        words = match["city"].split()  # a title may go on in capitals
        heads = (" ".join(words[:number]) for number in range(len(words), 0, -1))
        city = next((city for city in heads if city in cities or _is_place(city, annotated.body)), None)
        if city and city not in _countries():
            return city
    return None


def _meet_there(sentence: Sentence, place: re.Match[str], words: Tokens | None) -> bool:
    """Whether people meet where "in …" tells: it hangs on a meeting, or on a verb whose clause tells of one."""
    if not words:
        return _MET_IN.search(sentence.text[: place.start()]) is not None
    word, name = words[0], words[-1]
    if (
        name.dep_ in _DESCRIBING
        and name.head not in words
        and not _TALKS.buildings.fullmatch(name.head.lower_)
    ):
        return False  # "to Turkish demands"
    if word.lower_ == "to" and (
        word.head.pos_ not in VERBS
        or _TALKS.meeting.fullmatch(word.head.lower_)
        or _FROM.search(sentence.text, 0, place.start())
    ):
        return False  # "their talk to Abe", "will talk to Abe", "from Bursa to Gaziantep"
    return any(
        _TALKS.meeting.search(above.lower_ if above.dep_ in _HANGING else _clause(above))
        for above in _hung_on(word)
    )


def _hung_on(word: Token) -> Iterator[Token]:
    """What a word hangs on, up to the verb of its clause; on to what a clause describes: "the talks, held in …"."""
    while word.dep_ in _HANGING | _DESCRIBING_CLAUSES and word.head != word:
        word = word.head
        yield word


def _clause(word: Token) -> str:
    """A verb with the words under it that stand in no clause of their own."""
    return " ".join(own.lower_ for own in word.subtree if not _of_other_clause(own, word))


def _of_other_clause(word: Token, verb: Token) -> bool:
    """Whether a word under a verb stands in a clause of its own, as who "told journalists that …"."""
    while word.i != verb.i:
        if word.dep_ in _CLAUSES:
            return True
        word = word.head
    return False


def _dates_beside(annotated: Annotated, sentence: Sentence, place: re.Match[str]) -> list[FuzzyDate]:
    """The dates that stand beside a place: "reached in Lima in May", "in May in Lima"."""
    start, end = sentence.start + place.start(), sentence.start + place.end()
    beside = (
        *touching(annotated.dates, max(start - _BESIDE, sentence.start), start),
        *touching(annotated.dates, end, min(end + _BESIDE, sentence.end)),
    )
    return [one.date for one in beside]


def _is_long_ago(when: FuzzyDate, today: date | None) -> bool:
    return bool(today and when.latest and today - date.fromisoformat(when.latest) > _AGO)


def _dateline(annotated: Annotated) -> str | None:
    """The city of the first dateline, as the text writes it: "HANOI —", "Hanoi: Vietnam …"."""
    for passage in annotated.passages:
        if passage.lead > passage.start:
            words = _DATELINE_CITY.match(annotated.text, passage.start, passage.lead)
            return words[0].strip(" .-") if words else None
    first = next((sentence.text for sentence in annotated.body), "")
    filed = _FILED_FROM.match(first)
    if not filed:
        return None
    known = _is_place(filed["city"], annotated.body[:1])
    written_there = any(_HERE.search(sentence.text) for sentence in annotated.body)
    return filed["city"] if known or written_there else None


def _may_be_one(city: str, met: Collection[str]) -> bool:
    """Whether a name right behind a meeting is none of a day, a month or an institution."""
    words = city.split()
    return city in met and not any(
        _TALKS.no_places.fullmatch(word) or lexicon.offices.institutions.fullmatch(word) for word in words
    )


def _is_place(city: str, body: Iterable[Sentence]) -> bool:
    return any(mention.end == len(city) for mention in mentions(city)) or any(
        entity.label_ == "GPE" and entity.text.removesuffix("’s") == city
        for sentence in body
        if sentence.tokens is not None and city in sentence.text
        for entity in entities(sentence.tokens)
    )


def _country(place: str) -> str | None:
    return next((mention.code for mention in mentions(as_name(place))), None)


@cache
def _countries() -> frozenset[str]:
    return frozenset(
        name for c in pycountry.countries for name in (c.name, getattr(c, "common_name", c.name))
    )


def as_name(city: str) -> str:
    """A city as names are written: `VALPARAÍSO` -> `Valparaíso`."""
    return city.title() if _CAPITALS.match(city) and city.isupper() else city


def meeting_days(annotated: Annotated, others: Container[int]) -> MeetingDays:
    """When the meeting of the parties that a text is about began and ended.

    Told outright ("from 2 to 4 May"), by what began or ended on a day, or by how many days it lasted. `others`: the
    sentences on the talks of others, see `asides.of_others`.
    """
    today = annotated.context.anchor
    start, end = _days_of_title(annotated)
    lasted: int | None = None
    for sentence in annotated.body:
        text = sentence.text
        if sentence.index in others or _TALKS.elsewhere.search(text) or not _tells_of_meeting(text):
            continue
        days = (one for one in _days_in(annotated, sentence) if not _is_long_ago(one.date, today))
        dated = [one for one in days if not of_something_else(sentence, one) and not _of_other_thing(one)]
        for first, last in _ranges(dated):
            start, end = start or first, end or last
        start = start or _counted_back(annotated, sentence, dated)
        for words, opens in ((_TALKS.begins, True), (_TALKS.ends, False)):
            for match in filter(_of_talks, words.finditer(text)):
                by = [one for one in dated if _TO_COME.fullmatch(match[0]) or not later(one.date, today)]
                near = _nearest(
                    annotated.text, by, sentence.start + match.start(), sentence.start + match.end()
                )
                if near is not None and opens:
                    start = start or near
                elif near is not None:
                    end = end or near
        lasted = lasted or _lasted(annotated, sentence)
    if lasted and end and not start:
        start = _shifted(end, 1 - lasted, f"{lasted} days that ended on {end.edtf}")
    elif lasted and start and not end:
        end = _shifted(start, lasted - 1, f"{lasted} days that began on {start.edtf}")
    if start and end and (start.earliest or "") > (end.latest or ""):
        return MeetingDays()
    return MeetingDays(start, end)


def _days_of_title(annotated: Annotated) -> tuple[FuzzyDate | None, FuzzyDate | None]:
    """The first and the last day of a meeting that a headline dates: "Report on the talks, Oslo, 9 and 10 May"."""
    for passage in annotated.passages:
        text = annotated.text[passage.start : passage.end]
        if passage.region != "headline" or not _TALKS.sittings.search(text):
            continue
        dates = inside(annotated.dates, passage.start, passage.end)
        days = [one for one in dates if is_day(one) and not later(one.date, annotated.context.anchor)]
        for first, last in _ranges(days):
            return first, last
    return None, None


def _of_talks(match: re.Match[str]) -> bool:
    """Whether what begins or ends are talks, by its clause, and no duty or truce."""
    if _TALKS.people_do.fullmatch(match[0]):
        return True
    part = between_marks(match.string, match.start(), match.end())
    clause, before = match.string[part.start : part.end], match.string[part.start : match.start()]
    if before.endswith(" to ") and _last(_TALKS.matters, before) > _last(_TALKS.meeting, before):
        return False  # "talks on a duty due to begin"
    return _TALKS.meeting.search(clause) is not None and not _TALKS.lapses.search(clause)


def _last(words: WordList, text: str) -> int:
    """Where the last of some words ends; -1 where there is none."""
    return max((match.end() for match in words.finditer(text)), default=-1)


def later(when: FuzzyDate, today: date | None) -> bool:
    """Whether a day had not come when the text was published."""
    return bool(today and when.earliest and date.fromisoformat(when.earliest) > today)


def _tells_of_meeting(text: str) -> bool:
    return _TALKS.meeting.search(text) is not None or _TALKS.begins.search(text) is not None


def _days_in(annotated: Annotated, sentence: Sentence) -> list[DateMention]:
    """Dates of a sentence that are a day or some days on end."""
    dates = inside(annotated.dates, sentence.start, sentence.end)
    return [
        one
        for one in dates
        if is_day(one) and not (one.clause and (one.clause.superseded or one.clause.says))
    ]


def is_day(mention: DateMention) -> bool:
    """Whether it names a day, or some days on end, and not some day of those that it names: "this week", "mid-May"."""
    length = _length(mention.date)
    named = any(map(str.isdigit, mention.text)) or len(_WEEKDAYS.findall(mention.text)) > 1
    return length == 1 or (length in _DAYS_LONG and named)


def _length(when: FuzzyDate) -> int:
    first, last = when.earliest, when.latest
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1 if first and last else 0


def of_something_else(sentence: Sentence, mention: DateMention) -> bool:
    """Whether a date is one until which, or on which something lapses."""
    return _DATED_OTHERWISE.search(sentence.text[: mention.start - sentence.start]) is not None


def _of_other_thing(mention: DateMention) -> bool:
    """Whether it is the day of something that is no meeting: "her offer of 6 May"."""
    clause = mention.clause
    if clause is None or clause.preposition != "of":
        return False
    return not any(_TALKS.meeting.fullmatch(noun.lower_) or noun.lower_ == "day" for noun in clause.nouns)


def _ranges(dated: Sequence[DateMention]) -> Iterator[tuple[FuzzyDate, FuzzyDate]]:
    """First and last days: of one date of several days, of two days with "and" between them."""
    for mention in dated:
        when = mention.date
        if _length(when) > 1 and when.earliest and when.latest:
            yield (
                fuzzy_date(when.earliest, when.text, when.basis, when.anchor),
                fuzzy_date(when.latest, when.text, when.basis, when.anchor),
            )
    for one, other in pairwise(dated):
        if _length(one.date) == _length(other.date) == 1 and 0 < other.start - one.end <= len(" and on "):
            first, last = date.fromisoformat(one.date.edtf or ""), date.fromisoformat(other.date.edtf or "")
            if (last - first).days in range(1, _DAYS_LONG[-1]):
                yield one.date, other.date


def _nearest(text: str, dated: Sequence[DateMention], start: int, end: int) -> FuzzyDate | None:
    """The day that stands nearest to some words of a text, with no other and no other clause between them."""
    singles = [one for one in dated if _length(one.date) == 1]
    near = min(singles, key=lambda one: max(one.start - end, start - one.end), default=None)
    if near is None or max(near.start - end, start - near.end) > _FAR:
        return None
    between = text[end : near.start] if end <= near.start else text[near.end : start]
    return None if _OTHER_CLAUSE.search(between) else near.date


def _lasted(annotated: Annotated, sentence: Sentence) -> int | None:
    """For how many days a sentence has talks last: "a two-day round", "three days of talks"."""
    for quantity in inside(annotated.quantities, sentence.start, sentence.end):
        if quantity.unit == "d" and quantity.value in _DAYS_LONG and quantity.value_high is None:
            after = annotated.text[quantity.end : min(quantity.end + 50, sentence.end)]
            if (
                _TALKS.meeting.search(after)
                or _TALKS.begins.search(sentence.text)
                or _TALKS.ends.search(sentence.text)
            ):
                return int(quantity.value)
    return None


def _counted_back(annotated: Annotated, sentence: Sentence, dated: Sequence[DateMention]) -> FuzzyDate | None:
    """The first day of talks of which a sentence tells a later one: "on Monday for day two of their talks"."""
    for match in _NUMBERED_DAY.finditer(sentence.text):
        number = lexicon.numbers.ordinals.get((match["nth"] or "").casefold()) or _number(match["number"])
        at = sentence.start + match.start()
        near = _nearest(annotated.text, dated, at, at + len(match[0]))
        if near and number in _DAYS_LONG and _TALKS.meeting.search(sentence.text, match.end()):
            return _shifted(near, 1 - number, f"{match[0]} was {near.edtf}")
    return None


def _number(words: str | None) -> int:
    return next((int(one.value) for one in find_quantities(f"{words} days")), 0) if words else 0


def _shifted(when: FuzzyDate, by: int, why: str) -> FuzzyDate:
    day = date.fromisoformat(when.earliest or "") + timedelta(by)
    return fuzzy_date(day.isoformat(), when.text, "relative", why)

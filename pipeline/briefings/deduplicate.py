"""The same fact, told by several documents or twice by one, becomes one fact with all its evidence.

`EQUALITY` says of each kind when two facts are one and what each adds to the other. A kind that is not in it is told
equal by all that it says, and takes from its double what it leaves open. What code has read itself goes before what an
extractor reads.
"""

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date as date_
from datetime import timedelta
from functools import lru_cache, reduce
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from pipeline.briefings import (
    ALIKE_DEADLINES,
    ALIKE_EVENTS,
    ALIKE_HEADLINES,
    FEWEST_QUOTED,
    SAME_HAPPENING,
    SAME_MATTER,
    TOLD_AGAIN,
)
from pipeline.briefings.comparison import act_of, alike, charged_on, clause_with, stems
from pipeline.briefings.goods import Goods, goods_in, in_common
from pipeline.briefings.memory import Memory
from pipeline.briefings.rounds import day_of
from pipeline.extraction.kinds.delegates import same_delegate
from pipeline.language.commitments import claimed
from pipeline.language.dates import Context, resolve
from pipeline.language.lexicons import NAME_WORD, lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import without_parties
from pipeline.language.people import same_person
from pipeline.language.quantities import find_quantities, is_duration
from schemas import (
    Deadline,
    Delegate,
    Event,
    Evidence,
    Fact,
    Figure,
    FuzzyDate,
    Position,
    Stake,
    Statement,
    all_translated,
    fuzzy_date,
    unproven,
)
from schemas.kinds import Kind, kind_of
from schemas.vocabulary import OPEN_DEADLINES, Proof

_F = TypeVar("_F", bound=Fact)
_FIRMNESS = ("confirmed", "reported", "claimed", "disputed")
_FINENESS = ("day", "week", "month", "quarter", "year", "unknown")
_SHARED = frozenset(Fact.__struct_fields__)


def deduplicate(
    kind: Kind, readings: Mapping[str, Sequence[Any]], start: FuzzyDate | None, memory: Memory
) -> list[Any]:
    """The facts of one kind in all documents of a round that starts then, equal ones joined.

    `readings`: what each document tells, by its id and in the order of these.
    """
    told = _dated(readings, start, memory) if kind.dated else readings
    # Until all is done nothing is kept: what fails halfway is done anew.
    last = memory.kept.pop((deduplicate, kind.name), None) or _Gathered({}, {}, {}, {})
    now = _gathered(told, equality_of(kind.name), last)
    memory.kept[deduplicate, kind.name] = now
    return [one.whole for one in now.found.values()]


_Place = tuple[str, int]
"""Where a fact stands: its document, and how many are before it there."""


class _Gathered(NamedTuple):
    """What the documents tell, the facts that are one, and how that came about.

    `places`: those of all facts, by their `id()`; `by_key`: those that may be one, by what they have in common if they
    are, see `Equality`; `found`: by the `id()` of the first, in its order.
    """

    readings: Mapping[str, Sequence[Any]]
    places: dict[int, _Place]
    by_key: "dict[Hashable, _Comparable]"
    found: "dict[int, _Tellings]"


class _Comparable(NamedTuple):
    """Facts that may be one."""

    found: "list[_Tellings]"
    tellings: "list[_Telling]"


class _Tellings(Struct):
    """A fact as documents tell it: each, and what they come to so far.

    `place`: how many others were begun before. `before`: what they came to here in the last merge; `anew`: whether some
    of them were not together in that. `whole`: what they come to in the end, with what is told by all of them at once.
    """

    place: int
    told: Any
    documents: set[str]
    facts: list[Any]
    before: Any = None
    anew: bool = False
    whole: Any = None

    @property
    def unmoved(self) -> bool:
        return self.told is self.before and not self.anew


class _Telling(NamedTuple):
    """A fact of a document, the first of those that are one with it, and what they come to with it."""

    fact: Any
    documents: frozenset[str]
    first: Any
    told: Any


def _gathered(readings: Mapping[str, Sequence[Any]], equality: "Equality", last: _Gathered) -> _Gathered:
    """The facts that are one. Those are looked at again whose key one has that is new. `last`: is used up."""
    found, places, by_key = last.found, last.places, last.by_key
    fresh = {id: own for id, own in readings.items() if last.readings.get(id) is not own}
    left = {id(fact) for own in fresh.values() for fact in own}
    then = (own for document, own in last.readings.items() if readings.get(document) is not own)
    if any(id(fact) not in left for own in then for fact in own):  # some are gone
        found, places, by_key, fresh = {}, {}, {}, dict(readings)
    again: dict[Hashable, list[Any]] = defaultdict(list)
    for document, own in fresh.items():
        for place, fact in enumerate(own):
            if id(fact) not in places:
                again[equality.key(fact)].append(fact)
            places[id(fact)] = document, place
    for key, new in again.items():
        known = by_key[key].tellings if key in by_key else []
        facts: list[tuple[Any, _Telling | None]] = [(one.fact, one) for one in known]
        for fact in new:
            insort(facts, (fact, None), key=lambda one: places[id(one[0])])
        by_key[key] = _compared(facts, equality)
        for one in by_key[key].found:
            one.whole = _whole(one, last.found.get(id(one.facts[0])))
    if again:
        firsts = {id(one.facts[0]): one for some in by_key.values() for one in some.found}
        found = {first: firsts[first] for first in sorted(firsts, key=places.__getitem__)}
    return _Gathered(readings, places, by_key, found)


def _whole(one: _Tellings, before: _Tellings | None) -> Any:
    """What the tellings of a fact come to; the very same where they are those of the last merge."""
    if before and before.told == one.told and before.facts == one.facts:
        return before.whole
    return one.facts[0] if len(one.facts) == 1 else _joined(one.told, *one.facts)


def _compared(facts: Iterable[tuple[Any, "_Telling | None"]], equality: "Equality") -> _Comparable:
    """Facts that may be one by those that are, and how that came about, fact by fact.

    `facts`: each with how it did when some of them had not come yet. A fact that was there is only compared again with
    what these have moved.
    """
    tellings: list[_Telling] = []
    begun: list[_Tellings] = []
    by_first: dict[int, _Tellings] = {}
    moved: dict[int, _Tellings] = {}
    """By their place, those that are not what they were here in the last merge."""
    for fact, then in facts:
        if then is None:
            documents = frozenset(e.document_id for e in fact.evidence)
            joined, compared = None, False
        else:
            _, documents, first, told = then
            joined = by_first.get(id(first))
            compared = joined is not None or first is fact
            if compared and not moved:
                if joined is None:
                    joined = by_first[id(fact)] = _Tellings(len(begun), fact, set(), [])
                    begun.append(joined)
                joined.told = joined.before = told
                joined.documents |= documents
                joined.facts.append(fact)
                tellings.append(then)
                continue
        one = _one_with(fact, documents, _to_compare(begun, moved, joined) if compared else begun, equality)
        if one is None and joined and joined.unmoved:
            one = joined
        again = then if compared and one is joined else None
        if one is None:
            one = by_first[id(fact)] = _Tellings(len(begun), fact, set(documents), [fact])
            begun.append(one)
        else:
            one.told = again.told if again and one.unmoved else _told_with(one.told, fact, equality)
            one.documents |= documents
            one.facts.append(fact)
        if again:
            one.before = again.told
        elif then:
            one.anew = True
            if joined:
                joined.anew = True
        for each in (one, joined):
            if each and each.unmoved:
                moved.pop(each.place, None)
            elif each:
                moved[each.place] = each
        if again and one.told is again.told:
            tellings.append(again)
        else:
            tellings.append(_Telling(fact, documents, one.facts[0], one.told))
    return _Comparable(begun, tellings)


def _to_compare(
    begun: Sequence[_Tellings], moved: Mapping[int, _Tellings], joined: _Tellings | None
) -> list[_Tellings]:
    """With which a fact is compared that was compared with the others in the last merge, up to those it `joined`."""
    here = [moved[place] for place in sorted(moved) if joined is None or place < joined.place]
    return here if joined is None or joined.unmoved else [*here, *begun[joined.place :]]


def _one_with(
    fact: Any, documents: frozenset[str], near: Iterable[_Tellings], equality: "Equality"
) -> _Tellings | None:
    """The first of those that are near which a fact is one with."""
    for known in near:
        equal = equality.repeats if documents & known.documents else equality.same
        if equal(known.told, fact):
            return known
    return None


def _told_with(told: Any, fact: Any, equality: "Equality") -> Any:
    """What facts come to with another; the very same where that adds nothing."""
    more = _fill(equality.fold(told, fact), fact, *equality.agreed)
    return told if more == told else more


class Equality(Struct, frozen=True):
    """When two facts of a kind are one. `fold`: the first of two, with what the second adds to its content.

    `repeats`: when two facts of one document are one. `lasts`: whether a fact is the one that rested on the same
    sentence before. `agreed`: fields that a fact takes from the others where it leaves them open itself, unless these
    do not agree. `key`: what two facts have in common if they are one; what both are told as has it, too. `whole`:
    fields that are put together from all of them at once.
    """

    same: Callable[[Any, Any], bool]
    fold: Callable[[Any, Any], Any]
    key: Callable[[Any], Hashable] = lambda _: None
    repeats: Callable[[Any, Any], bool] = lambda left, right: False
    lasts: Callable[[Any, Any], bool] = lambda old, new: True
    agreed: tuple[str, ...] = ()
    whole: Callable[[Sequence[Any]], dict[str, Any]] = lambda facts: {}


def equality_of(kind: str) -> Equality:
    return EQUALITY.get(kind, _PLAIN)


def joined_tellings(*facts: _F) -> _F:
    """What several tellings of one fact come to; what an editor decided about one of them stays."""
    first, *others = best_read = sorted(facts, key=lambda fact: fact.proof != "full")
    folded: _F = reduce(equality_of(kind_of(first).name).fold, others, first)
    return _marked(folded, best_read, facts)


def _joined(told: _F, *facts: _F) -> _F:
    """As `joined_tellings`. `told`: what they came to in their order, which is that of the best read where all are."""
    if len({fact.proof for fact in facts}) > 1:
        return joined_tellings(*facts)
    return _marked(told, facts, facts)


def _marked(folded: _F, best_read: Sequence[_F], facts: Sequence[_F]) -> _F:
    """What the content of some facts comes to, with what is told by all of them at once."""
    equality = equality_of(kind_of(folded).name)
    folded = replace(
        folded,
        **{name: _agreed([getattr(fact, name) for fact in best_read]) for name in equality.agreed},
        **equality.whole(best_read),
    )
    return replace(
        folded,
        evidence=_evidence(facts),
        translated=all_translated(facts),
        certainty=min({fact.certainty for fact in facts}, key=_FIRMNESS.index),
        proof=_proof(folded, facts),
        review=next((fact.review for fact in facts if fact.review), None),
    )


def _agreed(values: Sequence[Any]) -> Any:
    """The first of some values, or what all others that tell one have in common."""
    first, *others = values
    told = [value for value in others if _is_told(value)]
    if _is_told(first) or not told:
        return first
    return first if any(told_apart(told[0], value) for value in told[1:]) else told[0]


def _proof(folded: Fact, facts: Iterable[Fact]) -> Proof:
    """Whether code has read all that is kept of some facts: each value in one of those that it read whole."""
    read = [fact for fact in facts if fact.proof == "full"]

    def is_read(name: str) -> bool:
        value = unproven(getattr(folded, name))
        if isinstance(value, list):
            known = [unproven(getattr(fact, name)) for fact in read]
            return all(any(item in own for own in known) for item in value)
        return value is None or value in (unproven(getattr(fact, name)) for fact in read)

    return "full" if all(is_read(name) for name in _content(folded)) else "quoted"


def _evidence(facts: Iterable[Fact | Position]) -> list[Evidence]:
    """All spans by document, those of one in their order: what a fact rests on most comes first."""
    spans = {(e.document_id, e.start, e.end): e for fact in facts for e in fact.evidence}
    return sorted(spans.values(), key=lambda e: e.document_id)


# Dates


def _dated(
    readings: Mapping[str, Sequence[Any]], start: FuzzyDate | None, memory: Memory
) -> Mapping[str, Sequence[Any]]:
    """The facts of each document, their days fixed by other documents where their own does not."""
    open_ = {document for document, facts in readings.items() if any(map(_is_open, facts))}
    if not open_:
        return readings
    known = [fact for facts in readings.values() for fact in facts if fact.date and fact.date.edtf]
    days: dict[str, FuzzyDate] = {}
    for fact in known:
        days.setdefault(fact.date.edtf, fact.date)

    def dated(fact: Any) -> Any:
        if not _is_open(fact):
            return fact
        date = _across(fact, known, days, start)
        return fact if date is fact.date else memory.once(_on, fact, beside=(date,))

    return {
        document: [dated(fact) for fact in facts] if document in open_ else facts
        for document, facts in readings.items()
    }


def _is_open(fact: Any) -> bool:
    """Whether nothing in its document fixes the day of a fact that has one."""
    return fact.date is not None and fact.date.edtf is None


def _on(fact: Any, date: FuzzyDate) -> Any:
    return replace(fact, date=date)


def _across(
    fact: Deadline | Event,
    known: Sequence[Deadline | Event],
    days: Mapping[str, FuzzyDate],
    start: FuzzyDate | None,
) -> FuzzyDate:
    """The date of a fact that its own document cannot fix, fixed by another document of the same round.

    Either the words, read in the year of another document's date, give that date; or they name the weekday on
    which the round is known to start, or on which another document tells of the same. `known`: facts that have a date;
    `days`: the first of their dates of each meaning.
    """
    date = fact.date
    assert date is not None
    years = {one.earliest[:4] for one in days.values() if one.earliest}
    meant = {(year, _read_in(year, date.text)) for year in years}
    for edtf, other in days.items():
        if other.earliest and (other.earliest[:4], edtf) in meant:
            return fuzzy_date(edtf, date.text, "cross_source", f"another document: {other.text}")
    day = day_of(start)
    if day and _is_weekday_of(date.text, day):
        return fuzzy_date(
            day.isoformat(), date.text, "cross_source", f"the round starts on {day.isoformat()}"
        )
    told = stems(fact.what)
    on_weekday = ((day, one) for one in known if (day := day_of(one.date)) and _is_weekday_of(date.text, day))
    same = {day: one.date for day, one in on_weekday if len(told & stems(one.what)) >= SAME_HAPPENING}
    if len(same) != 1:
        return date
    ((fixed, by),) = same.items()
    return fuzzy_date(fixed.isoformat(), date.text, "cross_source", f"another document: {by and by.text}")


def _read_in(year: str, words: str) -> str | None:
    """What the words of a date mean in a year."""
    return resolve(words, Context(year=int(year), year_reason="another document")).edtf


def _is_weekday_of(words: str, day: date_) -> bool:
    return words.casefold().endswith(f"{day:%A}".casefold())


def days_agree(left: FuzzyDate | None, right: FuzzyDate | None) -> bool:
    """Some day is meant by both; unresolved words agree with the same words only, and no date with none."""
    if left is None or right is None:
        return left is right
    if left.earliest and left.latest and right.earliest and right.latest:
        return left.earliest <= right.latest and right.earliest <= left.latest
    return left.edtf == right.edtf and left.text.casefold() == right.text.casefold()


def _finer(*dates: FuzzyDate | None) -> FuzzyDate | None:
    """The most exact of dates that agree."""
    return min(
        (date for date in dates if date),
        key=lambda date: (_FINENESS.index(date.precision), date.basis != "explicit"),
        default=None,
    )


def _same_day(old: Deadline | Event, new: Deadline | Event) -> bool:
    """A day that is told or is not told any more is told apart by words alone."""
    if old.date is None or new.date is None:
        return alike(old.what, new.what) >= ALIKE_DEADLINES
    return days_agree(old.date, new.date) or old.date.text == new.date.text


# Any kind


def _fill(left: _F, right: _F, *names: str) -> _F:
    """The first of two, with what it leaves open and the second says in these fields."""
    open_ = [name for name in names if not _is_told(getattr(left, name))]
    return replace(left, **{name: getattr(right, name) for name in open_}) if open_ else left


def _is_told(value: Any) -> bool:
    return value is not None and value != []


def told_apart(left: Any, right: Any) -> bool:
    """Whether two values are told and are not the same one; of dates, whether no day is meant by both."""
    if not (_is_told(left) and _is_told(right)):
        return False
    if isinstance(left, FuzzyDate) and isinstance(right, FuzzyDate):
        return not days_agree(left, right)
    return bool(set(left) != set(right) if isinstance(left, list) else left != right)


def _content(fact: Fact) -> tuple[str, ...]:
    """The fields that a kind has beside those of every fact."""
    return tuple(name for name in fact.__struct_fields__ if name not in _SHARED)


def _says_the_same(left: Any, right: Any) -> bool:
    """Whether all that both say is equal, and their days agree."""
    kind = kind_of(left)
    both = [
        (getattr(left, name), getattr(right, name))
        for name in _content(left)
        if not (kind.dated and name == kind.date)
    ]
    agree = not kind.dated or days_agree(left.date, right.date)
    return agree and all(a == b for a, b in both if a is not None and b is not None)


def _fold_plain(left: Any, right: Any) -> Any:
    dates = {"date": _finer(left.date, right.date)} if kind_of(left).dated else {}
    return replace(_fill(left, right, *_content(left)), **dates)


_PLAIN = Equality(same=_says_the_same, fold=_fold_plain)


# Delegates


def _same_seat(old: Delegate, new: Delegate) -> bool:
    """A name that is told or is not told any more is of the same office."""
    if old.name is None or new.name is None:
        return old.party == new.party and fold(old.role) == fold(new.role)
    return same_person(old.name, new.name)


def _fold_delegate(left: Delegate, right: Delegate) -> Delegate:
    fuller = max(left, right, key=lambda one: (len((one.name or "").split()), len(one.role), one.role))
    heads = {left.head, right.head} - {None}
    return replace(
        _fill(left, right, "organisation"),
        name=fuller.name,
        role=fuller.role,
        head=any(heads) if heads else None,
    )


# Stakes: one for each matter; what somebody only says, or a headline, is never folded into what texts tell.


_A_LIST = 2
"""So many goods in common are known again, whatever else is told of them."""
_OF_GOODS = {
    "tariffs",
    "market_access.agriculture",
    "market_access.goods",
    "purchases",
    "trade_remedies",
    "other",
}
"""Topics that hold many matters, told apart by what they are of."""


def _same_stake(left: Stake, right: Stake) -> bool:
    if _voice(left) == "headline":
        return alike(left.summary, right.summary) >= ALIKE_HEADLINES
    one_topic = left.topic == right.topic
    of_goods = left.topic in _OF_GOODS or right.topic in _OF_GOODS
    one, other = goods_in(left.summary), goods_in(right.summary)
    if one and other and of_goods:
        return in_common(one, other) and (one_topic or _tells_again(left, right, TOLD_AGAIN))
    return one_topic and (not of_goods or _tells_again(left, right, SAME_MATTER))


def _repeated_stake(left: Stake, right: Stake) -> bool:
    """Within a document, a topic that comes again is the same matter where most of it is, or the list of its goods."""
    if not _same_stake(left, right):
        return False
    one, other = goods_in(left.summary), goods_in(right.summary)
    listed = min(len(one), len(other)) >= _A_LIST and (one <= other or other <= one)
    return listed or _tells_again(left, right, TOLD_AGAIN)


def _tells_again(left: Stake, right: Stake, share: float) -> bool:
    one, other = _bare_stems(left.summary), _bare_stems(right.summary)
    return bool(one and other) and len(one & other) >= share * min(len(one), len(other))


def _voice(stake: Stake) -> str:
    """Whether a text tells it, somebody in it says so, or its headline does beyond its text."""
    if stake.evidence[0].region != "body":
        return "headline"
    return "somebody" if _only_said(stake.evidence[0].exact) else "text"


@lru_cache(maxsize=10_000)
def _only_said(sentence: str) -> bool:
    """Whether a sentence has somebody say what another agreed to."""
    return claimed(" ".join(sentence.split())) is not None


def _fold_stake(left: Stake, right: Stake) -> Stake:
    firmer = min(left, right, key=lambda stake: _FIRMNESS.index(stake.certainty))
    return replace(
        _fill(left, right, "at_risk"),
        topic=left.topic if left.topic != "other" else right.topic,
        summary=firmer.summary,
        certainty=firmer.certainty,
    )


def _positions(stakes: Iterable[Stake]) -> dict[str, Any]:
    """What each party wants, each once, with all that proves it."""
    told: dict[tuple[str | None, ...], list[Position]] = defaultdict(list)
    for one in (position for stake in stakes for position in stake.positions):
        told[one.party, *(words and fold(words) for words in (one.ask, one.offer, one.red_line))].append(one)
    return {"positions": [replace(same[0], evidence=_evidence(same)) for same in told.values()]}


# Deadlines and events


_NAME_WITHIN = re.compile(rf"(?<=[a-z,;] ){NAME_WORD}")
_MONTHS = {month.name for month in lexicon.calendar.months}
_ONE_MATTER = {"measure_expiry", "entry_into_force", "ultimatum", "target", "other"}
"""Kinds of which one matter has this or that, as it is worded: a truce ends, and the duty applies."""
MAYBE_MEETING = {"meeting", "other"}
_CHANGES = {"end", "start", "rise", "fall"}
"""Stems of what anything may do on a day."""


def _same_deadline(left: Deadline, right: Deadline) -> bool:
    """What has no day is known by its words, and is nothing that has one: else it would confirm that day."""
    if not days_agree(left.date, right.date):
        return False
    if left.kind != right.kind:
        if _one_month(left, right) and _names_in(left.what) & _names_in(right.what):
            return True
        said = [stems(_bare(due)) for due in (left, right)]
        maybe = of_one_matter(left, right) or {left.kind, right.kind} == MAYBE_MEETING
        return _one_day(left, right) and (
            len((said[0] & said[1]) - _CHANGES) >= _SAME_MATTER
            or any(words <= lexicon.conflicts.generic for words in said)
            or (maybe and (on_one_thing(left, right) or _some_days(left, right)))
        )
    return left.date is not None or alike(left.what, right.what) >= ALIKE_DEADLINES


def _one_month(left: Deadline, right: Deadline) -> bool:
    """Whether both are told of one and the same month."""
    first, second = left.date, right.date
    return bool(first and second and first.edtf == second.edtf and first.precision == "month")


@lru_cache(maxsize=10_000)
def _names_in(text: str) -> frozenset[str]:
    """The proper names within a sentence, but those of parties and months."""
    return frozenset(_NAME_WITHIN.findall(without_parties(text))) - _MONTHS


def of_one_matter(left: Deadline, right: Deadline) -> bool:
    """Whether one matter may fall due as both."""
    return left.kind == right.kind or {left.kind, right.kind} <= _ONE_MATTER


def _repeated_deadline(left: Deadline, right: Deadline) -> bool:
    return _same_deadline(left, right) and alike(left.what, right.what) >= ALIKE_DEADLINES


def _one_day(left: Deadline | Event, right: Deadline | Event) -> bool:
    return day_of(left.date) is not None and day_of(left.date) == day_of(right.date)


def _some_days(left: Deadline, right: Deadline) -> bool:
    """Whether both last the same days on end, as a meeting does: "Next stop: Ankara, 10 and 11 June"."""
    first, second = left.date, right.date
    return bool(first and second and first.edtf == second.edtf and first.earliest != first.latest)


def on_one_thing(left: Deadline | Event, right: Deadline | Event) -> bool:
    """Whether both sentences are about something in common, beside the parties, the day and that it comes or goes.

    An amount may be what is common.
    """
    return bool(
        _amounts_in(left.what) & _amounts_in(right.what)
        or (stems(_bare(left)) & stems(_bare(right))) - _CHANGES
    )


@lru_cache(maxsize=10_000)
def _amounts_in(text: str) -> frozenset[tuple[float, str]]:
    return frozenset((q.value, q.unit) for q in find_quantities(text) if q.unit != "1" and not is_duration(q))


def _bare(due: Deadline | Event) -> str:
    """What falls due, without its parties and its day."""
    return without_parties(due.what.replace(due.date.text, " ") if due.date else due.what)


def _fold_deadline(left: Deadline, right: Deadline) -> Deadline:
    """Who tells that another day has taken the place of one knows more than who waits for it."""
    told = next((one.status for one in (left, right) if one.status not in OPEN_DEADLINES), left.status)
    conditions = {(c.kind, c.text): c for c in (*left.conditions, *right.conditions)}
    return replace(
        _fill(left, right, "consequence"),
        date=_finer(left.date, right.date),
        conditions=list(conditions.values()),
        status=told,
    )


_OF_MEETING = {"meet", "end"}
"""Acts of one meeting, on any of its days."""
_ONCE = {"agree", "call off", *_OF_MEETING}
"""What the sides do once on a day, however it is worded."""
_SAME_MATTER = 2
"""So many words in common tell that what governments did on one day is the same."""


def _same_event(left: Event, right: Event) -> bool:
    """On one day the sides do one thing once, however it is worded; what is told of a month is one of its days."""
    if not days_agree(left.date, right.date):
        return False
    acts, one_status = {act_of(left), act_of(right)}, left.status == right.status
    if acts <= _OF_MEETING and one_status:
        return True
    if acts == {"agree"} and left.date.edtf is None and one_status:
        return True  # "the truce struck last month", "they agreed to a deal last month"
    if same_act(left, right) and one_status:
        return True
    if len(acts - {None}) > 1:
        return False
    common = _bare_stems(left.what) & _bare_stems(right.what)
    enough = SAME_HAPPENING if None in acts else _SAME_MATTER
    same = _one_day(left, right) and one_status and len(common) >= enough
    return same or (one_status and alike(left.what, right.what) >= ALIKE_EVENTS)


def same_act(left: Event, right: Event) -> bool:
    """Whether both tell of one act of the sides, each of a month or less: a meeting and its end are one."""
    acts = {act_of(left), act_of(right)}
    fine = all(event.date.precision in {"day", "week", "month"} for event in (left, right))
    return fine and acts <= _ONCE and (len(acts) == 1 or acts <= _OF_MEETING)


def _repeated_event(left: Event, right: Event) -> bool:
    meeting = {act_of(left), act_of(right)} <= _OF_MEETING
    return (meeting or _one_day(left, right)) and _same_event(left, right)


def _fold_event(left: Event, right: Event) -> Event:
    meeting = {act_of(left), act_of(right)} <= _OF_MEETING
    date = _longest(left.date, right.date) if meeting else _finer(left.date, right.date)
    return replace(_fill(left, right, "place"), date=date or left.date)


def _longest(*dates: FuzzyDate) -> FuzzyDate | None:
    """Of days that agree the most on end: a day of talks is one of those that they lasted."""
    days = [date for date in dates if day_of(date)]
    return max(days, key=_length, default=_finer(*dates))


def _length(date: FuzzyDate) -> timedelta:
    """From the first day to the last."""
    first, last = (date.earliest or "", date.latest or "")
    return date_.fromisoformat(last) - date_.fromisoformat(first)


# Figures


def _quantity(figure: Figure) -> tuple[float, float | None, str]:
    return figure.value, figure.value_high, figure.unit


_SUMS = {"commitment", "investment", "purchase", "trade_value", "other"}
"""Measures of money of which one sum has this or that, as it is worded."""


def _same_figure(left: Figure, right: Figure) -> bool:
    apart = ("period", "previous_value", "imposed_by", "applies_to")
    return (
        _quantity(left) == _quantity(right)
        and _one_measure(left, right)
        and (left.status == "threatened") == (right.status == "threatened")
        and not any(told_apart(getattr(left, name), getattr(right, name)) for name in apart)
        and not _other_goods(left, right)
    )


def _fold_figure(left: Figure, right: Figure) -> Figure:
    """Of two measures the one that says what it is; of two subjects the one that tells more of it."""
    fuller = max(
        left, right, key=lambda one: (_RATE.search(one.subject) is not None, len(_bare_stems(one.subject)))
    )
    if (left.proof, right.proof) == ("full", "quoted"):
        fuller = left
    return replace(
        _fill(left, right, "direction", "comparison_base", "reported_by"),
        measure=right.measure if left.measure == "other" else left.measure,
        subject=fuller.subject if left.unit == "%" else left.subject,
    )


def _repeated_figure(left: Figure, right: Figure) -> bool:
    """Within a document, a value that comes again for something else is another figure."""
    one, other = _bare_stems(left.subject), _bare_stems(right.subject)
    alike_ = one <= other or other <= one or bool(_goods_named(left) & _goods_named(right))
    return _same_figure(left, right) and alike_


_RATE = next(row.words for row in lexicon.figures.measures if row.name == "tariff_rate")
_RATES = {"tariff_rate", "share", "other"}
"""Measures of a rate that has this or that, as it is worded."""


def _one_measure(left: Figure, right: Figure) -> bool:
    measures = {left.measure, right.measure}
    return (
        left.measure == right.measure
        or (measures <= _SUMS and left.unit == right.unit and left.unit.isupper())
        or (measures <= _RATES and "other" in measures and left.unit == "%")
    )


def _other_goods(left: Figure, right: Figure) -> bool:
    """Whether one is told of some goods and the other of others."""
    one, other = _goods_named(left), _goods_named(right)
    if one and other:
        return not in_common(one, other)
    goods = [_goods(figure) for figure in (left, right)]
    return all(goods) and not goods[0] & goods[1]


def _goods_named(figure: Figure) -> Goods:
    """The goods that an amount is of, by name: in its subject, or else in its clause, or else in its sentence."""
    if figure.unit.isupper() or figure.unit == "1":
        return frozenset()
    sentence = " ".join(figure.evidence[0].exact.split())
    for words in (figure.subject, clause_with(sentence, figure.as_written), sentence):
        if named := goods_in(words):
            return named
    return frozenset()


def _goods(figure: Figure) -> frozenset[str]:
    """What an amount falls on: by its subject, or else by the "on …" of its clause."""
    if figure.unit != "%":
        return frozenset()
    named = frozenset(word for word in _bare_stems(figure.subject) if word not in lexicon.conflicts.no_goods)
    clause = clause_with(" ".join(figure.evidence[0].exact.split()), figure.as_written)
    return named or charged_on(without_parties(clause)) - lexicon.conflicts.no_goods


@lru_cache(maxsize=10_000)
def _bare_stems(text: str) -> frozenset[str]:
    return stems(without_parties(text))


# Statements


def _same_statement(left: Statement, right: Statement) -> bool:
    """One of them may have only a part of what somebody said."""
    part, whole = sorted((_said(left), _said(right)), key=len)
    if left.direct != right.direct or part not in whole:
        return False
    return part == whole or (len(part.split()) >= FEWEST_QUOTED and same_person(left.speaker, right.speaker))


def _said(statement: Statement) -> str:
    return _plain(statement.text)


@lru_cache(maxsize=10_000)
def _plain(text: str) -> str:
    return fold(text).rstrip(" .,'")


def _fold_statement(left: Statement, right: Statement) -> Statement:
    fuller = max(left, right, key=lambda one: len(_said(one)))
    return replace(_fill(left, right, "role", "channel"), text=fuller.text)


EQUALITY = {
    "delegate": Equality(
        same=same_delegate,
        fold=_fold_delegate,
        key=lambda one: one.party,
        lasts=_same_seat,
        agreed=("capacity",),
    ),
    "stake": Equality(
        same=_same_stake,
        fold=_fold_stake,
        key=_voice,
        repeats=_repeated_stake,
        lasts=lambda old, new: old.topic == new.topic or {old.topic, new.topic} <= _OF_GOODS,
        agreed=("title",),
        whole=_positions,
    ),
    "deadline": Equality(
        same=_same_deadline,
        fold=_fold_deadline,
        repeats=_repeated_deadline,
        lasts=_same_day,
        agreed=("starts",),
    ),
    "figure": Equality(
        same=_same_figure,
        fold=_fold_figure,
        key=lambda one: (_quantity(one), one.status == "threatened"),
        repeats=_repeated_figure,
        lasts=lambda old, new: _quantity(old) == _quantity(new),
        agreed=("period", "previous_value", "imposed_by", "applies_to", "effective", "legal_basis"),
    ),
    "statement": Equality(
        same=_same_statement,
        fold=_fold_statement,
        key=lambda one: one.direct,
        agreed=("said_on",),
    ),
    "event": Equality(same=_same_event, fold=_fold_event, repeats=_repeated_event, lasts=_same_day),
}
"""By the kind's name."""

"""A draft against its sources: each item is found where they say the same, or has what comes closest beside it.

A quotation must stand in a source word by word. Amounts and dates are compared by what they mean: they are found where
the sources say them of the same matter, which is told by the words around both. People are found by name; an office or
a party that the draft gives them must be one that a source gives them.
"""

import math
import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from pipeline.drafts.items import DraftItem, NamedPerson, Value, items_of
from pipeline.drafts.sources import (
    Mentioned,
    SourcePlace,
    SourceTexts,
    Surroundings,
    WordWeights,
    place_of,
    word_stems,
)
from pipeline.language.annotate import Annotated, DateMention
from pipeline.language.matching import fold, locate, locate_quoted
from pipeline.language.people import Person, same_person
from pipeline.language.quantities import Quantity, is_money
from pipeline.language.quotations import Quotation
from schemas.dates import FuzzyDate
from schemas.drafts import DraftItemKind, DraftItemStatus, WordingDifference

_SAME_MATTER = 0.5
"""What says the value must share so much with the draft, of what shares most with it and may say another."""
_CLOSE = 0.5
"""Words, or letters of a name, that must be the same for a wording to be near."""
_SLIP = 0.25
"""How little it tells against an amount that it is many times another: millions are taken for billions."""
_SENTENCES_LOOKED_AT = 8
_TOKEN = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*|[%€$£¥₹]")


class Nearest(Struct, frozen=True):
    """What a source says instead."""

    place: SourcePlace
    differences: list[WordingDifference]


class CheckedItem(Struct, frozen=True, kw_only=True):
    """Offsets are of the draft's document; `places`, the best first."""

    kind: DraftItemKind
    start: int
    end: int
    exact: str
    reading: str | None
    status: DraftItemStatus
    places: list[SourcePlace]
    nearest: Nearest | None


class _Answer(Struct, frozen=True):
    """What the sources say of an item: places that say the same, and one that says something else of its matter."""

    places: Sequence[SourcePlace]
    nearest: SourcePlace | None = None
    elsewhere: bool = False


def check_items(draft: Annotated, sources: SourceTexts) -> list[CheckedItem]:
    """Every item of a draft, in order."""
    surroundings, items = Surroundings(draft), items_of(draft, sources.names)

    def beside(item: DraftItem) -> list[Value]:
        """What else the draft says there."""
        at = draft.sentence_at(item.start).index
        near = (one for one in items if abs(draft.sentence_at(one.start).index - at) <= 1 and one != item)
        return [one.means for one in near if isinstance(one.means, Value)]

    return [
        _checked(place_of(draft, item.start, item.end), item, sources, surroundings, beside(item))
        for item in items
    ]


def _checked(
    place: SourcePlace,
    item: DraftItem,
    sources: SourceTexts,
    surroundings: Surroundings,
    beside: Sequence[Value],
) -> CheckedItem:
    reading: str | None = None
    kind: DraftItemKind
    match item.means:
        case Quotation():
            kind, answer = "quotation", _quotation(place.exact, sources)
        case Quantity() as amount:
            kind, reading = "amount", _in_figures(amount)
            around = surroundings.around(item.start, item.end)
            answer = _of_the_matter(place.exact, amount, beside, around, sources, sources.quantities)
        case DateMention() as mention:
            kind, reading = "date", mention.date.edtf
            around = surroundings.around(item.start, item.end)
            answer = _of_the_matter(place.exact, mention, beside, around, sources, sources.dates)
        case person:
            kind, answer = "name", _person(person, sources)
    found = bool(answer.places) and not answer.elsewhere
    nearest = None if found else answer.nearest
    return CheckedItem(
        kind=kind,
        start=place.start,
        end=place.end,
        exact=place.exact,
        reading=reading,
        status="found" if found else "elsewhere" if answer.elsewhere else "not_found",
        places=list(answer.places),
        nearest=Nearest(nearest, differences(place.exact, nearest.exact)) if nearest else None,
    )


def _quotation(words: str, sources: SourceTexts) -> _Answer:
    places = [
        SourcePlace(document, span.start, span.end)
        for document in sources.documents
        if (span := locate_quoted(document.text, words))
    ]
    if places:
        return _Answer(places)
    nearest = _nearest_wording(words, sources)
    if nearest is not None and not differences(words, nearest.exact):
        return _Answer([nearest])
    return _Answer([], nearest)


def _nearest_wording(words: str, sources: SourceTexts) -> SourcePlace | None:
    """The words of a source that share most with a quotation, from the first that they share to the last."""
    wanted = [fold(token[0]) for token in _TOKEN.finditer(words)]
    best: tuple[float, SourcePlace] | None = None
    for source, index in sources.sentences_like(word_stems(words), _SENTENCES_LOOKED_AT):
        sentences = source.sentences
        end = sentences[index].end
        for following in sentences[index + 1 :]:
            if end - sentences[index].start >= len(words):
                break
            end = following.end
        tokens = list(_TOKEN.finditer(source.text, sentences[index].start, end))
        matcher = SequenceMatcher(None, wanted, [fold(token[0]) for token in tokens], autojunk=False)
        blocks = [block for block in matcher.get_matching_blocks() if block.size]
        if not blocks:
            continue
        first = max(blocks[0].b - blocks[0].a, 0)
        last = min(blocks[-1].b + len(wanted) - blocks[-1].a, len(tokens)) - 1
        last = max(last, blocks[-1].b + blocks[-1].size - 1)
        score = 2 * sum(block.size for block in blocks) / (len(wanted) + last - first + 1)
        if score >= _CLOSE and (best is None or score > best[0]):
            best = (score, place_of(source, tokens[first].start(), tokens[last].end()))
    return best[1] if best else None


def _of_the_matter(
    exact: str,
    meant: Value,
    beside: Sequence[Value],
    around: WordWeights,
    sources: SourceTexts,
    mentioned: Iterable[Mentioned],
) -> _Answer:
    """Where sources say the same value of the same matter, and what they say of it otherwise.

    What the draft says `beside` it, and a source does too, speaks against nothing.
    """
    same, others = [], []
    for one in mentioned:
        score = sources.alike(around, one.around)
        if _same(meant, one.means):
            same.append((score, one))
        elif score > 0 and not any(_same(value, one.means) for value in beside):
            others.append((score, one))
    same.sort(key=lambda each: -each[0])
    others.sort(key=lambda each: -each[0])
    best = max((each[0] for each in (*same[:1], *others[:1])), default=0.0)
    told = [one.place for score, one in same if score > 0 and score >= _SAME_MATTER * best]
    if told:
        return _Answer(told)
    others = [each for each in others if _unit(each[1].means) == _unit(meant)] or others
    nearest = max(others, key=lambda each: each[0] * _near(exact, meant, each[1]), default=None)
    return _Answer(
        [one.place for _, one in same], nearest[1].place if nearest else None, elsewhere=bool(same)
    )


def _near(exact: str, meant: Value, one: Mentioned) -> float:
    """How near a value comes, up to 1: amounts by their ratio, dates by how they are written."""
    if isinstance(meant, Quantity) and isinstance(one.means, Quantity):
        low, high = sorted((abs(meant.value), abs(one.means.value)))
        return (low / high) ** _SLIP if high else 1.0
    return _spelled_alike(exact, one.place.exact)


def _spelled_alike(left: str, right: str) -> float:
    return SequenceMatcher(None, fold(left), fold(right), autojunk=False).ratio()


def _same(draft: Value, source: Value) -> bool:
    """Whether two mean the same."""
    if isinstance(draft, DateMention):
        return isinstance(source, DateMention) and _same_days(draft.date, source.date)
    return (
        isinstance(source, Quantity)
        and draft.unit == source.unit
        and math.isclose(draft.value, source.value)
        and math.isclose(draft.value_high or draft.value, source.value_high or source.value)
    )


def _same_days(draft: FuzzyDate, source: FuzzyDate) -> bool:
    """A source's day may be in the month or the year that a draft tells; a draft's, the first or last of several."""
    if draft.edtf == source.edtf:
        return True
    if not (draft.earliest and draft.latest and source.earliest and source.latest and source.edtf):
        return False
    ends = source.edtf.split("/") if "/" in source.edtf else []
    return draft.edtf in ends or draft.earliest <= source.earliest <= source.latest <= draft.latest


def _unit(meant: Value) -> str | None:
    """Amounts of money compare, whatever the currency."""
    if isinstance(meant, DateMention):
        return None
    return "money" if is_money(meant) else meant.unit


def _in_figures(amount: Quantity) -> str:
    value = f"{amount.value:.15g}"
    return (
        f"{value}/{amount.value_high:.15g} {amount.unit}" if amount.value_high else f"{value} {amount.unit}"
    )


def _person(person: Person | NamedPerson, sources: SourceTexts) -> _Answer:
    known = [(place, one) for place, one in sources.people if same_person(person.name, one.name)]
    if isinstance(person, Person) and known:
        agreeing = [place for place, one in known if _same_office(person, one) and _same_party(person, one)]
        return _Answer(agreeing, None if agreeing else known[0][0])
    standing = [
        SourcePlace(document, span.start, span.end)
        for document in sources.documents
        if (span := locate(document.text, person.name))
    ]
    named = [place for place, _ in known] + standing
    named = named or [place for place, one in sources.others if same_person(person.name, one.name)]
    if isinstance(person, Person):
        return _Answer([], named[0] if named else _nearest_name(person.name, sources))
    return _Answer(named, None if named else _nearest_name(person.name, sources))


def _same_office(draft: Person, source: Person) -> bool:
    """Whether a source gives somebody the office, in as many words or more."""
    return word_stems(draft.office) <= word_stems(source.role) | word_stems(source.office)


def _same_party(draft: Person, source: Person) -> bool:
    return draft.party is None or source.party is None or draft.party == source.party


def _nearest_name(name: str, sources: SourceTexts) -> SourcePlace | None:
    """Where somebody is named whose name is spelled most alike."""
    everybody: Iterable[tuple[SourcePlace, Person | NamedPerson]] = [*sources.people, *sources.others]
    surname = " " not in name
    scored = [
        (_spelled_alike(name, one.name.split()[-1] if surname else one.name), place)
        for place, one in everybody
    ]
    score, place = max(scored, key=lambda each: each[0], default=(0.0, None))
    return place if score >= _CLOSE else None


def differences(draft: str, source: str) -> list[WordingDifference]:
    """Words that are in one and not in the other, in the order of the draft."""
    left, right = list(_TOKEN.finditer(draft)), list(_TOKEN.finditer(source))
    matcher = SequenceMatcher(
        None, [fold(token[0]) for token in left], [fold(token[0]) for token in right], autojunk=False
    )
    return [
        WordingDifference(draft=_words(draft, left[a:b]), source=_words(source, right[c:d]))
        for change, a, b, c, d in matcher.get_opcodes()
        if change != "equal"
    ]


def _words(text: str, tokens: Sequence[re.Match[str]]) -> str:
    return text[tokens[0].start() : tokens[-1].end()] if tokens else ""

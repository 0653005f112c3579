"""The words of proven facts in another language, in English: code compares each translation with its original."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from pipeline import ProviderDown
from pipeline.documents.language import unspaced
from pipeline.extraction.kinds.delegates import delegations_of, level_of
from pipeline.extraction.model.requests import objects_in
from pipeline.extraction.verifier import plain
from pipeline.language.annotate import Annotated
from pipeline.language.dates import find_dates
from pipeline.language.foreign.amounts import amounts_in
from pipeline.language.foreign.days import DayWords, days_in
from pipeline.language.foreign.names import mentions_in
from pipeline.language.parties import mentions, name_of, party_name
from pipeline.language.quantities import Quantity, find_quantities
from prompts import Message, into_english_again_message, into_english_message, text_message
from schemas import (
    Condition,
    DocumentReadout,
    Evidence,
    Fact,
    FuzzyDate,
    Negotiation,
    Position,
    Rejection,
    TranslatedWords,
)
from schemas.kinds import LISTED, facts_of
from schemas.proposals import TranslatedAnswer

_WORDS = {
    "name", "role", "organisation", "title", "summary", "at_risk", "ask", "offer", "red_line", "what", "consequence",
    "subject", "comparison_base", "legal_basis", "reported_by", "speaker", "channel", "place", "venue", "round",
    "outcome", "text", "positions", "conditions",
}  # fmt: skip
"""Fields that hold words of the source, of facts and of what is inside of them."""
H = TypeVar("H", bound=Fact | Negotiation | Position | Condition)
_BODY = "X-"
"""Bodies are not told by name in other languages."""
_TOGETHER = 6_000
"""Characters that are translated in one call."""
_FEW = 12
"""Up to so many, what is counted may be told by a word that is no number in the other language: "both sides"."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b")
_OF_MONTH = re.compile(r"(?:\d|\?){4}-(\d\d)")
_MARKUP = re.compile(r"https?:|[<>⟦⟧*_`]")
Ask = Callable[[list[Message]], tuple[str, dict[int, str]]]
"""Puts a question to the model: its answer as it was received, and the translations in it, by number."""


def in_english(made: DocumentReadout, annotated: Annotated, language: str, ask: Ask) -> DocumentReadout:
    """A readout whose words are English; what was not translated well enough stays in the source's words, and is told.

    `language`: the English name of that of the document. Raises ModelError where the model does not answer.
    """
    talks = made.negotiation
    if talks is None:
        return made
    lines = list(dict.fromkeys(words for holder in (talks, *facts_of(made)) for words in _words_of(holder)))
    comparison = _Comparison(annotated)
    texts: dict[str, str] = {}
    failed: dict[str, list[str]] = {}
    for batch in _batches(lines):
        told, faults = _translated(dict(enumerate(batch, 1)), language, ask, comparison)
        texts |= told
        failed |= faults
    facts = {kind.plural: [_told(fact, texts) for fact in getattr(made, kind.plural)] for kind in LISTED}
    people = [_told(member, texts) for side in made.delegations for member in side.members]
    talks = _told(talks, texts)
    return replace(
        made,
        negotiation=replace(talks, name=name_of(talks.parties, talks.venue), level=level_of(people)),
        delegations=delegations_of(people),
        rejected=[*made.rejected, *(_untranslated(words, why) for words, why in failed.items())],
        **facts,
    )


def _words_of(holder: Any) -> Iterator[str]:
    """What a fact or the talks say in words of the source, its fields first, then its dates and what proves it."""
    for name in _fields(holder):
        for value in _each(getattr(holder, name)):
            if isinstance(value, str):
                yield value
            elif isinstance(value, Position | Condition):
                yield from _words_of(value)
    for name in holder.__struct_fields__:
        for value in _each(getattr(holder, name)):
            if isinstance(value, FuzzyDate):
                yield value.text
            elif isinstance(value, Evidence):
                yield plain(value.exact)
            elif name == "as_written":
                yield value


def _fields(holder: Any) -> list[str]:
    """The fields that hold words of the source, or what has such fields."""
    ours = {"name"} if isinstance(holder, Negotiation) else set()
    return [name for name in holder.__struct_fields__ if name in _WORDS - ours]


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _told(holder: H, texts: Mapping[str, str]) -> H:
    """A fact or the talks in English, with what is a translation."""
    own = [words for words in dict.fromkeys(_words_of(holder)) if texts.get(words, words) != words]
    pairs = [TranslatedWords(text=texts[words], original=words, by="model") for words in own]
    return replace(_replaced(holder, texts), translated=pairs)


def _replaced(holder: H, texts: Mapping[str, str]) -> H:
    changed: dict[str, Any] = {}
    for name in _fields(holder):
        value = getattr(holder, name)
        if isinstance(value, str):
            changed[name] = texts.get(value, value)
        elif isinstance(value, list) and any(isinstance(one, Position | Condition) for one in value):
            changed[name] = [_replaced(one, texts) for one in value]
    return replace(holder, **changed)


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        if batch and sum(map(len, batch)) + len(line) > _TOGETHER:
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch


def _translated(
    lines: dict[int, str], language: str, ask: Ask, comparison: "_Comparison"
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The translations of numbered lines that stand, and the faults of the others, both by their originals."""
    asked: list[Message] = [
        into_english_message(language),
        text_message("\n".join(f"{number} {words}" for number, words in lines.items())),
    ]
    answered, texts = ask(asked)
    faults = comparison.of(lines, texts)
    if faults:
        told = [f"{number} {texts.get(number, '')} ({'; '.join(why)})" for number, why in faults.items()]
        again = into_english_again_message(told)
        try:
            better = ask([*asked, {"role": "assistant", "content": answered}, again])[1]
        except ProviderDown:
            better = {}  # what stood stands
        texts |= {number: text for number, text in better.items() if number in faults}
        faults = comparison.of(lines, texts)
    return (
        {words: texts[number] for number, words in lines.items() if number not in faults},
        {lines[number]: why for number, why in faults.items()},
    )


def read_translations(answer: str) -> dict[int, str] | None:
    """Translations by number; None where the answer is not of the form that was asked for."""
    for fields, _ in objects_in(answer):
        try:
            found = msgspec.convert(fields.get("sentences"), list[TranslatedAnswer])
        except msgspec.ValidationError:
            continue
        return {one.number: " ".join(one.text.split()) for one in found}
    return None


def _untranslated(words: str, why: Iterable[str]) -> Rejection:
    return Rejection(
        kind="translation",
        leaf="text",
        quote=words,
        reason=f"its translation does not hold: {'; '.join(why)}",
    )


class _Comparison:
    """Compares English with words of a document: amounts, months, and which parties are named."""

    def __init__(self, annotated: Annotated) -> None:
        self._language = annotated.foreign or ""
        self._named = {mention.code for mention in annotated.parties}

    def of(self, lines: Mapping[int, str], texts: Mapping[int, str]) -> dict[int, list[str]]:
        """The faults of each translation that has any, by number."""
        faults = {number: list(self._faults(words, texts.get(number, ""))) for number, words in lines.items()}
        return {number: why for number, why in faults.items() if why}

    def _faults(self, original: str, english: str) -> Iterator[str]:
        """Why a translation does not say what its original says; nothing where it does."""
        if not english:
            yield "it is missing"
            return
        if _MARKUP.search(english) and not _MARKUP.search(original):
            yield "there is markup in it"
        if unspaced(english):
            yield "it is not in English"
        days = list(days_in(original, self._language))
        was, now = self._amounts(original, days), _amounts(english)
        lost, new = (
            {f"{one:,.10g}" for one in a if one > _FEW and one not in b} for a, b in ((was, now), (now, was))
        )
        if lost or new:
            yield f"its amounts are others: {_listed(lost)} became {_listed(new)}"
        months = {_MONTHS.index(match[1]) + 1 for match in _MONTH.finditer(english)}
        if days and not months <= {int(month) for day in days for month in _OF_MONTH.findall(day.edtf)}:
            yield "its months are others"
        named = {mention.code for mention in mentions(english) if not mention.code.startswith(_BODY)}
        own = {mention.code for mention in mentions_in(original, self._language)}
        if others := named - self._named - own:
            yield f"it names {_listed(map(party_name, others))}, which the document does not"
        elif len(own) == 1 and named and not own & named:
            yield f"it names {_listed(map(party_name, named))} for {_listed(map(party_name, own))}"

    def _amounts(self, text: str, days: Iterable[DayWords]) -> set[float]:
        amounts = [
            one
            for one in amounts_in(text, self._language)
            if not any(day.start < one.end and one.start < day.end for day in days)
        ]
        return _values(amounts)


def _amounts(english: str) -> set[float]:
    days = list(find_dates(english))
    amounts = [
        one
        for one in find_quantities(english)
        if not any(day.start < one.end and one.start < day.end for day in days)
    ]
    return _values(amounts)


def _values(amounts: Iterable[Quantity]) -> set[float]:
    """What amounts are worth, but for years."""
    values = [value for one in amounts for value in (one.value, one.value_high) if value is not None]
    return {round(value, 6) for value in values}


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "nothing"

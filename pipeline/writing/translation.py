"""A text in another language by a language model: code compares each sentence with the English that it has checked.

Compared are numbers, months, countries with their order, names of persons, and the words that bound, deny or open a
sentence, by the glossary of the language.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

import msgspec
from babel import Locale
from babel.numbers import NumberFormatError, parse_decimal
from msgspec.structs import replace

from pipeline import ProviderDown
from pipeline.extraction.model.requests import objects_in
from pipeline.language.parties import mentions, party_name
from pipeline.writing.glossaries import glossary
from pipeline.writing.phrases import phrases
from prompts import Message, retranslating_message, text_message, translating_message
from schemas import Briefing, DroppedSentence, SummarySentence
from schemas.proposals import TranslatedAnswer

_NUMBER = re.compile(r"\d(?:[\d.,’'\u00a0\u202f]*\d)?")
_WORD = re.compile(r"[^\W\d_]+")


def translated(
    headline: SummarySentence | None,
    sentences: Sequence[SummarySentence],
    language: str,
    ask: Callable[..., tuple[str, dict[int, str]]],
    briefing: Briefing,
) -> tuple[SummarySentence | None, list[SummarySentence], list[DroppedSentence]]:
    """A text in another language, and what is not served of it. Raises ModelError where the model does not answer.

    `ask` puts a question to the model and reads its answer, as in `pipeline.writing.author`.
    """
    english = {number: one for number, one in enumerate([headline, *sentences]) if one}
    comparison = Comparison(language, _names_of(briefing))
    name = Locale(language).get_display_name("en") or language
    asked: list[Message] = [
        translating_message(name),
        text_message("\n".join(f"{number} {one.text}" for number, one in english.items())),
    ]
    answered, texts = ask("translation", asked, _read)
    faults = comparison.of(english, texts)
    if faults:
        told = [f"{number} {texts.get(number, '')} ({'; '.join(why)})" for number, why in faults.items()]
        again: list[Message] = [
            *asked,
            {"role": "assistant", "content": answered},
            retranslating_message(told),
        ]
        try:
            better = ask("translation", again, _read)[1]
        except ProviderDown:
            better = {}  # what stood stands
        texts |= {number: text for number, text in better.items() if number in faults}
        faults = comparison.of(english, texts)
    served = {
        number: replace(one, text=texts[number], by="model", original=one.text)
        for number, one in english.items()
        if number not in faults
    }
    dropped = [
        DroppedSentence(text=texts.get(number, ""), fact_ids=english[number].fact_ids, reasons=why)
        for number, why in faults.items()
    ]
    return served.get(0), [one for number, one in served.items() if number], dropped


def _names_of(briefing: Briefing) -> set[str]:
    named = [m.name for side in briefing.delegations for m in side.members]
    return {name for name in [*named, *(one.speaker for one in briefing.statements)] if name}


def _read(answer: str) -> dict[int, str] | None:
    """Translations by number; None where it is not of the form that was asked for."""
    for fields, _ in objects_in(answer):
        try:
            found = msgspec.convert(fields.get("sentences"), list[TranslatedAnswer])
        except msgspec.ValidationError:
            continue
        return {one.number: " ".join(one.text.split()) for one in found}
    return None


class Comparison:
    """Compares sentences of a language with their English."""

    def __init__(self, language: str, names: Iterable[str] = ()) -> None:
        """`names`: of the persons whom the English may name."""
        self.language = language
        self._names = {word for name in names for word in _WORD.findall(name) if word[:1].isupper()}
        self._glossary = glossary(language)

    def of(self, english: dict[int, SummarySentence], texts: dict[int, str]) -> dict[int, list[str]]:
        """The faults of each translation that has any, by number."""
        faults = {number: self.faults(one.text, texts.get(number, "")) for number, one in english.items()}
        return {number: why for number, why in faults.items() if why}

    def faults(self, english: str, text: str) -> list[str]:
        """Why a translation does not say what its English says; nothing where it does."""
        if not text:
            return ["it is missing"]
        return list(
            dict.fromkeys(
                [
                    *self._form(english, text),
                    *self._numbers(english, text),
                    *self._ends(english, text),
                    *self._months(english, text),
                    *self._parties(english, text),
                    *self._persons(english, text),
                    *self._wording(english, text),
                ]
            )
        )

    def _form(self, english: str, text: str) -> Iterator[str]:
        if english.endswith(".") != text.endswith("."):
            yield "it ends otherwise"
        if text.count(". ") > english.count(". ") + 2 or len(text) > 2 * len(english) + 20:
            yield "it says more than one sentence"
        if re.search(r"https?:|[<>⟦⟧*_`]", text):
            yield "there is markup in it"

    def _numbers(self, english: str, text: str) -> Iterator[str]:
        was, now = _numbers(english, "en"), _numbers(text, self.language)
        if was != now:
            lost = [f"{value:,.10g}" for value in (was - now)]
            new = [f"{value:,.10g}" for value in (now - was)]
            yield f"its numbers are others: {', '.join(lost) or 'nothing'} became {', '.join(new) or 'nothing'}"

    def _ends(self, english: str, text: str) -> Iterator[str]:
        """What an amount went to stays that, and does not become what it came from."""
        if re.search(rf"\bfrom (?:[$€£¥])?{_NUMBER.pattern}", english) and _ends(english, "en") - _ends(
            text, self.language
        ):
            yield "what it went from and to are changed round"

    def _months(self, english: str, text: str) -> Iterator[str]:
        if _months(english, "en") != _months(text, self.language):
            yield "its months are others"

    def _parties(self, english: str, text: str) -> Iterator[str]:
        was = list(dict.fromkeys(mention.code for mention in mentions(english)))
        now = list(dict.fromkeys(code for _, code in sorted(self._named(text))))
        if set(was) != set(now):
            lost, new = (
                [party_name(code) for code in a if code not in b] for a, b in ((was, now), (now, was))
            )
            yield f"it names others: {', '.join(lost) or 'nobody'} became {', '.join(new) or 'nobody'}"
        elif was != now:
            yield "it names the sides in another order"

    def _named(self, text: str) -> Iterator[tuple[int, str]]:
        """Where a translation names which party; of names within another the longer."""
        taken: list[tuple[int, int]] = []
        found = [
            (m.start(), m.end(), code) for pattern, code in self._patterns for m in pattern.finditer(text)
        ]
        found += [(m.start, m.end, m.code) for m in mentions(text) if text[m.start : m.end].istitle()]
        for start, end, code in sorted(found, key=lambda one: (one[0] - one[1], one[0])):
            if not any(start < last and first < end for first, last in taken):
                taken.append((start, end))
                yield start, code

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        own = phrases(self.language).names
        names = {code: name for code, name in Locale(self.language).territories.items() if len(code) == 2}
        plain = [(re.compile(rf"\b{re.escape(name)}\b"), code) for code, name in (names | own).items()]
        others = [
            (re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE), code)
            for code, known in self._glossary.parties.items()
            for pattern in known
        ]
        return plain + others

    def _persons(self, english: str, text: str) -> Iterator[str]:
        for word in dict.fromkeys(_WORD.findall(english)):
            if word in self._names and not re.search(rf"\b{word}\b", text):
                yield f"“{word}” is not in it"

    def _wording(self, english: str, text: str) -> Iterator[str]:
        for one in self._glossary.wording:
            was, english = _taken(re.compile(one.en), english)
            now, text = _taken(re.compile(one.to, re.IGNORECASE), text)
            if was and not now:
                yield f"“{one.what}” is not in it"
            if one.both and now and not was:
                yield f"it says “{one.what}”, and the English does not"


def _taken(pattern: re.Pattern[str], text: str) -> tuple[bool, str]:
    left, count = pattern.subn(" ", text)
    return count > 0, left


def _numbers(text: str, language: str) -> Counter[float]:
    scales = glossary(language).scales
    words = "|".join(sorted(map(re.escape, scales), key=len, reverse=True))
    behind = re.compile(rf"[\s\u00a0]?({words})\b", re.IGNORECASE)
    found: Counter[float] = Counter()
    for match in _NUMBER.finditer(text):
        try:
            value = float(parse_decimal(match[0].replace("’", "'"), locale=language))
        except NumberFormatError:
            value = float("nan")
        scale = behind.match(text, match.end())
        found[round(value * (scales[scale[1].lower()] if scale else 1), 6)] += 1
    return found


def _ends(text: str, language: str) -> set[float]:
    """The amounts that something goes to."""
    pattern = rf"\b(?:{glossary(language).towards})\s+(?:[$€£¥])?({_NUMBER.pattern})"
    found = re.findall(pattern, text, re.IGNORECASE)
    return {value for number in found for value in _numbers(number, language)}


def _months(text: str, language: str) -> Counter[int]:
    """Months that stand beside a number: "May" alone is no month."""
    names = Locale(language).months["format"]["wide"]
    of, before = glossary(language).of, glossary(language).before_months
    found: Counter[int] = Counter()
    for month, name in names.items():
        beside = rf"\d\s+(?:{of}\s+)?{name}\b|\b{name},?\s+(?:{of}\s+)?\d|\b(?:{before})\s+{name}\b"
        found[month] += len(re.findall(beside, text))
    return +found

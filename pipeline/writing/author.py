"""A headline and a summary by a language model: code checks each sentence, and what fails is asked for once more."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from pipeline import ProviderDown
from pipeline.extraction.model.requests import CallLedger, Complete, Request, objects_in
from pipeline.language.parties import party_name
from pipeline.writing.checks import Checker
from pipeline.writing.material import BOOKKEEPING, Material, material_of, sentences_of
from pipeline.writing.rules import write_by_rules
from pipeline.writing.translation import translated
from prompts import Message, facts_message, rewriting_message, writing_message, writing_version
from schemas import Briefing, DroppedSentence, Fact, SummarySentence, Writing, WrittenText
from schemas.dates import FuzzyDate
from schemas.kinds import kind_of
from schemas.proposals import HeadlineAnswer, SentenceAnswer
from schemas.vocabulary import Language, Length, SentenceAbout

MAX_TOKENS = 3_000
_FEWEST = 3
"""A model's text of fewer sentences is filled up by those of the rules."""
_MOST_EXCERPTS = 2
_LONGEST_EXCERPT = 320
T = TypeVar("T")


class _Sentence(Struct, frozen=True):
    text: str
    fact_ids: list[str]
    about: SentenceAbout
    faults: list[str]

    @property
    def served(self) -> SummarySentence:
        return SummarySentence(
            text=self.text, fact_ids=self.fact_ids, about=self.about, by="model", original=None, unproven=[]
        )

    @property
    def dropped(self) -> DroppedSentence:
        return DroppedSentence(text=self.text, fact_ids=self.fact_ids, reasons=self.faults)


class _Text(Struct, frozen=True):
    headline: _Sentence | None
    sentences: list[_Sentence]

    @property
    def served(self) -> list[SummarySentence]:
        return [one.served for one in self.sentences]

    @property
    def failed(self) -> list[_Sentence]:
        return [one for one in (self.headline, *self.sentences) if one and one.faults]


def compose(
    briefing: Briefing, complete: Complete, model: str, language: Language = "en", length: Length = "standard"
) -> WrittenText:
    """The text that a model writes of a briefing, of which code leaves what stands. Raises ModelError.

    Where too little stands, sentences of the rules fill it up. It is written and checked in English; in another
    language each sentence is the model's translation of one that stands, compared with it.
    """
    author = _Author(briefing, complete, model)
    text, dropped = author.write()
    headline, sentences = _filled(text.headline.served if text.headline else None, text.served, briefing)
    if language != "en":
        headline, sentences, lost = translated(headline, sentences, language, author.ask, briefing)
        headline, sentences = _filled(headline, sentences, briefing, language)
        dropped += lost
    return WrittenText(
        headline=headline,
        sentences=sentences,
        writing=Writing(
            by="model",
            model=model,
            prompt=writing_version(),
            language=language,
            length=length,
            basis=author.material.basis(),
            dropped=dropped,
            usage=author.ledger.usage(),
            review=None,
        ),
    )


class _Author:
    """Has a model write of one briefing."""

    def __init__(self, briefing: Briefing, complete: Complete, model: str) -> None:
        self.material = material_of(briefing)
        self.ledger = CallLedger()
        self._checker = Checker(briefing)
        self._complete = complete
        self._model = model

    def write(self) -> tuple[_Text, list[DroppedSentence]]:
        """What stands in the end, and what does not. Raises ModelError where there is no answer."""
        asked: list[Message] = [writing_message(), facts_message(described(self.material))]
        answered, first = self.ask("text", asked, self._read)
        if not first.failed:
            return first, []
        again: list[Message] = [
            *asked,
            {"role": "assistant", "content": answered},
            rewriting_message(_told_why(first.failed)),
        ]
        try:
            second = self.ask("text", again, self._read)[1]
        except ProviderDown:
            second = _Text(None, [])  # what stood stands
        return _put_right(first, second)

    def ask(
        self,
        form: Literal["text", "translation"],
        messages: Sequence[Message],
        read: Callable[[str], T | None],
    ) -> tuple[str, T]:
        """One answer, asked for twice if the first cannot be read. Raises ModelError where there is none."""
        for attempt in range(2):
            request = Request(
                model=self._model, messages=tuple(messages), max_tokens=MAX_TOKENS, form=form, attempt=attempt
            )
            completion = self._complete(request)
            self.ledger.paid(completion, [])
            if (text := read(completion.text)) is not None:
                return completion.text, text
        raise ProviderDown("the model's answer is not the JSON that was asked for")

    def _read(self, answer: str) -> _Text | None:
        """The sentences of an answer, checked; None where it is not of the form that was asked for."""
        fields = next((one for one, _ in objects_in(answer) if isinstance(one.get("sentences"), list)), None)
        if fields is None:
            return None
        sentences = [self._sentence(one) for one in fields["sentences"][: sentences_of("long")]]
        head = fields.get("headline")
        return _Text(self._headline(head) if head else None, sentences)

    def _sentence(self, raw: Any) -> _Sentence:
        try:
            answer = msgspec.convert(raw, SentenceAnswer)
        except msgspec.ValidationError as error:
            return _Sentence(
                _shown(raw), [], "background", [f"it is not of the form that was asked for: {error}"]
            )
        return self._checked(answer, " ".join(answer.text.split()), answer.about)

    def _headline(self, raw: Any) -> _Sentence:
        try:
            answer = msgspec.convert(raw, HeadlineAnswer)
        except msgspec.ValidationError as error:
            return _Sentence(
                _shown(raw), [], "outcome", [f"it is not of the form that was asked for: {error}"]
            )
        return self._checked(answer, " ".join(answer.text.split()).rstrip("."), "outcome", heading=True)

    def _checked(
        self, answer: SentenceAnswer | HeadlineAnswer, text: str, about: SentenceAbout, heading: bool = False
    ) -> _Sentence:
        known = range(1, len(self.material.facts) + 1)
        ids = list(dict.fromkeys(self.material.facts[n - 1].id for n in answer.facts if n in known))
        faults = self._checker.faults(text, ids, heading) if text else ["it is empty"]
        return _Sentence(text, ids, about, faults)


def _shown(raw: Any) -> str:
    """What an answer has in place of a sentence, as far as it can be told."""
    return str(raw.get("text", raw) if isinstance(raw, dict) else raw)[:_LONGEST_EXCERPT]


def _told_why(failed: Iterable[_Sentence]) -> list[str]:
    return [f"{one.text} ({'; '.join(one.faults)})" for one in failed]


def _put_right(first: _Text, second: _Text) -> tuple[_Text, list[DroppedSentence]]:
    """The text with the sentences that were written again in the places of those that failed; what fails still."""
    dropped: list[DroppedSentence] = []
    headline = first.headline
    if headline and headline.faults:
        better = second.headline
        if not better or better.faults:
            dropped.append((better or headline).dropped)
        headline = better if better and not better.faults else None
    again = iter(second.sentences)
    sentences: list[_Sentence] = []
    for one in first.sentences:
        better = next(again, None) if one.faults else one
        if better is None or better.faults:
            dropped.append((better or one).dropped)
        else:
            sentences.append(better)
    return _Text(headline, sentences), dropped


def _filled(
    headline: SummarySentence | None,
    sentences: list[SummarySentence],
    briefing: Briefing,
    language: str = "en",
) -> tuple[SummarySentence | None, list[SummarySentence]]:
    """A text with a headline and sentences of the rules, where too little of it stands."""
    if headline is not None and len(sentences) >= _FEWEST:
        return headline, sentences
    by_rules, more = write_by_rules(briefing, language)
    told = {id for one in sentences for id in one.fact_ids}
    fresh = [one for one in more if told.isdisjoint(one.fact_ids)]
    return headline or by_rules, [*sentences, *fresh[: max(0, _FEWEST - len(sentences))]]


def described(material: Material) -> str:
    """The talks, the facts by number, and what sources disagree on, as lines."""
    numbers = {fact.id: number for number, fact in enumerate(material.facts, 1)}
    lines = [f"Talks: {_talks(material.briefing)}"]
    for fact in material.facts:
        marks = f" [{fact.certainty}]" if fact.certainty in {"claimed", "disputed"} else ""
        lines.append(f"{numbers[fact.id]} {kind_of(fact).name}{marks}: {'; '.join(_fields(fact))}")
        lines += [f"  words: {excerpt}" for excerpt in _excerpts(fact)]
    for conflict in material.briefing.conflicts:
        if conflict.resolution is None:
            told = [
                f"{p.value} (facts {', '.join(str(numbers[id]) for id in p.fact_ids if id in numbers) or 'not shown'})"
                for p in conflict.positions
            ]
            lines.append(f"Sources disagree on {conflict.about}: {' / '.join(told)}")
    return "\n".join(lines)


def _talks(briefing: Briefing) -> str:
    talks = briefing.negotiation
    days = [one.edtf for one in (talks.start, talks.end) if one and one.edtf]
    parts = [
        f"between {', '.join(map(party_name, talks.parties))}",
        *(f"{name} {value}" for name, value in (("round:", talks.round), ("venue:", talks.venue)) if value),
        *([f"days: {' to '.join(dict.fromkeys(days))}"] if days else []),
        f"status: {talks.status}",
        *([f"outcome: {talks.outcome}"] if talks.outcome else []),
    ]
    return "; ".join(parts)


def _fields(fact: Fact) -> Iterator[str]:
    """The fields of a fact that say something."""
    shown = _excerpts(fact)
    for name in fact.__struct_fields__:
        value = getattr(fact, name)
        if name in BOOKKEEPING or value is None or value == [] or value in shown:
            continue
        if isinstance(value, FuzzyDate):
            value = value.edtf or f"“{value.text}”"
        elif isinstance(value, list):
            value = ", ".join(_part(one) for one in value)
        elif name in {"party", "imposed_by"}:
            value = party_name(value)
        elif isinstance(value, float):
            value = f"{value:,.10g}"
        yield f"{name}: {value}"


def _part(value: Any) -> str:
    if isinstance(value, str):
        return party_name(value)
    told = [
        (name, party_name(word) if name == "party" else word)
        for name in value.__struct_fields__
        if isinstance(word := getattr(value, name), str)
    ]
    return "{" + ", ".join(f"{name}: {word}" for name, word in told) + "}"


def _excerpts(fact: Fact) -> list[str]:
    texts = dict.fromkeys(" ".join(e.exact.split()) for e in fact.evidence)
    return [text[:_LONGEST_EXCERPT] for text in list(texts)[:_MOST_EXCERPTS]]

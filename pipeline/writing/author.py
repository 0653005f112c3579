"""A headline and a summary by a language model: code checks each sentence, and what fails is asked for once more."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from babel import Locale
from msgspec import Struct

from pipeline import ProviderDown
from pipeline.extraction.model.requests import CallLedger, Complete, Request, objects_in
from pipeline.language.parties import party_name
from pipeline.writing.checks import Checker
from pipeline.writing.material import Material, material_of
from pipeline.writing.rules import write_by_rules
from prompts import Message, facts_message, rewriting_message, writing_message, writing_version
from schemas import Briefing, DroppedSentence, Fact, SummarySentence, Usage, Writing, WrittenText
from schemas.dates import FuzzyDate
from schemas.kinds import kind_of
from schemas.proposals import HeadlineAnswer, SentenceAnswer
from schemas.vocabulary import Length

MAX_TOKENS = 3_000
_MOST_SENTENCES = 10
_FEWEST = 3
"""A model's text of fewer sentences is filled up by those of the rules."""
_MOST_EXCERPTS = 2
_LONGEST_EXCERPT = 320
_NOT_SHOWN = {
    "briefing_id", "certainty", "changed_revision", "conflict_ids", "evidence", "first_revision", "id", "origins",
    "proof", "review", "salience",
}  # fmt: skip


class _Sentence(Struct, frozen=True):
    text: str
    fact_ids: list[str]
    about: str
    faults: list[str]

    @property
    def served(self) -> SummarySentence:
        return SummarySentence(text=self.text, fact_ids=self.fact_ids, about=self.about, by="model")

    @property
    def dropped(self) -> DroppedSentence:
        return DroppedSentence(text=self.text, fact_ids=self.fact_ids, reasons=self.faults)


class _Text(Struct, frozen=True):
    headline: _Sentence | None
    sentences: list[_Sentence]

    @property
    def failed(self) -> list[_Sentence]:
        return [one for one in (self.headline, *self.sentences) if one and one.faults]


def compose(
    briefing: Briefing, complete: Complete, model: str, language: str = "en", length: Length = "standard"
) -> WrittenText:
    """The text that a model writes of a briefing, of which code leaves what stands. Raises ModelError.

    Where too little stands, sentences of the rules fill it up.
    """
    material, checker, ledger = material_of(briefing), Checker(briefing), CallLedger()
    name = Locale(language).get_display_name("en") or language
    asked: list[Message] = [writing_message(name), facts_message(described(material))]
    answered, first = _ask(complete, model, asked, ledger, material, checker)
    text = first
    dropped: list[DroppedSentence] = []
    if first.failed:
        again: list[Message] = [
            *asked,
            {"role": "assistant", "content": answered},
            rewriting_message(_told_why(first.failed)),
        ]
        second = _again(complete, model, again, ledger, material, checker)
        text, dropped = _put_right(first, second)
    return _filled(briefing, text, dropped, model, ledger.usage(), language, length, material.basis())


def _again(
    complete: Complete,
    model: str,
    messages: list[Message],
    ledger: CallLedger,
    material: Material,
    checker: Checker,
) -> _Text:
    """The sentences written again; none where the model gives no answer, for what stood stands."""
    try:
        return _ask(complete, model, messages, ledger, material, checker)[1]
    except ProviderDown:
        return _Text(None, [])


def _ask(
    complete: Complete,
    model: str,
    messages: Sequence[Message],
    ledger: CallLedger,
    material: Material,
    checker: Checker,
) -> tuple[str, _Text]:
    """One answer, asked for twice if the first cannot be read. Raises ModelError where there is none."""
    for attempt in range(2):
        request = Request(
            model=model, messages=tuple(messages), max_tokens=MAX_TOKENS, form="text", attempt=attempt
        )
        completion = complete(request)
        ledger.paid(completion, [])
        if (text := _read(completion.text, material, checker)) is not None:
            return completion.text, text
    raise ProviderDown("the model's answer is not the JSON that was asked for")


def _read(answer: str, material: Material, checker: Checker) -> _Text | None:
    """The sentences of an answer, checked; None where it is not of the form that was asked for."""
    fields = next((one for one, _ in objects_in(answer) if isinstance(one.get("sentences"), list)), None)
    if fields is None:
        return None
    sentences = [_sentence(one, material, checker) for one in _converted(fields["sentences"], SentenceAnswer)]
    headline = next(iter(_converted([fields.get("headline")], HeadlineAnswer)), None)
    head = _sentence(headline, material, checker, heading=True) if headline else None
    return _Text(head, sentences[:_MOST_SENTENCES])


def _converted(raw: Iterable[Any], shape: type[Any]) -> Iterator[Any]:
    for one in raw:
        try:
            yield msgspec.convert(one, shape)
        except msgspec.ValidationError:
            continue


def _sentence(
    answer: SentenceAnswer | HeadlineAnswer, material: Material, checker: Checker, heading: bool = False
) -> _Sentence:
    known = range(1, len(material.facts) + 1)
    ids = list(dict.fromkeys(material.facts[n - 1].id for n in answer.facts if n in known))
    text = " ".join(answer.text.split())
    if heading:
        text = text.rstrip(".")
    faults = checker.faults(text, ids, heading) if text else ["it is empty"]
    about = answer.about if isinstance(answer, SentenceAnswer) else "outcome"
    return _Sentence(text, ids, about, faults)


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
    briefing: Briefing,
    text: _Text,
    dropped: list[DroppedSentence],
    model: str,
    usage: Usage,
    language: str,
    length: Length,
    basis: str,
) -> WrittenText:
    headline = text.headline.served if text.headline else None
    sentences = [one.served for one in text.sentences]
    if headline is None or len(sentences) < _FEWEST:
        by_rules, more = write_by_rules(briefing, language)
        headline = headline or by_rules
        told = {id for one in sentences for id in one.fact_ids}
        sentences += [one for one in more if told.isdisjoint(one.fact_ids)][: _FEWEST - len(sentences)]
    return WrittenText(
        headline=headline,
        sentences=sentences,
        writing=Writing(
            by="model",
            model=model,
            prompt=writing_version(),
            language=language,
            length=length,
            basis=basis,
            dropped=dropped,
            usage=usage,
        ),
    )


def described(material: Material) -> str:
    """The talks, the facts by number, and what sources disagree on, as lines."""
    numbers = {fact.id: number for number, fact in enumerate(material.facts, 1)}
    lines = [f"Talks: {_talks(material.briefing)}"]
    for fact in material.facts:
        marks = "".join(f" [{fact.certainty}]" for _ in (0,) if fact.certainty in {"claimed", "disputed"})
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
        if name in _NOT_SHOWN or value is None or value == [] or value in shown:
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

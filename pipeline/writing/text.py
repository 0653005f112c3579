"""The text of a briefing: kept while what it is written from stays the same, else written by the rules."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.writing.material import material_of, sentences_of
from pipeline.writing.rules import write_by_rules
from schemas import Briefing, SummarySentence, Usage, Writing, WrittenText
from schemas.vocabulary import Language, Length

NOTHING_SPENT = Usage(calls=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0, seconds=0.0, cost=None)
UNWRITTEN = Writing(
    by="rules",
    model=None,
    prompt=None,
    language="en",
    length="standard",
    basis="0",
    dropped=[],
    usage=NOTHING_SPENT,
    review=None,
)
"""Of a briefing that has no text yet."""


class Style(Struct, frozen=True):
    """In which language, and how long, a summary is served where nobody asks for another."""

    language: Language = "en"
    length: Length = "standard"


STANDARD = Style()


def with_text(briefing: Briefing, old: Briefing | None, style: Style) -> Briefing:
    """The briefing with a text: a model's of the old one while all stays that it is written from, else the rules'."""
    basis = material_of(briefing).basis()
    kept = old.writing if old else UNWRITTEN
    if old and kept.by == "model" and kept.basis == basis and kept.language == style.language:
        return cut(told_as(briefing, old), style.length)
    return _by_rules(briefing, style, basis)


def _by_rules(briefing: Briefing, style: Style, basis: str) -> Briefing:
    headline, sentences = write_by_rules(briefing, style.language)
    writing = replace(UNWRITTEN, language=style.language, length=style.length, basis=basis)
    told = replace(briefing, headline=headline, summary=sentences, further=[], writing=writing)
    return cut(told, style.length)


def in_style(briefing: Briefing, language: Language | None, length: Length | None) -> Briefing:
    """A briefing as somebody asks for it: another language is the English it was translated from, or by the rules."""
    style = Style(language=language or briefing.writing.language, length=length or briefing.writing.length)
    if style.language == briefing.writing.language:
        return cut(briefing, style.length)
    sentences = [*briefing.summary, *briefing.further]
    if style.language == "en" and briefing.writing.by == "model" and all(one.original for one in sentences):
        return cut(_in_english(briefing), style.length)
    return _by_rules(briefing, style, briefing.writing.basis)


def _in_english(briefing: Briefing) -> Briefing:
    def english(one: SummarySentence) -> SummarySentence:
        return replace(one, text=one.original or one.text, original=None)

    return replace(
        briefing,
        headline=english(briefing.headline) if briefing.headline else None,
        summary=[english(one) for one in briefing.summary],
        further=[english(one) for one in briefing.further],
        writing=replace(briefing.writing, language="en"),
    )


def is_styled(briefing: Briefing, style: Style) -> bool:
    """Whether a briefing has a text of this version in a style."""
    told = briefing.writing
    return told.basis != UNWRITTEN.basis and (told.language, told.length) == (style.language, style.length)


def told_as(briefing: Briefing, other: Briefing) -> Briefing:
    """A briefing with another's text."""
    return replace(
        briefing, headline=other.headline, summary=other.summary, further=other.further, writing=other.writing
    )


def with_written(briefing: Briefing, text: WrittenText) -> Briefing:
    """A briefing with a text."""
    told = replace(briefing, headline=text.headline, summary=text.sentences, further=[], writing=text.writing)
    return cut(told, text.writing.length)


def cut(briefing: Briefing, length: Length) -> Briefing:
    """The same text, of another length as far as there are sentences."""
    sentences: Sequence[SummarySentence] = [*briefing.summary, *briefing.further]
    most = sentences_of(length)
    return replace(
        briefing,
        summary=[*sentences[:most]],
        further=[*sentences[most:]],
        writing=replace(briefing.writing, length=length),
    )

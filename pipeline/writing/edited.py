"""A headline and a summary that an editor has edited: they stay, and are out of date when what they cite changes."""

from hashlib import sha256

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace

from pipeline.writing.checks import Checker
from pipeline.writing.material import fact_content, material_of
from pipeline.writing.text import UNWRITTEN
from schemas import Briefing, EditedSentence, EditText, Fact, ReviewDecision, SummarySentence
from schemas.kinds import facts_of
from schemas.vocabulary import Language

NOT_ENGLISH = "code reads English alone"


class EditedText(Struct, frozen=True):
    """A whole text as an editor left it. `basis`: what each fact that it cites said then."""

    headline: SummarySentence | None
    sentences: list[SummarySentence]
    language: Language
    basis: dict[str, str]


class TextEdit(Struct, frozen=True):
    """An editor's decision about the text of a briefing, which is in force. `text`: None where it is the machine's."""

    review: ReviewDecision
    text: EditedText | None


def edited_text(briefing: Briefing, asked: EditText) -> EditedText:
    """The text of a briefing after an editor's changes, each new sentence with what the facts do not prove of it."""
    checker = Checker(briefing)
    language = briefing.writing.language

    def sentence(given: EditedSentence, heading: bool = False) -> SummarySentence:
        faults = checker.faults(given.text, given.fact_ids, heading) if language == "en" else [NOT_ENGLISH]
        return SummarySentence(
            text=given.text,
            fact_ids=given.fact_ids,
            about=given.about,
            by="editor",
            original=None,
            unproven=faults,
        )

    headline, sentences = briefing.headline, [*briefing.summary, *briefing.further]
    if asked.headline is not UNSET:
        headline = sentence(asked.headline, heading=True) if asked.headline else None
    if asked.summary is not UNSET:
        sentences = [sentence(one) for one in asked.summary]
    cited = {id for one in _all(headline, sentences) for id in one.fact_ids}
    basis = {fact.id: _mark_of(fact) for fact in facts_of(briefing) if fact.id in cited}
    return EditedText(headline, sentences, language, basis)


def with_edited(briefing: Briefing, review: ReviewDecision, text: EditedText) -> Briefing:
    """A briefing with an editor's text, without the sentences of which every fact is gone."""
    now = {fact.id: _mark_of(fact) for fact in facts_of(briefing) if fact.id in text.basis}
    headline = _standing([text.headline] if text.headline else [], now)
    return replace(
        briefing,
        headline=headline[0] if headline else None,
        summary=_standing(text.sentences, now),
        further=[],
        writing=replace(
            UNWRITTEN,
            by="editor",
            language=text.language,
            basis=material_of(briefing).basis(),
            review=review.mark(contradicted=now != text.basis),
        ),
    )


def _all(headline: SummarySentence | None, sentences: list[SummarySentence]) -> list[SummarySentence]:
    return [*([headline] if headline else []), *sentences]


def _standing(sentences: list[SummarySentence], facts: dict[str, str]) -> list[SummarySentence]:
    cited = ((one, [id for id in one.fact_ids if id in facts]) for one in sentences)
    return [replace(one, fact_ids=ids) for one, ids in cited if ids]


def _mark_of(fact: Fact) -> str:
    """Twelve hexadecimal digits that change with what a fact says."""
    return sha256(msgspec.json.encode(fact_content(fact))).hexdigest()[:12]

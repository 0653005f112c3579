"""What falls due, and what happened or is to happen: dates with their verb."""

import re

from pipeline.documents.document import Document
from pipeline.language.cues import tense_of
from pipeline.language.dates import MONTH, Context, find_dates, resolve
from pipeline.language.lexicons import NAME_WORD, classify, lexicon
from pipeline.language.passages import Sentence, quoted
from schemas import Condition
from schemas.proposals import DeadlineProposal, EventProposal

_GOVERNS = re.compile(rf"\b{lexicon.deadlines.governs.any}\s+(?:the\s+|early\s+)?$", re.IGNORECASE)
_CONDITION = re.compile(rf"\b(?P<text>{lexicon.deadlines.conditions.any}\b[^.;]{{4,140}})", re.IGNORECASE)
_PLACE = re.compile(rf"\bin (?P<city>(?!{MONTH}){NAME_WORD}(?: {NAME_WORD})?)")
_BREAK = re.compile(
    r"[;:]|, (?:which|while|after|following|when)\b"
    r"|\b(?:(?:that|which) (?:expired|ended|lapsed|ran out)|follow(?:s|ing)?|after)\b"
)
_DONE = re.compile(r"\b(?:had|was|were|have|has) (?:\w+ )?(?:been )?(?:\w+ed|met|held|begun)\b[^,]{0,50}$")
_SAID = re.compile(rf"(?i:\bspeaking|\b{lexicon.speech.verbs.any})\b(?: [\w-]+){{0,4}} ?$")
_LOOSE = re.compile(r"(?:last|yesterday|the past|this (?:week|month|year))\b", re.IGNORECASE)
_AFTER = re.compile(r"\s*(?:deadline\b|expiry\b|target\b|:)")
_WITHIN = re.compile(r"(?:by|before|until)\b|within (?!(?:hours|days|weeks|months)\b)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20|21)\d\d")


def _conditions(text: str) -> list[Condition]:
    """What would lift a deadline, and of what kind it is."""
    found = _CONDITION.search(text)
    if found is None:
        return []
    said = found["text"].strip(" ,")
    if re.search(r"\bexten(?:d|sion)", said):
        return [Condition(kind="unless_extended", text=said)]
    deal = re.search(r"\b(?:deal|agreement|agreed|accord)\b", said)
    return [Condition(kind="unless_deal" if deal else "other", text=said)]


def _due(text: str, start: int, end: int, date_words: str, context: Context) -> bool:
    """Whether something falls due on a date, rather than happened on it or was measured over it."""
    clause = _BREAK.split(text[:start])[-1]
    governed = bool(_GOVERNS.search(clause) or _WITHIN.match(date_words))
    if not (governed or lexicon.deadlines.due.search(clause) or _AFTER.match(text, end)):
        return False
    if (_LOOSE.match(date_words) and not governed) or re.match(r"[’']s", text[end : end + 2]):
        return False
    if not governed and (_DONE.search(clause) or _SAID.search(clause)):
        return False
    if _YEAR.fullmatch(date_words) and not governed:
        near = clause[-80:]
        return bool(lexicon.deadlines.strong.search(near) and lexicon.deadlines.due.search(near))
    date = resolve(date_words, context)
    anchor = context.anchor.isoformat() if context.anchor else None
    return not (anchor and date.latest and date.latest < anchor)


def find_deadlines(document: Document, sentences: list[Sentence], context: Context) -> list[DeadlineProposal]:
    proposals = []
    for i, sentence in enumerate(sentences):
        text = sentence.text
        for found in find_dates(text):
            if not _due(text, found.start, found.end, found.text, context):
                continue
            quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
            date_words, _ = quoted(
                document, sentence.passage, sentence.start + found.start, sentence.start + found.end
            )
            following = sentences[i + 1] if i + 1 < len(sentences) else None
            kind = classify(text, lexicon.deadlines.kinds, "other")
            consequence = None
            if kind == "measure_expiry" and following and following.passage is sentence.passage:
                consequence = following.text if lexicon.deadlines.consequence.search(following.text) else None
            proposals.append(
                DeadlineProposal(
                    quote=quote,
                    at=at,
                    what=text,
                    date_words=date_words,
                    kind=kind,
                    conditions=_conditions(text),
                    consequence=consequence,
                )
            )
    return proposals


def find_events(document: Document, sentences: list[Sentence]) -> list[EventProposal]:
    """Dated happenings, past and to come."""
    proposals = []
    for sentence in sentences:
        text = sentence.text
        found = next(find_dates(text), None)
        if found is None or not lexicon.deadlines.happenings.search(text):
            continue
        quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
        date_words, _ = quoted(
            document, sentence.passage, sentence.start + found.start, sentence.start + found.end
        )
        place = _PLACE.search(text)
        ahead = tense_of(text) == "future"
        proposals.append(
            EventProposal(
                quote=quote,
                at=at,
                what=text,
                date_words=date_words,
                status="scheduled" if ahead else "occurred",
                place=place["city"] if place else None,
            )
        )
    return proposals

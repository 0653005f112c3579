"""What falls due: a date, what is due on it, and what would lift it."""

import re

from pipeline.documents.document import Span, inside
from pipeline.extraction.verifier import Verifier, joined
from pipeline.language.annotate import Annotated, DateMention, Sentence
from pipeline.language.dates import FROM, UNTIL
from pipeline.language.lexicons import classify, lexicon
from pipeline.language.matching import first
from schemas import Condition, Deadline
from schemas.proposals import DeadlineProposal

_DEADLINES = lexicon.deadlines
_GOVERNS = re.compile(rf"\b{_DEADLINES.governs.any}\s+(?:the\s+|early\s+)?$", re.IGNORECASE)
_CONDITION = re.compile(rf"\b(?P<text>{_DEADLINES.conditions.any}\b[^.;]{{4,140}})", re.IGNORECASE)
_EXTENSION = re.compile(r"\bexten(?:d|sion)")
_DEAL = re.compile(rf"\b{_DEADLINES.deal.any}\b")
_LOOSE = re.compile(rf"{_DEADLINES.loose.any}\b", re.IGNORECASE)
_AFTER = re.compile(rf"\s*(?:{_DEADLINES.behind.any}\b|:)")
_WITHIN = re.compile(r"(?:by|before|until|each of)\b|within (?!(?:hours|days|weeks|months)\b)", re.IGNORECASE)
_YEARS = re.compile(r"\d{4}(?:/\d{4})?")
_POSSESSIVE = {"’s", "'s"}
_STRONG = 80
"""How far before a year alone, in characters, the words must stand that make it one by which something falls due."""


def _conditions(text: str) -> list[Condition]:
    """What would lift a deadline, and of what kind it is."""
    match = _CONDITION.search(text)
    if match is None:
        return []
    condition = match["text"].strip(" ,")
    if _EXTENSION.search(condition):
        return [Condition(kind="unless_extended", text=condition)]
    return [Condition(kind="unless_deal" if _DEAL.search(condition) else "other", text=condition)]


def _due(annotated: Annotated, sentence: Sentence, mention: DateMention) -> bool:
    """Whether something falls due on a date: it lies ahead, and so does what its verb tells of it."""
    anchor, date, clause = annotated.context.anchor, mention.date, mention.clause
    if anchor and date.latest and date.latest < anchor.isoformat():
        return False
    if clause is None:
        return _due_by_words(annotated, sentence, mention)
    certain = date.basis == "explicit" and _ahead(annotated, mention)
    if (
        clause.superseded
        or clause.delivered
        or (clause.tense == "past" and not certain)
        or _LOOSE.match(mention.text)
    ):
        return False
    if _AFTER.match(annotated.text, mention.end):
        return True
    if clause.plain and _DEADLINES.now.fullmatch(mention.text):
        return False
    before = annotated.text[sentence.start : mention.start]
    governed = bool(_GOVERNS.search(before) or _WITHIN.match(mention.text) or clause.bounded)
    if _YEARS.fullmatch(date.edtf or "") and not governed:
        near = before[-_STRONG:]
        return bool(_DEADLINES.strong.search(near) and _DEADLINES.due.search(near))
    named = annotated.text[mention.end : mention.end + 2] in _POSSESSIVE or clause.tense is None
    if named and clause.nouns and not governed:
        of = (clause.nouns[0], *clause.subjects)
        return any(_DEADLINES.behind.search(noun.text) for noun in of) and _ahead(annotated, mention)
    if clause.tense == "future":
        return governed or not lexicon.speech.verbs.fullmatch(clause.verb.text)
    return governed or _ahead(annotated, mention)


def _due_by_words(annotated: Annotated, sentence: Sentence, mention: DateMention) -> bool:
    """The same of a date that no verb governs, by the words around it: an item of a list, a line of a table."""
    before = annotated.text[sentence.start : mention.start]
    governed = bool(_GOVERNS.search(before) or _WITHIN.match(mention.text))
    if _LOOSE.match(mention.text) and not governed:
        return False
    if _YEARS.fullmatch(mention.date.edtf or "") and not governed:
        return False
    said = _DEADLINES.due.search(before) or _AFTER.match(annotated.text, mention.end)
    return bool(governed or said or _ahead(annotated, mention))


def _ahead(annotated: Annotated, mention: DateMention) -> bool:
    anchor = annotated.context.anchor
    return bool(anchor and mention.date.earliest and mention.date.earliest > anchor.isoformat())


def _of_span(mention: DateMention) -> str | None:
    """What falls due on the last and on the first day of "a year, starting on 6 May"."""
    clause = mention.clause
    if clause is None or clause.moves:
        return None
    return {UNTIL: "measure_expiry", FROM: "entry_into_force"}.get(clause.link or "")


def propose(annotated: Annotated, parties: frozenset[str]) -> list[DeadlineProposal]:
    proposals = []
    for sentence in annotated.body:
        due = [
            mention
            for mention in inside(annotated.dates, sentence.start, sentence.end)
            if _due(annotated, sentence, mention)
        ]
        if not due:
            continue
        kind = classify(sentence.text, _DEADLINES.kinds, "other")
        consequence = None
        if kind == "measure_expiry" and (following := annotated.next_sentence(sentence)):
            consequence = following.text if _DEADLINES.consequence.search(following.text) else None
        quote, at = annotated.quote(sentence.start, sentence.end)
        proposals += [
            DeadlineProposal(
                quote=quote,
                at=at,
                what=sentence.text,
                date_words=annotated.quote(mention.start, mention.end)[0],
                kind=_of_span(mention) or kind,
                conditions=_conditions(sentence.text),
                consequence=consequence,
            )
            for mention in due
        ]
    return proposals


def happening(verifier: Verifier, what: str, span: Span) -> str:
    """What falls due or happened. Raises Unproven where its sentence denies that it does."""
    if place := first(verifier.words(span), what):
        verifier.affirmed(Span(span.start + place.start, span.start + place.end))
    return verifier.told(what, span)


def verify(verifier: Verifier, proposal: DeadlineProposal) -> Deadline:
    span = verifier.quoted(proposal)
    date, place = verifier.date(proposal.date_words, span)
    what = happening(verifier, proposal.what, span)
    paragraph = verifier.paragraph(span)
    conditions = [
        Condition(kind=c.kind, text=verifier.stands(c.text, "the condition", paragraph))
        for c in proposal.conditions
    ]
    consequence = verifier.stands(proposal.consequence, "the consequence") if proposal.consequence else None
    anchor = verifier.annotated.context.anchor
    past = anchor and date.latest and date.latest < anchor.isoformat()
    return Deadline(
        **verifier.shared("deadline", joined(span, place), proposal.date_words, place=place),
        what=what,
        date=date,
        kind=proposal.kind,
        conditions=conditions,
        consequence=consequence,
        status="unknown" if past else "pending",
    )

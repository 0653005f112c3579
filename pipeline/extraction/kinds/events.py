"""What happened or is to happen: dates with their verb."""

import re

from pipeline.documents.document import inside
from pipeline.extraction.kinds.deadlines import happening
from pipeline.extraction.verifier import Verifier, joined
from pipeline.language.annotate import Annotated, DateMention, Sentence
from pipeline.language.clauses import tense_of
from pipeline.language.dates import MONTH, Tense
from pipeline.language.lexicons import NAME_WORD, classify, lexicon
from schemas import Event
from schemas.proposals import EventProposal

_PLACE = re.compile(rf"\bin (?P<city>(?!{MONTH}){NAME_WORD}(?: {NAME_WORD})?)")


def propose(annotated: Annotated, parties: frozenset[str]) -> list[EventProposal]:
    """Dated happenings, past and to come."""
    proposals = []
    for sentence in annotated.body:
        dates = [
            date for date in inside(annotated.dates, sentence.start, sentence.end) if not _given_up(date)
        ]
        happened = [date for date in dates if _happens(date)]
        if not happened and lexicon.deadlines.happenings.search(sentence.text):
            happened = dates[:1]
        quote, at = annotated.quote(sentence.start, sentence.end)
        place = _PLACE.search(sentence.text)
        proposals += [
            EventProposal(
                quote=quote,
                at=at,
                what=sentence.text,
                date_words=annotated.quote(date.start, date.end)[0],
                status="scheduled" if _tense(sentence, date) == "future" else "occurred",
                place=place["city"] if place else None,
            )
            for date in happened
        ]
    return proposals


def _given_up(date: DateMention) -> bool:
    return date.clause is not None and date.clause.superseded


def _happens(date: DateMention) -> bool:
    """Whether a happening stands between a date and its verb, or is the verb."""
    if date.clause is None or date.date.edtf is None:
        return False
    words = (date.clause.verb, *date.clause.path)
    return any(lexicon.deadlines.happenings.fullmatch(word.text) for word in words)


def _tense(sentence: Sentence, date: DateMention) -> Tense | None:
    return date.clause.tense if date.clause else tense_of(sentence.text)


def verify(verifier: Verifier, proposal: EventProposal) -> Event:
    span = verifier.quoted(proposal)
    date, place = verifier.date(proposal.date_words, span)
    where = verifier.stands(proposal.place, "the place", span) if proposal.place else None
    anchor = verifier.annotated.context.anchor
    ahead = anchor and date.earliest and date.earliest > anchor.isoformat()
    status = classify(
        verifier.words(verifier.sentence(place)), lexicon.modality.event_statuses, proposal.status
    )
    return Event(
        **verifier.shared("event", joined(span, place), proposal.date_words, place=place),
        what=happening(verifier, proposal.what, span),
        date=date,
        status="scheduled" if ahead and status == "occurred" else status,
        place=where,
    )

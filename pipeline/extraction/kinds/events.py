"""What happened or is to happen: dates with their verb."""

import re

from pipeline.documents.document import inside
from pipeline.extraction.kinds.deadlines import happening
from pipeline.extraction.verifier import Verifier, joined
from pipeline.language.annotate import Annotated
from pipeline.language.clauses import tense_of
from pipeline.language.dates import MONTH
from pipeline.language.lexicons import NAME_WORD, classify, lexicon
from schemas import Event
from schemas.proposals import EventProposal

_PLACE = re.compile(rf"\bin (?P<city>(?!{MONTH}){NAME_WORD}(?: {NAME_WORD})?)")


def propose(annotated: Annotated, parties: frozenset[str]) -> list[EventProposal]:
    """Dated happenings, past and to come."""
    proposals = []
    for sentence in annotated.body:
        mention = next(iter(inside(annotated.dates, sentence.start, sentence.end)), None)
        if mention is None or not lexicon.deadlines.happenings.search(sentence.text):
            continue
        quote, at = annotated.quote(sentence.start, sentence.end)
        place = _PLACE.search(sentence.text)
        proposals.append(
            EventProposal(
                quote=quote,
                at=at,
                what=sentence.text,
                date_words=annotated.quote(mention.start, mention.end)[0],
                status="scheduled" if tense_of(sentence.text) == "future" else "occurred",
                place=place["city"] if place else None,
            )
        )
    return proposals


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
        **verifier.shared("event", joined(span, place), proposal.date_words),
        what=happening(verifier, proposal.what, span),
        date=date,
        status="scheduled" if ahead and status == "occurred" else status,
        place=where,
    )

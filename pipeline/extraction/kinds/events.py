"""What happened or is to happen: dates with their verb."""

import re
from collections.abc import Container, Iterator, Sequence

from pipeline.documents.document import Span, inside, touching
from pipeline.extraction.kinds.deadlines import happening, of_another
from pipeline.extraction.verifier import Leaves, Unproven, Verifier, date_fields, joined
from pipeline.language.annotate import Annotated, DateMention, Numbered, Sentence
from pipeline.language.clauses import SUBJECTS, VERBS, tense_of, told_with
from pipeline.language.dates import MONTH, Tense
from pipeline.language.lexicons import NAME_WORD, classify, lexicon
from schemas import Event, FuzzyDate
from schemas.proposals import EventAnswer, EventProposal
from schemas.vocabulary import EventStatus

_MODALITY = lexicon.modality
_UNHELD = {"postponed", "cancelled"}
_DATELINE = re.compile(rf"{NAME_WORD}(?: {NAME_WORD})?, (?:{lexicon.calendar.weekday}, )?")
_COMPARED = re.compile(r"\bthan (?:in |on )?$")
_DATED = re.compile(r"\s*(?::|[–—-]\s)")
_PLACE = re.compile(rf"\bin (?P<city>(?!{MONTH}){NAME_WORD}(?: {NAME_WORD})?)")


def propose(annotated: Annotated, parties: frozenset[str]) -> list[EventProposal]:
    """Dated happenings, past and to come."""
    proposals = []
    for sentence in annotated.body:
        dates = [
            date
            for date in inside(annotated.dates, sentence.start, sentence.end)
            if not (_given_up(date) or _is_unreal(date) or _is_due(date) or _named_otherwise(sentence, date))
            and not (_is_planned(date) and _is_over(annotated, date))
        ]
        happened = [date for date in dates if _happens(date)]
        if not happened and lexicon.deadlines.happenings.search(sentence.text):
            happened = [date for date in dates if not _is_when(date)][:1]
        quote, at = annotated.quote(sentence.start, sentence.end)
        place = _PLACE.search(sentence.text)
        came_of = [
            *(
                (date, "scheduled" if _lies_ahead(annotated, sentence, date) else "occurred")
                for date in happened
            ),
            *_unheld(annotated, sentence),
        ]
        proposals += [
            EventProposal(
                quote=quote,
                at=at,
                what=sentence.text,
                date_words=annotated.quote(date.start, date.end)[0],
                status=status,
                place=place["city"] if place else None,
            )
            for date, status in came_of
        ]
    return proposals


def _named_otherwise(sentence: Sentence, date: DateMention) -> bool:
    """Whether a text is dated with it ("Accra, 21 September 2034: …"), or compares with it ("than a week ago")."""
    start, end = date.start - sentence.start, date.end - sentence.start
    dated = _DATELINE.fullmatch(sentence.text, 0, start) and _DATED.match(sentence.text, end)
    return dated is not None or _COMPARED.search(sentence.text, 0, start) is not None


def _unheld(annotated: Annotated, sentence: Sentence) -> Iterator[tuple[DateMention, EventStatus]]:
    """The days on which something was to be held that was put off or called off, in words that say so."""
    for date in inside(annotated.dates, sentence.start, sentence.end):
        fate = _given_up_as(date)
        for row in _MODALITY.event_statuses:
            if row.name == fate and row.words.search(sentence.text):
                yield date, row.name


def _given_up(date: DateMention) -> bool:
    return date.clause is not None and date.clause.superseded


def _is_unreal(date: DateMention) -> bool:
    return date.clause is not None and date.clause.unreal


def _is_due(date: DateMention) -> bool:
    """Whether it is the day of a deadline that has not passed: "facing a 19 December cut-off"."""
    return date.clause is not None and date.clause.of_deadline and date.clause.tense != "past"


def _given_up_as(date: DateMention | None) -> str | None:
    return date.clause.given_up_as if date is not None and date.clause is not None else None


def _happens(date: DateMention) -> bool:
    """Whether a happening stands between a date and its verb, or is the verb."""
    if date.clause is None or date.date.edtf is None:
        return False
    words = (date.clause.verb, *date.clause.path)
    return any(lexicon.deadlines.happenings.fullmatch(word.text) for word in words)


def _lies_ahead(annotated: Annotated, sentence: Sentence, date: DateMention) -> bool:
    """Whether it is still to happen: by its verb, unless the day is over."""
    return (_is_planned(date) or _tense(sentence, date) == "future") and not _is_over(annotated, date)


def _is_planned(date: DateMention) -> bool:
    return date.clause is not None and date.clause.planned


def _is_over(annotated: Annotated, date: DateMention) -> bool:
    anchor = annotated.context.anchor
    return anchor is not None and date.date.latest is not None and date.date.latest < anchor.isoformat()


def _tense(sentence: Sentence, date: DateMention) -> Tense | None:
    return date.clause.tense if date.clause else tense_of(sentence.text)


def _over(verifier: Verifier, date: FuzzyDate, place: Span) -> bool:
    """Whether a day has passed, and so has what is told of it."""
    anchor = verifier.annotated.context.anchor
    clauses = [mention.clause for mention in touching(verifier.annotated.dates, place.start, place.end)]
    past = any(clause is not None and clause.tense == "past" for clause in clauses)
    return past and bool(anchor and date.latest and date.latest <= anchor.isoformat())


def _held(verifier: Verifier, what: str, place: Span) -> bool:
    """Whether no word of what happened, or over its day, puts it off or calls it off."""
    clauses = [mention.clause for mention in touching(verifier.annotated.dates, place.start, place.end)]
    verbs = [clause.verb for clause in clauses if clause is not None]
    over = [word.text for verb in verbs for step in (verb, *verb.ancestors) for word in told_with(step)]
    return bool(over) and not _MODALITY.unheld.search(" ".join([what, *over]))


def _fell_through(verifier: Verifier, what: str, spans: Sequence[Span]) -> bool:
    """Whether a thing is the subject of a verb that denies that it happened: "the talks did not take place"."""
    for place in verifier.each(what, spans):
        parsed = verifier.annotated.parsed(place)
        root = parsed.root if parsed else None
        if root is None or root.dep_ not in SUBJECTS or root.head.pos_ not in VERBS:
            continue
        verb = root.head
        denied = any(child.dep_ == "neg" for child in verb.children)
        if denied and _MODALITY.takes_place.search(
            " ".join(word.text for word in verb.doc[verb.i : verb.i + 2])
        ):
            return True
    return False


def _is_when(date: DateMention | None) -> bool:
    """Whether it is when something was said, put off or called off, rather than the day of what that is told of."""
    clause = date.clause if date is not None else None
    if clause is None or clause.superseded or clause.tense == "future":
        return False
    gives_up = (clause.moves or clause.cancels) and clause.plain
    return clause.says or (gives_up and (clause.when or clause.preposition is not None))


def _is_new_day(date: DateMention | None) -> bool:
    """Whether it is the day to which a thing was put off."""
    clause = date.clause if date is not None else None
    return clause is not None and clause.moves and not clause.superseded and clause.tense == "future"


def _worded(verifier: Verifier, status: str, place: Span) -> bool:
    """Whether the sentence of a date has words of a status."""
    words = verifier.words(verifier.sentence(place))
    return any(row.name == status and row.words.search(words) for row in _MODALITY.event_statuses)


def answered(item: EventAnswer, numbered: Numbered) -> list[EventProposal]:
    """What an item of a model's answer proposes. Raises NoSuchSentence."""
    return [
        EventProposal(
            **numbered.place(item.s),
            what=item.what,
            **date_fields("date", item.date),
            status=item.status,
            place=item.place,
        )
    ]


def verify(verifier: Verifier, proposal: EventProposal, leaves: Leaves, known: Container[str]) -> Event:
    span, *beside = spans = verifier.spans(proposal)
    date, place = verifier.dated(proposal.date_words, proposal.date_edtf, spans, leaves)
    where = leaves.optional("place", proposal.place, lambda city: verifier.stands(city, "the place", *spans))
    anchor = verifier.annotated.context.anchor
    ahead = anchor and date.earliest and date.earliest > anchor.isoformat()
    said = proposal.status
    named = classify(verifier.words(verifier.sentence(place)), _MODALITY.event_statuses, "")
    own = next(iter(touching(verifier.annotated.dates, place.start, place.end)), None)
    told = "occurred" if _is_when(own) else named or said
    read = "scheduled" if (ahead and told == "occurred") or _is_new_day(own) else told
    if leaves.own:
        said = read
    elif said == "occurred" and _fell_through(verifier, proposal.what, spans):
        raise Unproven("the words say that it did not take place")
    elif said == "occurred" and read in {"scheduled", "postponed", "cancelled"}:
        raise Unproven(f"the words have it {read}, not occurred")
    elif said == "occurred" and own is not None and _given_up(own):
        raise Unproven("another day, or none, has taken its place")
    elif read in {"postponed", "cancelled"} and said == "scheduled":
        raise Unproven(f"the words have it {read}, not scheduled")
    elif (fate := _given_up_as(own)) and said != fate and not _worded(verifier, said, place):
        raise Unproven(f"the words have it {fate}, not {said}")
    elif said in _UNHELD and named in _UNHELD and said != named and not _worded(verifier, said, place):
        raise Unproven(f"the words have it {named}, not {said}")
    elif (
        said in _UNHELD
        and said != named
        and not (own and _given_up(own))
        and _held(verifier, proposal.what, place)
    ):
        raise Unproven(f"no words have it {said}")
    elif said == "in_progress" and ahead:
        raise Unproven("it is yet to come")
    elif said == "scheduled" and _over(verifier, date, place):
        raise Unproven("it has happened")
    if not leaves.own and not (said in _UNHELD and own is not None and _given_up(own)):
        of_another(verifier, proposal.what, place, spans)
    whole = joined(span, place) if verifier.sentence(span) == verifier.sentence(place) else span
    return Event(
        **verifier.shared("event", [whole, *beside], proposal.date_words, leaves, place=place),
        what=happening(verifier, proposal.what, spans, leaves),
        date=date,
        status=leaves.judged(said, read),
        place=where,
    )

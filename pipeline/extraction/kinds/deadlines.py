"""What falls due: a date, what is due on it, and what would lift it."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from pipeline.documents.document import Span, inside, touching
from pipeline.extraction.verifier import Leaves, Unproven, Verifier, date_fields, joined
from pipeline.language.annotate import Annotated, DateMention, Numbered, Sentence
from pipeline.language.clauses import SUBJECTS, VERBS, between_marks, date_clause
from pipeline.language.dates import FROM, UNTIL, resolve
from pipeline.language.lexicons import any_of, classify, lexicon
from pipeline.language.matching import first
from pipeline.language.parties import with_kin
from schemas import Condition, Deadline, FuzzyDate
from schemas.proposals import DeadlineAnswer, DeadlineProposal
from schemas.vocabulary import DeadlineStatus

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

_DEADLINES = lexicon.deadlines
_OF_VERB = {"nsubj", "nsubjpass", "dobj", "attr"}
_GOVERNS = re.compile(rf"\b{_DEADLINES.governs.any}\s+(?:the\s+|early\s+)?$", re.IGNORECASE)
_CONDITION = re.compile(rf"\b(?P<text>{_DEADLINES.conditions.any}\b[^.;]{{4,140}})", re.IGNORECASE)
_EXTENSION = re.compile(r"\bexten(?:d|sion)")
_DEAL = re.compile(rf"\b{_DEADLINES.deal.any}\b")
_LOOSE = re.compile(rf"{_DEADLINES.loose.any}\b", re.IGNORECASE)
_AFTER = re.compile(rf"\s*(?:{_DEADLINES.behind.any}\b|:)")
_WITHIN = re.compile(r"(?:by|before|until|each of)\b|within (?!(?:hours|days|weeks|months)\b)", re.IGNORECASE)
_YEARS = re.compile(r"\d{4}(?:/\d{4})?")
_POSSESSIVE = {"’s", "'s"}
_WITH = re.compile(r"\b(?:with|between) (?:the )?$")
_COUNT = rf"(?:\d{{1,3}}|an?|{any_of((*lexicon.numbers.ones, *lexicon.numbers.tens))})"
_SPAN = re.compile(
    rf"\b(?:{_DEADLINES.takes.any}(?: {_DEADLINES.roughly.any})? |(?=[\w -]{{4,24}} (?P<left>remain|left|to go)\b))"
    rf"(?P<words>{_COUNT} (?:weeks?|months?|years?|days))\b(?(left) (?:remain|left|to go)\b)",
    re.IGNORECASE,
)
"""A span that something takes, or that is left of it."""
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
    if _foreseen(mention) or _of_other_business(mention):
        return False
    if clause is None:
        return _due_by_words(annotated, sentence, mention)
    certain = date.basis == "explicit" and _ahead(annotated, mention)
    if clause.unreal:
        return False
    if clause.superseded:
        return _planned(annotated, mention)
    if clause.delivered or (clause.tense == "past" and not certain) or _LOOSE.match(mention.text):
        return False
    if _AFTER.match(annotated.text, mention.end):
        return True
    if clause.plain and _DEADLINES.now.fullmatch(mention.text):
        return False
    before = annotated.text[sentence.start : mention.start]
    governed = bool(_GOVERNS.search(before) or _WITHIN.match(mention.text) or clause.bounded)
    if _YEARS.fullmatch(date.edtf or "") and not governed:
        near = before[-_STRONG:]
        plainly = date.basis == "explicit" and clause.preposition not in _DEADLINES.around
        to_be = plainly and clause.tense == "future" and not clause.plain and not clause.nouns
        return to_be or bool(_DEADLINES.strong.search(near) and _DEADLINES.due.search(near))
    named = annotated.text[mention.end : mention.end + 2] in _POSSESSIVE or clause.tense is None
    if named and clause.nouns and not governed:
        of = (clause.nouns[0], *clause.subjects)
        return any(_DEADLINES.behind.search(noun.text) for noun in of) and _ahead(annotated, mention)
    if clause.tense == "future":
        return governed or not lexicon.speech.verbs.fullmatch(clause.verb.text)
    return governed or _ahead(annotated, mention)


def _planned(annotated: Annotated, mention: DateMention) -> bool:
    """Whether it was to be on a day that lies ahead: that is told, too, where another day has taken its place."""
    return mention.date.precision in {"day", "week"} and _ahead(annotated, mention)


def _due_by_words(annotated: Annotated, sentence: Sentence, mention: DateMention) -> bool:
    """The same of a date that no verb governs, by the words around it: an item of a list, a line of a table."""
    before = annotated.text[sentence.start : mention.start]
    governed = bool(_GOVERNS.search(before) or _WITHIN.match(mention.text))
    if (_LOOSE.match(mention.text) and not governed) or _DEADLINES.other_business.search(before):
        return False
    if _YEARS.fullmatch(mention.date.edtf or "") and not governed:
        return False
    said = _DEADLINES.due.search(before) or _AFTER.match(annotated.text, mention.end)
    return bool(governed or said or _ahead(annotated, mention))


def _ahead(annotated: Annotated, mention: DateMention) -> bool:
    anchor = annotated.context.anchor
    return bool(anchor and mention.date.earliest and mention.date.earliest > anchor.isoformat())


def _foreseen(mention: DateMention) -> bool:
    """Whether it is the time of a forecast, which binds nobody: "economists expect it to add 0.2% by 2036"."""
    if mention.clause is None or _promised(mention.clause.verb):
        return False
    verb = mention.clause.verb
    subjects = _subjects(verb)
    if _DEADLINES.moves.fullmatch(verb.text) and any(_DEADLINES.measured.fullmatch(w.text) for w in subjects):
        return True
    over = [word for word in (verb, *verb.ancestors) if word.pos_ in VERBS]
    by = [subject for word in over for subject in word.children if subject.dep_ in SUBJECTS]
    coarse = mention.date.precision not in {"day", "month"}
    return coarse and any(_DEADLINES.forecasts.fullmatch(word.text) for word in (*over, *by))


def _promised(verb: Token) -> bool:
    """Whether somebody binds himself to what a verb tells, or aims at it."""
    return any(_DEADLINES.aims.fullmatch(word.text) for word in (verb, *verb.ancestors))


def _of_other_business(mention: DateMention) -> bool:
    """Whether it is the day of an election, a budget, a court: of what is no part of talks on trade.

    What is to be done before that or after it may be a part of them: "no talks before the election in May".
    """
    if mention.clause is None:
        return False
    verb, path = mention.clause.verb, mention.clause.path
    own = () if any(word.lower_ in _DEADLINES.around for word in path) else path
    objects = [child for child in verb.children if child.dep_ in _OF_VERB]
    places = [
        child for child in verb.children if child.dep_ == "prep" and child.lower_ not in _DEADLINES.around
    ]
    named = [verb, *own, *objects, *_subjects(verb), *(noun for place in places for noun in place.children)]
    return any(_DEADLINES.other_business.search(_name(word)) for word in named)


def _subjects(verb: Token) -> list[Token]:
    """Who or what does it, also by the verb above: the court of "the court is expected to rule"."""
    while verb.dep_ == "xcomp" and not any(child.dep_ in SUBJECTS for child in verb.children):
        verb = verb.head
    return [child for child in verb.children if child.dep_ in SUBJECTS]


def _name(word: Token) -> str:
    """A noun with the words that it is called by: "general election", "court hearing", "vote of confidence"."""
    parts = [child for child in word.children if child.dep_ in {"compound", "amod"}]
    of = [part for child in word.children if child.lower_ == "of" for part in (child, *child.children)]
    return " ".join(part.text for part in sorted([word, *parts, *of]))


def _other_talks(annotated: Annotated, sentence: Sentence, parties: frozenset[str]) -> bool:
    """Whether a sentence tells of talks with one who has no part in these: "it also negotiates with Peru"."""
    if not parties:
        return False
    known = with_kin(parties)
    for named in inside(annotated.parties, sentence.start, sentence.end):
        if named.code in known:
            continue
        before = annotated.text[sentence.start : named.start]
        if _WITH.search(before) and lexicon.talks.dealings.search(before):
            return True
    return False


def _asks(sentence: Sentence) -> bool:
    """Whether a sentence asks if something is so: "Will they meet in May?"."""
    return (
        sentence.text.rstrip().endswith("?")
        and sentence.tokens is not None
        and sentence.tokens[0].pos_ == "AUX"
    )


def _lasting(annotated: Annotated, sentence: Sentence) -> list[DateMention]:
    """Spans at whose end something falls due, counted from now: "six weeks remain", "could take up to six months"."""
    if sentence.tokens is None:
        return []
    dated = {
        date.clause.verb for date in inside(annotated.dates, sentence.start, sentence.end) if date.clause
    }
    spans = []
    for match in _SPAN.finditer(sentence.text):
        start, end = (sentence.start + at for at in match.span("words"))
        date = resolve(match["words"], annotated.context)
        clause = date_clause(sentence.tokens, start - sentence.shift, end - sentence.shift)
        if date.edtf is None or clause is None or clause.verb in dated:
            continue
        mention = DateMention(start, end, match["words"], date, clause)
        ahead = clause.tense == "future" and (match["left"] is not None or not clause.plain)
        if ahead and not _foreseen(mention):
            spans.append(mention)
    return spans


def _of_span(mention: DateMention) -> str | None:
    """What falls due on the last and on the first day of "a year, starting on 6 May"."""
    clause = mention.clause
    if clause is None or clause.moves:
        return None
    return {UNTIL: "measure_expiry", FROM: "entry_into_force"}.get(clause.link or "")


def propose(annotated: Annotated, parties: frozenset[str]) -> list[DeadlineProposal]:
    proposals = []
    for sentence in annotated.body:
        if _other_talks(annotated, sentence, parties) or _asks(sentence):
            continue
        due = [
            mention
            for mention in inside(annotated.dates, sentence.start, sentence.end)
            if _due(annotated, sentence, mention)
        ]
        due += _lasting(annotated, sentence)
        if not due:
            continue
        kinds = [_kind(sentence, mention) for mention in due]
        consequence = None
        if "measure_expiry" in kinds and (following := annotated.next_sentence(sentence)):
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
                consequence=consequence if kind == "measure_expiry" else None,
            )
            for mention, kind in zip(due, kinds, strict=True)
        ]
    return proposals


def _kind(sentence: Sentence, mention: DateMention) -> str:
    """What falls due, by the words of a sentence; who meets ahead of a date is told in another clause than it."""
    kind = classify(sentence.text, _DEADLINES.kinds, "other")
    if kind != "meeting":
        return kind
    part = between_marks(sentence.text, mention.start - sentence.start, mention.end - sentence.start)
    named = mention.clause is not None and mention.clause.of_deadline
    return classify(sentence.text[part.start : part.end], _DEADLINES.kinds, "other" if named else kind)


def happening(verifier: Verifier, what: str, spans: Sequence[Span], leaves: Leaves) -> str:
    """What falls due or happened; of our own rules, its whole sentence where that has no such words.

    Raises Unproven where it does not stand there, or its sentence denies it.
    """
    for span in spans:
        if place := first(verifier.words(span), what):
            verifier.affirmed(Span(span.start + place.start, span.start + place.end))
    words, found = verifier.told(what, *spans)
    if not found and not leaves.own:
        raise Unproven(f"what it is ({what!r}) does not stand in the quote")
    if not found:
        leaves.failed.append(("what", f"{what!r} does not stand in the quote, whose words are told instead"))
    return words


def of_another(verifier: Verifier, what: str, place: Span, spans: Sequence[Span]) -> None:
    """Raises Unproven where a date is of another happening of its sentence than of what falls due or happened."""
    own = next(iter(touching(verifier.annotated.dates, place.start, place.end)), None)
    whole = verifier.annotated.sentence_at(place.start)
    sentence = Span(whole.start, whole.end)
    told = next(verifier.each(what, [sentence]), None)
    if own is None or own.clause is None or told is None:
        return
    parsed = verifier.annotated.parsed(told)
    verb = parsed.root.head if parsed and parsed.root.dep_ in _OF_VERB else None

    def within(word: Token) -> bool:
        return word == verb or told.start <= word.idx + whole.shift < told.end

    def governed(mention: DateMention) -> bool:
        words = (mention.clause.verb, *mention.clause.path) if mention.clause else ()
        return told.start <= mention.start < told.end or any(within(word) for word in words)

    others = [
        mention
        for mention in inside(verifier.annotated.dates, sentence.start, sentence.end)
        if mention != own and mention.clause and governed(mention)
    ]
    apart = not governed(own)
    for other in others:
        if apart or _beside_date(own, other) or (parsed and _parallel(verifier, parsed, told, other, own)):
            raise Unproven(f"the words have that on {other.text!r}, not on {own.text!r}")
    if apart and _tells(own) and not others:
        raise Unproven(f"{own.text!r} is when that was said")


def _beside_date(own: DateMention, other: DateMention) -> bool:
    """Whether a date only describes another one: "on Monday, the first since March"."""
    return bool(own.clause and other.clause and other.clause.word in own.clause.path)


def _parallel(verifier: Verifier, what: Tokens, told: Span, other: DateMention, own: DateMention) -> bool:
    """Whether the place that ends the words has a date, and the next one another: "in Rome on Monday, in Bern on …"."""
    last = what[-1].head
    if what[-1].dep_ != "pobj" or not told.end <= other.start < own.start:
        return False
    between = verifier.words(Span(other.end, own.start))
    turn = lexicon.modality.conjunctions.search(between)
    return turn is not None and re.search(rf"\b{re.escape(last.text)} ", between[turn.end() :]) is not None


def _tells(date: DateMention) -> bool:
    """Whether a date is that of a past verb of saying: "said on Monday"."""
    clause = date.clause
    if clause is None or clause.preposition in lexicon.modality.bounding or clause.nouns:
        return False
    return lexicon.modality.says.fullmatch(clause.verb.text) is not None and clause.tense == "past"


def answered(item: DeadlineAnswer, numbered: Numbered) -> list[DeadlineProposal]:
    """What an item of a model's answer proposes. Raises NoSuchSentence."""
    follows = numbered.runs(item.consequence)[:1]
    return [
        DeadlineProposal(
            **numbered.place(item.s),
            what=item.what,
            **date_fields("date", item.date),
            **date_fields("starts", item.starts),
            kind=item.kind,
            conditions=[Condition(kind=one.kind, text=one.words) for one in item.conditions],
            consequence=numbered.annotated.words(follows[0]) if follows else None,
        )
    ]


def _falls_due(
    verifier: Verifier, proposal: DeadlineProposal, words: str, spans: Sequence[Span], leaves: Leaves
) -> tuple[FuzzyDate, Span]:
    """When it falls due. Raises Unproven where that is the day of something else, or one that was given up."""
    date, place = verifier.dated(words, proposal.date_edtf, spans, leaves)
    if not leaves.own:
        of_another(verifier, proposal.what, place, spans)
        for mention in touching(verifier.annotated.dates, place.start, place.end):
            if mention.clause and mention.clause.superseded:
                raise Unproven(f"another day has taken the place of {words!r}")
    return date, place


_OPENING = 4
"""So many characters before a condition are nothing that it could be a condition of."""


def _condition(verifier: Verifier, one: Condition, spans: Sequence[Span], leaves: Leaves) -> Condition:
    """What would lift a deadline, in its own sentences or near them. Raises Unproven where it is of another's day."""
    near = [*spans, verifier.paragraph(spans[0])]
    words = verifier.stands(one.text, "the condition", *near)
    place = verifier.inside(one.text, "the condition", *near)
    whole = verifier.sentence(place)
    cited = any(span.start <= place.start < span.end for span in spans)
    opens = place.start - whole.start < _OPENING and whole.start - spans[0].end < _OPENING
    dated = inside(verifier.annotated.dates, whole.start, whole.end)
    if not leaves.own and not cited and (dated or not opens):
        raise Unproven(f"{one.text!r} is a condition of something else")
    return Condition(kind=one.kind, text=words)


def _status(verifier: Verifier, place: Span | None) -> DeadlineStatus:
    """Whether a day still stands, by its clause: another one may have taken its place."""
    dates = touching(verifier.annotated.dates, place.start, place.end) if place else ()
    overtaken = any(mention.clause and mention.clause.superseded for mention in dates)
    return "superseded" if overtaken else "pending"


def verify(verifier: Verifier, proposal: DeadlineProposal, leaves: Leaves, known: Container[str]) -> Deadline:
    span, *beside = spans = verifier.spans(proposal)
    words = proposal.date_words
    dated = leaves.optional("date", words, lambda words: _falls_due(verifier, proposal, words, spans, leaves))
    if words and dated is None and leaves.own:
        raise Unproven(leaves.failed[-1][1])
    date, place = dated or (None, None)
    starts = leaves.optional(
        "starts",
        proposal.starts_words,
        lambda words: verifier.dated(words, proposal.starts_edtf, spans, leaves)[0],
    )
    what = happening(verifier, proposal.what, spans, leaves)
    if starts and date and (starts.earliest or "") > (date.latest or "9"):
        leaves.failed += [(leaf, "it would end before it starts") for leaf in ("date", "starts")]
        date = place = starts = None
    conditions = leaves.each(
        "conditions", proposal.conditions, lambda one: _condition(verifier, one, spans, leaves)
    )
    consequence = leaves.optional(
        "consequence", proposal.consequence, lambda words: verifier.stands(words, "the consequence")
    )
    anchor = verifier.annotated.context.anchor
    past = anchor and date and date.latest and date.latest < anchor.isoformat()
    leaves.judged(proposal.kind, classify(verifier.words(span), _DEADLINES.kinds, "other"))
    whole = joined(span, place) if place and verifier.sentence(span) == verifier.sentence(place) else span
    return Deadline(
        **verifier.shared("deadline", [whole, *beside], words or proposal.what, leaves, place=place),
        what=what,
        date=date,
        starts=starts,
        kind=proposal.kind,
        conditions=conditions,
        consequence=consequence,
        status="unknown" if past else _status(verifier, place),
    )

"""What is on the table, and what a side asks, offers or refuses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from pipeline.documents.document import Span, touching
from pipeline.extraction.verifier import Leaves, Unproven, Verifier, plain
from pipeline.language.annotate import Annotated, Numbered, Sentence
from pipeline.language.clauses import VERBS, doer, negated
from pipeline.language.commitments import Commitment, asserted, claimed, of_one, same_matter
from pipeline.language.lexicons import classify, lexicon
from pipeline.language.matching import locate
from schemas import Position, Stake
from schemas.proposals import PositionAnswer, PositionProposal, StakeAnswer, StakeProposal
from schemas.vocabulary import TOPICS, Certainty

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens

_TOPICS = lexicon.topics
_SPEECH = re.compile(r"[“\"]")
_SHORT = 50
_LONGEST_TITLE = 70
_LEADING = {"DET", "PRON", "PUNCT", "ADP", "CCONJ"}
_LINKS = {"of", "on"}
_TIMES = {"DATE", "TIME"}
_TERMS = 4
"""So many items of a list make a text one of terms."""
_TOPIC_WORD, _TABLE_WORD, _PARTY, _QUOTES, _TOO_SHORT, _LATER = 2.0, 1.5, 1.0, -2.0, -2.0, -0.02
"""What a sentence gains and loses as the one that tells what is at stake; `_LATER` for each sentence before it."""


def _score(annotated: Annotated, sentence: Sentence, hits: int, parties: frozenset[str]) -> float:
    """How well a sentence tells what is at stake: topic words, what is done about them, the parties."""
    text = sentence.text
    named = {m.code for m in annotated.parties_in(Span(sentence.start, sentence.end))} & parties
    on_the_table = sum(1 for _ in _TOPICS.on_the_table.finditer(text))
    return (
        _TOPIC_WORD * min(hits, 2)
        + _TABLE_WORD * min(on_the_table, 3)
        + _PARTY * len(named)
        + _QUOTES * bool(_SPEECH.search(text))
        + _TOO_SHORT * (len(text) < _SHORT)
        + _LATER * sentence.index
    )


def _wished(annotated: Annotated, sentence: Sentence, parties: frozenset[str]) -> str | None:
    """The first topic of a sentence in which a party says what it wants."""
    text = sentence.text
    wish = _TOPICS.wishes.search(text)
    if wish is None or _SPEECH.search(text) or len(text) < _SHORT:
        return None
    before = annotated.parties_in(Span(sentence.start, sentence.start + wish.start()))
    if not any(mention.code in parties and not mention.place for mention in before):
        return None
    return classify(text, _TOPICS.topics, "") or None


def overclaims(annotated: Annotated) -> list[Span]:
    """Sentences of the headline and the deck that say as a fact what the body only has somebody say."""
    headings: list[tuple[Span, Commitment]] = []
    claims: list[tuple[Commitment, str]] = []
    facts: list[Commitment] = []
    for sentence in annotated.sentences:
        if sentence.passage.region == "body":
            if claim := claimed(sentence.text):
                claims.append((claim, sentence.text))
            elif fact := asserted(sentence.text):
                facts.append(fact)
        elif sentence.passage.region in {"headline", "deck"} and (
            heading := asserted(sentence.text, heading=True)
        ):
            headings.append((Span(sentence.start, sentence.end), heading))
    return [
        span
        for span, heading in headings
        if any(of_one(heading, claim) and same_matter(heading.what, claim.what, s) for claim, s in claims)
        and not any(of_one(heading, fact) and same_matter(heading.what, fact.what) for fact in facts)
    ]


def _overclaimed(annotated: Annotated) -> Iterator[StakeProposal]:
    """What the headline or the deck says as a fact, and the body as somebody's claim: shown, as a stake of its own."""
    for span in overclaims(annotated):
        quote, at = annotated.quote(span.start, span.end)
        yield StakeProposal(quote=quote, at=at, topic=classify(quote, _TOPICS.topics, "other"), summary=quote)


def _title(sentence: Sentence, topic: str) -> str | None:
    """The noun phrase of a sentence that names its topic, with what it is of or on; None where a word alone does."""
    words = next((row.words for row in _TOPICS.topics if row.name == topic), None)
    match = words.search(sentence.text) if words else None
    if match is None or sentence.tokens is None:
        return None
    at = sentence.start - sentence.shift + match.start()
    chunks = list(sentence.tokens.noun_chunks)
    for chunk, after in zip_longest(chunks, chunks[1:]):
        if not chunk.start_char <= at < chunk.end_char:
            continue
        first = next((word for word in chunk if word.pos_ not in _LEADING), chunk[0])
        link = after.root.head if after is not None else None
        goes_on = (
            link is not None
            and link.i == chunk.end
            and link.text in _LINKS
            and after.start == chunk.end + 1
            and after.root.ent_type_ not in _TIMES
        )
        end = after.end_char if goes_on else chunk.end_char
        title = sentence.text[
            first.idx + sentence.shift - sentence.start : end + sentence.shift - sentence.start
        ]
        return title if " " in title and len(title) <= _LONGEST_TITLE else None
    return None


def propose(annotated: Annotated, parties: frozenset[str]) -> list[StakeProposal]:
    """The best sentence for each topic; in a text of terms (bullets, items), each item's first topic too."""
    body = annotated.body
    ranked: dict[str, list[tuple[float, int]]] = defaultdict(list)
    terms = sum(sentence.passage.bullet for sentence in body) >= _TERMS
    taken: set[tuple[int, str]] = set()
    for sentence in body:
        if not _TOPICS.on_the_table.search(sentence.text):
            continue
        counts = {row.name: sum(1 for _ in row.words.finditer(sentence.text)) for row in _TOPICS.topics}
        hits = {topic: count for topic, count in counts.items() if count}
        for topic, count in hits.items():
            ranked[topic].append((-_score(annotated, sentence, count, parties), sentence.index))
        if terms and hits:
            taken.add((sentence.index, next(iter(hits))))
    taken |= {(min(entries)[1], topic) for topic, entries in ranked.items()}
    chosen = {index for index, _ in taken}
    for sentence in body:
        if sentence.index not in chosen and (wished := _wished(annotated, sentence, parties)):
            taken.add((sentence.index, wished))
    proposals = []
    for index, topic in sorted(taken):
        sentence = annotated.sentences[index]
        quote, at = annotated.quote(sentence.start, sentence.end)
        title = _title(sentence, topic)
        proposals.append(StakeProposal(quote=quote, at=at, topic=topic, title=title, summary=sentence.text))
    return [*proposals, *_overclaimed(annotated)]


def _position(verifier: Verifier, proposal: PositionProposal, stake: Sequence[Span]) -> Position:
    """What a party wants, in words of its sentences; the party named there, or in the paragraph of a pronoun."""
    party = verifier.party(proposal.party)
    spans = verifier.cited(proposal.spans) or list(stake)
    wants = {"ask": proposal.ask, "offer": proposal.offer, "red_line": proposal.red_line}
    places = {name: verifier.inside(words, "the position", *spans) for name, words in wants.items() if words}
    if not places:
        raise Unproven("the position has no words")
    for name, place in places.items():
        wished = _wisher(verifier, place) == party
        if not wished:
            _held_by(verifier, party, place, spans)
        if name != "red_line" and not wished:
            verifier.affirmed(place)
        if not wished:
            _meant(verifier, name, place)
    held = [
        span for span in spans if any(span.start <= p.start and p.end <= span.end for p in places.values())
    ]
    return Position(
        party=party,
        **{name: plain(verifier.words(places[name])) if name in places else None for name in wants},
        evidence=[verifier.evidence(span) for span in held],
    )


def _wisher(verifier: Verifier, place: Span) -> str | None:
    """Who wants a thing that a clause describes so: "rejected a clause that Chile demanded"."""
    parsed = verifier.annotated.parsed(place)
    shift = verifier.annotated.sentence_at(place.start).shift
    for verb in parsed.root.subtree if parsed else ():
        if verb.dep_ != "relcl" or not _TOPICS.wishes.fullmatch(verb.text):
            continue
        for subject in (child for child in verb.children if child.dep_ == "nsubj"):
            span = Span(subject.left_edge.idx + shift, subject.idx + len(subject) + shift)
            if span.start >= place.end and (named := verifier.annotated.parties_in(span)):
                return named[0].code
    return None


def _meant(verifier: Verifier, wants: str, place: Span) -> None:
    """Raises Unproven where the verb over words says outright that they are wanted otherwise than proposed."""
    parsed = verifier.annotated.parsed(place)
    if not parsed or negated(parsed):
        return
    for step in parsed.root.ancestors:
        if step.pos_ not in VERBS:
            continue
        told = next((row.name for row in _TOPICS.wants if row.words.fullmatch(step.text)), None)
        if told is not None and told != wants:
            raise Unproven(f"the words have it {told.replace('_', ' ')}, not {wants.replace('_', ' ')}")
        if told is not None or step.dep_ not in {"xcomp", "ccomp"}:
            return


def _held_by(verifier: Verifier, party: str, place: Span, spans: Sequence[Span]) -> None:
    """Raises Unproven where words are another party's wish by their grammar, or nothing near them names the party."""
    sentence = verifier.annotated.sentence_at(place.start)
    parsed = verifier.annotated.parsed(place)
    holders: list[str] = []
    for subject in doer(parsed) if parsed else ():
        beside = [
            child for child in subject.children if child.dep_ == "appos"
        ]  # of a list, as it is often read
        last = max((subject, *beside), key=lambda word: word.i)
        start, end = subject.left_edge.idx, last.idx + len(last)
        there = Span(start + sentence.shift, end + sentence.shift)
        holders += [mention.code for mention in verifier.annotated.parties_in(there)]
        people = touching(verifier.annotated.people, there.start, there.end)
        holders += [person.party for person in people if person.party]
    if holders and party not in holders:
        raise Unproven(f"the words have {holders[-1]} hold the position, not {party}")
    if not holders and _addressed(verifier, parsed, sentence, party):
        raise Unproven(f"the words are said to {party}, not by it")
    if holders or _first_person(verifier, parsed, sentence, party):
        return
    if not any(verifier.names(near, party) for near in (verifier.paragraph(place), *spans)):
        raise Unproven(f"nothing near the position says that it is {party}’s")


def _addressed(verifier: Verifier, parsed: Tokens | None, sentence: Sentence, party: str) -> bool:
    """Whether "we" do something to a party: "we have asked Chile to …" is not Chile’s wish."""
    for subject in doer(parsed) if parsed else ():
        if subject.lower_ not in _TOPICS.ourselves:
            continue
        for thing in (child for child in subject.head.children if child.dep_ == "dobj"):
            start = thing.left_edge.idx + sentence.shift
            span = Span(start, thing.idx + len(thing) + sentence.shift)
            if any(mention.code == party for mention in verifier.annotated.parties_in(span)):
                return True
    return False


def _first_person(verifier: Verifier, parsed: Tokens | None, sentence: Sentence, party: str) -> bool:
    """Whether "we" hold a position in a sentence that names the other of two parties."""
    ours = any(subject.lower_ in _TOPICS.ourselves for subject in (doer(parsed) if parsed else ()))
    named = {mention.code for mention in verifier.parties_in(Span(sentence.start, sentence.end))}
    return ours and len(verifier.parties) == 2 and named == set(verifier.parties) - {party}


def _titled(verifier: Verifier, words: str, spans: Sequence[Span]) -> str:
    """The words that name a stake. Raises Unproven where they do not stand, or tell of a deed that is denied."""
    place = verifier.inside(words, "the title", *spans)
    parsed = verifier.annotated.parsed(place)
    if parsed and parsed.root.pos_ in VERBS:
        verifier.affirmed(place)
    return verifier.stands(words, "the title", *spans)


def _place(verifier: Verifier, proposal: StakeProposal) -> tuple[Span, Certainty | None]:
    """Where the quote stands. Of the headline and the deck, only what the body does not bear out is a fact: a claim."""
    document = verifier.document
    place = locate(document.text, proposal.quote, proposal.at)
    if place and document.region_at(place.start) in {"headline", "deck"}:
        span = verifier.annotated.read(place)
        if span in overclaims(verifier.annotated):
            return span, "claimed"
    return verifier.quoted(proposal), None


def _position_in(position: PositionAnswer, numbered: Numbered) -> PositionProposal:
    wants = {position.wants: position.words}
    spans = numbered.sources(position.s)
    return PositionProposal(party=position.party, spans=[(span.start, span.end) for span in spans], **wants)


def answered(item: StakeAnswer, numbered: Numbered) -> list[StakeProposal]:
    """What an item of a model's answer proposes. Raises NoSuchSentence."""
    return [
        StakeProposal(
            **numbered.place(item.s),
            topic=item.topic,
            title=item.title,
            summary=numbered.annotated.words(numbered.span(min(item.s))),
            positions=[_position_in(position, numbered) for position in item.positions],
            at_risk=item.at_risk,
        )
    ]


def verify(verifier: Verifier, proposal: StakeProposal, leaves: Leaves, known: Container[str]) -> Stake:
    span, certainty = _place(verifier, proposal)
    beside = verifier.cited(proposal.beside)
    spans = [span, *beside]
    positions = leaves.each(
        "positions", proposal.positions, lambda position: _position(verifier, position, spans)
    )
    at_risk = leaves.optional(
        "at_risk",
        proposal.at_risk,
        lambda words: verifier.stands(words, "what is at risk", verifier.paragraph(span), *beside),
    )
    summary, found = verifier.told(proposal.summary, *spans)
    if not found:
        leaves.failed.append(("summary", "it does not stand in the quote, whose words are told instead"))
    if positions:
        leaves.quoted()  # whose wish it is, and which, no rule reads
    broader = proposal.topic.partition(".")[0]
    topic = next((one for one in (proposal.topic, broader) if one in TOPICS), "other")
    if topic not in {proposal.topic, broader}:
        leaves.failed.append(("topic", f"there is no topic {proposal.topic!r}: it counts as other"))
    leaves.judged(topic, classify(verifier.words(span), _TOPICS.topics, "other"))
    named = leaves.optional("title", proposal.title, lambda words: _titled(verifier, words, spans))
    if proposal.title and not (named or positions or at_risk):
        raise Unproven(leaves.failed[-1][1])  # nothing that it copies stands
    key = f"{topic}|{named}" if named else topic
    return Stake(
        **verifier.shared("stake", spans, key, leaves, certainty),
        topic=topic,
        title=named,
        summary=summary,
        positions=positions,
        at_risk=at_risk,
    )

"""What is on the table, and what a side asks, offers or refuses."""

import re
from collections import defaultdict
from collections.abc import Iterator

from pipeline.documents.document import Span
from pipeline.extraction.verifier import Unproven, Verifier
from pipeline.language.annotate import Annotated, Sentence
from pipeline.language.commitments import Commitment, asserted, claimed, of_one, same_matter
from pipeline.language.lexicons import classify, lexicon
from pipeline.language.matching import locate
from schemas import Position, Stake
from schemas.proposals import PositionProposal, StakeProposal
from schemas.vocabulary import TOPICS, Certainty

_TOPICS = lexicon.topics
_SPEECH = re.compile(r"[“\"]")
_SHORT = 50
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
        proposals.append(StakeProposal(quote=quote, at=at, topic=topic, summary=sentence.text))
    return [*proposals, *_overclaimed(annotated)]


def _position(verifier: Verifier, proposal: PositionProposal, span: Span) -> Position:
    """What a party wants, in words of the quote; the party named in its sentence, or in the paragraph of a pronoun."""
    party = verifier.party(proposal.party)
    named = {mention.code for mention in verifier.parties_in(verifier.sentence(span))}
    if party not in named if named else not verifier.names(verifier.paragraph(span), party):
        raise Unproven(f"nothing near the position says that it is {party}’s")
    wants = {"ask": proposal.ask, "offer": proposal.offer, "red_line": proposal.red_line}
    for name, words in wants.items():
        place = verifier.inside(words, "the position", span) if words else None
        if place and name != "red_line":
            verifier.affirmed(place)
    return Position(
        party=party, **{name: verifier.told(words, span) if words else None for name, words in wants.items()}
    )


def _place(verifier: Verifier, proposal: StakeProposal) -> tuple[Span, Certainty | None]:
    """Where the quote stands. Of the headline and the deck, only what the body does not bear out is a fact: a claim."""
    document = verifier.document
    place = locate(document.text, proposal.quote, proposal.at)
    if place and document.region_at(place.start) in {"headline", "deck"}:
        span = verifier.annotated.read(place)
        if span in overclaims(verifier.annotated):
            return span, "claimed"
    return verifier.quoted(proposal), None


def verify(verifier: Verifier, proposal: StakeProposal) -> Stake:
    span, certainty = _place(verifier, proposal)
    return Stake(
        **verifier.shared("stake", span, proposal.topic, certainty),
        topic=proposal.topic if proposal.topic in TOPICS else "other",
        summary=verifier.told(proposal.summary, span),
        positions=[_position(verifier, position, span) for position in proposal.positions],
        at_risk=(
            verifier.stands(proposal.at_risk, "what is at risk", verifier.paragraph(span))
            if proposal.at_risk
            else None
        ),
    )

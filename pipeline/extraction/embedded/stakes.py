"""What is on the table: sentences that put a topic before the parties."""

import re
from collections import defaultdict
from collections.abc import Iterator

from pipeline.documents.document import Document
from pipeline.language.commitments import overclaims
from pipeline.language.lexicons import classify, lexicon
from pipeline.language.parties import mentions
from pipeline.language.passages import Sentence, quoted
from schemas.proposals import StakeProposal

_SPEECH = re.compile(r"[“\"]")
_SHORT = 50
_TERMS = 4


def _score(sentence: Sentence, hits: int, parties: frozenset[str]) -> float:
    """How well a sentence tells what is at stake: topic words, what is done about them, the parties."""
    text = sentence.text
    named = {mention.code for mention in mentions(text) if mention.code in parties}
    on_the_table = len(list(lexicon.topics.on_the_table.finditer(text)))
    score = 2.0 * min(hits, 2) + 1.5 * min(on_the_table, 3) + len(named)
    score -= 2.0 * bool(_SPEECH.search(text)) + 2.0 * (len(text) < _SHORT)
    return score - 0.02 * sentence.index


def _wished(sentence: Sentence, parties: frozenset[str]) -> str | None:
    """The first topic of a sentence in which a party says what it wants."""
    text = sentence.text
    wish = lexicon.topics.wishes.search(text)
    if wish is None or _SPEECH.search(text) or len(text) < _SHORT:
        return None
    if not any(m.code in parties and not m.place and m.end <= wish.start() for m in mentions(text)):
        return None
    return classify(text, lexicon.topics.topics, "") or None


def _overclaimed(document: Document) -> Iterator[StakeProposal]:
    """What the headline or the deck says as a fact, and the body as somebody's claim: shown, as a stake of its own."""
    for span, _ in overclaims(document):
        quote = document.text[span.start : span.end]
        topic = classify(quote, lexicon.topics.topics, "other")
        yield StakeProposal(quote=quote, at=span.start, topic=topic, summary=quote)


def find_stakes(
    document: Document, sentences: list[Sentence], parties: frozenset[str]
) -> list[StakeProposal]:
    """The best sentence for each topic; in a text of terms (bullets, items), each item's first topic too."""
    ranked: dict[str, list[tuple[float, int]]] = defaultdict(list)
    terms = sum(sentence.passage.bullet for sentence in sentences) >= _TERMS
    taken: set[tuple[int, str]] = set()
    for sentence in sentences:
        if not lexicon.topics.on_the_table.search(sentence.text):
            continue
        hits = {row.name: len(list(row.words.finditer(sentence.text))) for row in lexicon.topics.topics}
        hits = {topic: count for topic, count in hits.items() if count}
        for topic, count in hits.items():
            ranked[topic].append((-_score(sentence, count, parties), sentence.index))
        if terms and hits:
            taken.add((sentence.index, next(iter(hits))))
    taken |= {(min(entries)[1], topic) for topic, entries in ranked.items()}
    chosen = {index for index, _ in taken}
    for sentence in sentences:
        if sentence.index not in chosen and (wished := _wished(sentence, parties)):
            taken.add((sentence.index, wished))
    proposals = []
    for index, topic in sorted(taken):
        sentence = sentences[index]
        quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
        proposals.append(StakeProposal(quote=quote, at=at, topic=topic, summary=sentence.text))
    return [*proposals, *_overclaimed(document)]

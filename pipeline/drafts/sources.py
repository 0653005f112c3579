"""SourceTexts as a draft is checked against them: what each says where, and which words stand around it."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from heapq import nlargest

from msgspec import Struct
from Stemmer import Stemmer

from pipeline.documents.document import Document, Span, inside, touching
from pipeline.drafts.items import NamedPerson, Value, names_in
from pipeline.language.annotate import Annotated
from pipeline.language.matching import fold
from pipeline.language.people import Person

_WORD = re.compile(r"[^\W\d_]+")
_BESIDE = 0.5
"""What a word of a sentence beside counts, of one in the sentence itself."""
WordWeights = Mapping[str, float]
"""Stems of the words around a place, and how much each counts."""


class SourcePlace(Struct, frozen=True):
    """A place of a source; offsets are of its document."""

    document: Document
    start: int
    end: int

    @property
    def exact(self) -> str:
        return self.document.text[self.start : self.end]


class Mentioned(Struct, frozen=True):
    """What a source says at a place, and the words around it."""

    place: SourcePlace
    means: Value
    around: WordWeights


class Surroundings:
    """The words around places of one text, found once a sentence."""

    def __init__(self, annotated: Annotated) -> None:
        self._annotated = annotated

    @cached_property
    def stems(self) -> list[frozenset[str]]:
        """Of each sentence, with the codes of the parties that it names."""
        read = self._annotated
        return [
            word_stems(one.text) | {party.code for party in inside(read.parties, one.start, one.end)}
            for one in read.sentences
        ]

    def around(self, start: int, end: int) -> WordWeights:
        whole = touching(self._annotated.sentences, start, end)
        if not whole:
            return dict.fromkeys(word_stems(self._annotated.text[start:end]), 1.0)
        first, last = whole[0].index, whole[-1].index
        words: dict[str, float] = {}
        for index in range(max(first - 1, 0), min(last + 2, len(self.stems))):
            within = first <= index <= last
            if within or self._annotated.sentences[index].passage is whole[0].passage:
                for word in self.stems[index]:
                    words[word] = max(words.get(word, 0), 1.0 if within else _BESIDE)
        return words


class SourceTexts:
    """What a draft is checked against.

    Quotations and names are looked for in all documents, what must be read to be found in those that are `read`.
    """

    def __init__(self, documents: Sequence[Document], read: Sequence[Annotated]) -> None:
        self.documents = documents
        self.read = read
        self._surroundings = [Surroundings(source) for source in read]

    @cached_property
    def quantities(self) -> list[Mentioned]:
        return [
            self._mentioned(index, one) for index, source in enumerate(self.read) for one in source.quantities
        ]

    @cached_property
    def dates(self) -> list[Mentioned]:
        return [
            self._mentioned(index, one)
            for index, source in enumerate(self.read)
            for one in source.dates
            if one.date.earliest
        ]

    @cached_property
    def people(self) -> list[tuple[SourcePlace, Person]]:
        """Everybody with an office."""
        return [(place_of(source, one.start, one.end), one) for source in self.read for one in source.people]

    @cached_property
    def others(self) -> list[tuple[SourcePlace, NamedPerson]]:
        """Everybody else who is named in full."""
        return [
            (place_of(source, one.start, one.end), one) for source in self.read for one in names_in(source)
        ]

    @cached_property
    def names(self) -> set[str]:
        """Of everybody with an office."""
        return {one.name for _, one in self.people}

    @cached_property
    def _having(self) -> dict[str, list[tuple[int, int]]]:
        """The sentences that have a word, each by its source's number and its own."""
        having: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, around in enumerate(self._surroundings):
            for index, words in enumerate(around.stems):
                for word in words:
                    having[word].append((number, index))
        return having

    @cached_property
    def _sentences(self) -> int:
        return sum(len(source.sentences) for source in self.read)

    def weight(self, word: str) -> float:
        """How much a word tells: the fewer sentences have it, the more; one that none has tells nothing."""
        having = len(self._having.get(word, ()))
        return math.log(1 + self._sentences / having) if having else 0.0

    def alike(self, left: WordWeights, right: WordWeights) -> float:
        """How much two places speak of the same."""
        return sum(
            self.weight(word) * left[word] * right[word] for word in sorted(left.keys() & right.keys())
        )

    def sentences_like(self, words: frozenset[str], most: int) -> Iterator[tuple[Annotated, int]]:
        """The sentences that share most with some words, each with its number in its source."""
        scores: dict[tuple[int, int], float] = defaultdict(float)
        for word in sorted(words):
            for place in self._having.get(word, ()):
                scores[place] += self.weight(word)
        for number, index in nlargest(most, scores, key=lambda place: scores[place]):
            yield self.read[number], index

    def _mentioned(self, number: int, one: Value) -> Mentioned:
        place = place_of(self.read[number], one.start, one.end)
        return Mentioned(place, one, self._surroundings[number].around(one.start, one.end))


def place_of(source: Annotated, start: int, end: int) -> SourcePlace:
    """The place in the document of a place in the annotated text."""
    span: Span = source.source(start, end)
    return SourcePlace(source.document, span.start, span.end)


def word_stems(text: str) -> frozenset[str]:
    """The words of a text without endings; numbers are none."""
    return frozenset(Stemmer("english").stemWords(_WORD.findall(fold(text))))


def most_alike(text: str, documents: Sequence[Document], chars: int) -> list[Document]:
    """The documents that share most words with a text, those that few have counting more, up to so many characters."""
    wanted = word_stems(text)
    shared = [wanted & word_stems(document.text) for document in documents]
    having = Counter(word for words in shared for word in words)
    scores = [sum(math.log(1 + len(documents) / having[word]) for word in sorted(words)) for words in shared]
    chosen: list[Document] = []
    for _, document in sorted(zip(scores, documents, strict=True), key=lambda each: -each[0]):
        if len(document.text) <= chars:
            chars -= len(document.text)
            chosen.append(document)
    return chosen

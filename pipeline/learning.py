"""What annotated documents teach the embedded extractor: which are about trade talks, and which sentences tell stakes.

Both are learnt by logistic regression over named signs; the weights are data of a lexicon.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec import Struct, structs

from pipeline.documents.document import Document
from pipeline.evaluation import Gold
from pipeline.extraction.kinds import stakes, talks
from pipeline.language.annotate import annotate
from pipeline.language.lexicons import Signs
from pipeline.language.lexicons.schema import Relevance, Stakes, Weighed
from pipeline.language.matching import find

TOLD = 1.4
"""Stakes to tell for each that is annotated: annotators name the main ones."""
_FOLDS = 10
_STEPS = 25
"""Steps of Newton's method, of which a few are enough."""
_HELD, _HELD_OF_TALKS = 60.0, 0.7
"""Penalty on the square of a weight: there are fewer documents than sentences."""
_PAGE, _FEWEST, _SHARE = 0.5, 6, 0.25
"""What is not learnt, as `Stakes` says of each."""
_FAR, _NEAR = 10.0, 0.001
"""Between which scores the line is looked for, and how closely."""

Page = TypeVar("Page")


class Example(Struct, frozen=True, kw_only=True):
    """The sentences of a document as what is at stake is learnt from them.

    `told`: the annotated stakes that each sentence tells, by number; `wanted`: how many there are.
    """

    name: str
    signs: list[Signs]
    told: list[set[int]]
    wanted: int


class PageExample(Struct, frozen=True, kw_only=True):
    """A document as it is learnt from what is about trade talks; `told`: whether it is."""

    name: str
    signs: Signs
    told: bool


class Learnt(Struct, frozen=True, kw_only=True):
    """Weights, and how well they found the stakes of pages that they were not learnt from.

    `recall`: of the annotated stakes; `told`: stakes told for each of these.
    """

    weights: Stakes
    recall: float
    told: float


class LearntTalks(Struct, frozen=True, kw_only=True):
    """Weights, and how well they told talks from other matters on pages that they were not learnt from.

    `missed`: of those about trade talks; `mistaken`: of the others.
    """

    weights: Relevance
    missed: int
    mistaken: int


def read_example(name: str, document: Document, gold: Gold) -> Example:
    """A document with its annotations. Where no talks are read in it, the parties are the annotator's."""
    annotated = annotate(document)
    read = talks.propose(annotated)
    parties = frozenset(read.parties if read else gold.negotiation.parties)
    wanted = [find(document.text, stake.quote) for stake in gold.stakes or () if stake.must and stake.holds]
    places = [annotated.source(sentence.start, sentence.end) for sentence in annotated.body]
    told = [
        {i for i, spans in enumerate(wanted) if any(s.start < at.end and at.start < s.end for s in spans)}
        for at in places
    ]
    return Example(name=name, signs=stakes.signs(annotated, parties), told=told, wanted=len(wanted))


def read_page(name: str, document: Document, gold: Gold) -> PageExample | None:
    """A document as one about trade talks, or about another matter; None where no two parties are found in it.

    None, too, where it is a note, of which nothing is weighed.
    """
    annotated = annotate(document)
    parties = talks.sides(annotated)
    if len(parties) < 2 or talks.is_note(annotated):
        return None
    return PageExample(
        name=name, signs=talks.page_signs(annotated, parties), told=bool(gold.negotiation.is_negotiation)
    )


def learn(pages: Sequence[Example], told: float = TOLD) -> Learnt:
    """What tells a stake, learnt from two pages or more; so many are to be told for each annotated one.

    Every page is judged by weights learnt from others, and where the line is drawn is read off these judgements. The
    same pages give the same weights.
    """
    judged = [(fold, _of_stakes(others)) for fold, others in _folds(pages)]
    wanted = sum(page.wanted for page in pages)

    def found(least: float) -> tuple[int, int]:
        """How many annotated stakes are found, and how many sentences are told."""
        hits = many = 0
        for fold, weights in judged:
            for page in fold:
                best = stakes.best(page.signs, structs.replace(weights, least=least))
                many += len(best)
                hits += len({stake for at in best for stake in page.told[at]})
        return hits, many

    low, high = -_FAR, _FAR
    while high - low > _NEAR:
        middle = (low + high) / 2
        low, high = (middle, high) if found(middle)[1] > told * wanted else (low, middle)
    least = round(high, 2)
    hits, many = found(least)
    weights = structs.replace(_of_stakes(pages), least=least)
    return Learnt(weights=weights, recall=hits / wanted, told=many / wanted)


def learn_talks(pages: Sequence[PageExample]) -> LearntTalks:
    """What tells a page about trade talks from another, learnt from some of each; both count for the same.

    The same pages give the same weights.
    """
    folds = [(fold, _of_talks(others)) for fold, others in _folds(pages)]
    judged = [(page.told, weights.score(page.signs) > 0) for fold, weights in folds for page in fold]
    return LearntTalks(
        weights=_of_talks(pages), missed=judged.count((True, False)), mistaken=judged.count((False, True))
    )


def _folds(pages: Sequence[Page]) -> Iterable[tuple[Sequence[Page], list[Page]]]:
    """Each tenth of some pages, with the others."""
    for first in range(min(_FOLDS, len(pages))):
        yield pages[first::_FOLDS], [page for at, page in enumerate(pages) if at % _FOLDS != first]


def _of_stakes(pages: Sequence[Example]) -> Stakes:
    rows = [signs for page in pages for signs in page.signs]
    told = [bool(stakes) for page in pages for stakes in page.told]
    base, weights = _fitted(rows, told, [1.0] * len(rows), _HELD)
    return Stakes(base=base, page=_PAGE, least=0.0, fewest=_FEWEST, share=_SHARE, weights=weights)


def _of_talks(pages: Sequence[PageExample]) -> Relevance:
    told = [page.told for page in pages]
    others = max(told.count(False), 1)
    counts = [1.0 if one else told.count(True) / others for one in told]
    base, weights = _fitted([page.signs for page in pages], told, counts, _HELD_OF_TALKS)
    return Relevance(base=base, weights=weights)


def _fitted(
    rows: Sequence[Signs], told: Sequence[bool], counts: Sequence[float], held: float
) -> tuple[float, dict[str, float]]:
    """The base and the weights by Newton's method, held small, on signs of which each varies as much as the others.

    `counts`: for how many each row counts.
    """
    import numpy as np

    names = sorted({name for signs in rows for name in signs})
    table = np.array([[signs.get(name, 0.0) for name in names] for signs in rows])
    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread == 0] = 1.0
    known = np.hstack([np.ones((len(rows), 1)), (table - mean) / spread])
    penalty = np.diag([0.0] + [held] * len(names))
    many, truth = np.array(counts), np.array(told, float)
    weights = np.zeros(len(names) + 1)
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-known @ weights))
        slope = known.T @ (many * (likely - truth)) + penalty @ weights
        bend = (known.T * (many * likely * (1 - likely))) @ known + penalty
        weights = weights - np.linalg.solve(bend, slope)
    each = weights[1:] / spread
    base = round(float(weights[0] - mean @ each), 2)
    return base, {name: value for name, w in zip(names, each, strict=True) if (value := round(float(w), 2))}


def as_lexicon(learnt: Learnt, pages: int) -> str:
    """The `stakes.toml` of a lexicon, with how well its weights did, learnt from so many pages."""
    return _file(
        learnt.weights,
        "What weighs for and against a sentence as one that tells what is at stake.",
        f"Learnt from {pages} documents. Of what is at stake in each of them, weights learnt from the others",
        f"find {learnt.recall:.2f}, and tell {learnt.told:.2f} for each that is annotated.",
    )


def as_talks_lexicon(learnt: LearntTalks, pages: Sequence[PageExample]) -> str:
    """The `relevance.toml` of a lexicon, with how well its weights did, learnt from some pages."""
    about = sum(page.told for page in pages)
    return _file(
        learnt.weights,
        "What weighs for and against a text as one about trade talks between the parties found in it.",
        f"Learnt from {about} documents about such talks and {len(pages) - about} others. By weights learnt from the",
        f"others, {learnt.missed} of those would not be seen, and {learnt.mistaken} of these taken for talks.",
    )


def _file(weights: Weighed, *about: str) -> str:
    keys = structs.asdict(weights)
    signs = keys.pop("weights")
    lines = (
        *(f"# {line}" for line in about),
        *(f"{name} = {value}" for name, value in keys.items()),
        "\n[weights]",
        *(f"{name} = {value}" for name, value in signs.items()),
    )
    return "\n".join(lines) + "\n"

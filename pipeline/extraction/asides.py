"""Which passages of a text tell nothing of its talks: those on the talks of others, bystanders and markets."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from pipeline.documents.document import inside
from pipeline.language.annotate import Annotated, Sentence
from pipeline.language.clauses import SUBJECTS
from pipeline.language.lexicons import UPPER, lexicon
from pipeline.language.parties import Mention, with_kin

if TYPE_CHECKING:
    from spacy.tokens import Token

_TALKS = lexicon.talks
_NAMES_MEETING = re.compile(rf"\s(?:{_TALKS.talk.any}|{_TALKS.rounds.any})\b")
"""Behind a city that talks are called by: "the London talks"."""
_TALKS_WITH = re.compile(rf"\b(?:{_TALKS.tables.any}|discuss\w*(?: [\w’'-]+){{0,5}}) with (?:the )?{UPPER}")
_DEALS_WITH = re.compile(r"(?:[’']s?)?(?: [\w’-]+){0,4} (?:and|with) (?:the )?|[–-]")
_AGAIN = 3
"""So many times at least."""
_QUOTATIONS = re.compile(rf"{lexicon.figures.quoted.any}(?: [\w’'-]+){{0,5}}: ")
"""What opens a line of prices: "Prices at the farm gate: soybeans 118.40 a bag"."""
_REPORTED = {"ccomp", "parataxis"}


def asides(annotated: Annotated, parties: Collection[str]) -> set[int]:
    """The sentences of the body that tell nothing of the parties' talks, by `Sentence.index`."""
    return of_others(annotated, parties) | _of_markets(annotated)


def of_others(annotated: Annotated, parties: Collection[str]) -> set[int]:
    """The sentences of the body that tell of others than the parties, by `Sentence.index`.

    Such a passage begins where somebody else is named who bargains, alone or with one of the parties, or is a paragraph
    that begins with somebody else and tells of talks, or names nobody else; it ends with its paragraph, or with the
    answer where that is a question, or where the parties are named together again.
    """
    sides = with_kin(parties)
    found: set[int] = set()
    passage, elsewhere, asked = None, False, False
    before: list[int] = []
    for sentence in annotated.body:
        here = [m for m in inside(annotated.parties, sentence.start, sentence.end) if not m.place]
        ours = [mention for mention in here if mention.code in parties]
        others = [
            mention
            for mention in here
            if mention.code not in {*sides, *_TALKS.admitting}
            and not _NAMES_MEETING.match(annotated.text, mention.end)
        ]
        opens = sentence.passage is not passage
        if opens:
            passage, elsewhere, before = sentence.passage, elsewhere and asked, []
        asked = sentence.text.rstrip().endswith("?")
        if len({mention.code for mention in ours}) > 1:
            elsewhere, before = False, []
        elif others and (
            _deal(annotated.text, sentence, ours, others)
            or (opens and not ours and _is_about(annotated, sentence, sides, others))
        ):
            elsewhere = True
            found.update(before)
        if elsewhere:
            found.add(sentence.index)
        elif others or before:
            before.append(sentence.index)
    return found


def _is_about(
    annotated: Annotated, sentence: Sentence, sides: Collection[str], others: Sequence[Mention]
) -> bool:
    """Whether the paragraph that a sentence opens is about others: it tells of talks and names them again and again, or
    begins with what they do and names nobody of the talks.
    """
    start, end = sentence.start, sentence.passage.end
    codes = {mention.code for mention in others}
    named = inside(annotated.parties, start, end)
    often = sum(mention.code in codes for mention in named) >= _AGAIN
    if often and _TALKS.talk.search(annotated.text, start, end):
        return True
    alone = not any(mention.code in sides for mention in named)
    return alone and any(_acts(sentence, mention) for mention in others)


def _acts(sentence: Sentence, mention: Mention) -> bool:
    """Whether somebody is the subject of a sentence."""
    at = mention.start - sentence.shift
    return any(
        word.dep_ in SUBJECTS and word.head == word.sent.root and word.idx == at
        for word in sentence.tokens or ()
    )


def _deal(text: str, sentence: Sentence, ours: Sequence[Mention], others: Sequence[Mention]) -> bool:
    """Whether a sentence has others deal with each other, or with one of the parties."""
    if not ours and _TALKS_WITH.search(sentence.text):
        return True
    if not _TALKS.dealings.search(sentence.text):
        return False
    if not ours:
        return len({mention.code for mention in others}) > 1
    pairs = ((min(one, other, key=_start), max(one, other, key=_start)) for one in ours for other in others)
    return any(_DEALS_WITH.fullmatch(text, first.end, second.start) for first, second in pairs)


def _start(mention: Mention) -> int:
    return mention.start


def _of_markets(annotated: Annotated) -> set[int]:
    """The sentences that tell how shares, stocks or an index went, and nothing of talks."""
    return {
        sentence.index
        for sentence in annotated.body
        if not _TALKS.dealings.search(sentence.text)
        and (_QUOTATIONS.match(sentence.text) or any(_is_traded(word) for word in sentence.tokens or ()))
    }


def _is_traded(word: Token) -> bool:
    """Whether it is the subject of the main clause, or of what somebody reports, and traded."""
    if word.dep_ not in SUBJECTS:
        return False
    root = word.sent.root
    if not (word.head == root or (word.head.head == root and word.head.dep_ in _REPORTED)):
        return False
    words = word.doc[word.left_edge.i : word.right_edge.i + 1].text
    return lexicon.figures.traded.search(words) is not None

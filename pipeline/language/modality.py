"""What the rest of a sentence does to words that are quoted from it: a "not" or a hedge may stand outside the quote."""

import re

from pipeline.documents.document import Span
from pipeline.language.folding import visible
from pipeline.language.lexicons import UPPER, lexicon

_END = re.compile(rf"[.!?][\"'”’)\]]*\s+(?={UPPER}|[“\"‘(\d])|\n\s*\n|\n\s*(?=[-*•]\s)|\n(?={UPPER}|[“\"])")
_ABBREVIATED = re.compile(rf"(?:\b{UPPER}|\b(?:Mr|Mrs|Ms|Dr|St|No|vs|Sen|Gen|Gov|Rep))\.\s*$")
_GOES_ON = re.compile(
    r"(?:[,(-]|\b(?:a|an|and|as|at|between|by|for|from|in|into|its|nor|of|on|or|that|the|their|to|with))$"
)
_LINE = 50
_CLAUSE = re.compile(r"[,;:—–“”\"()]|\s-\s|\b(?:but|and|while|although|because|so)\b")
_NOT_BEFORE = re.compile(
    rf"(?<!\w){lexicon.modality.not_before.any}(?:\s+[\w’'-]+){{0,4}}\s*$", re.IGNORECASE
)
_UNTRUE_BEFORE = re.compile(
    rf"(?<!\w){lexicon.modality.untrue_before.any}(?:\s+[\w’'%$€£.-]+){{0,20}}\s*$", re.IGNORECASE
)
_NOT_AFTER = re.compile(rf"^\W{{0,4}}\s*(?:[\w’']+\s+){{0,3}}{lexicon.modality.not_after.any}", re.IGNORECASE)
_UNTRUE_AFTER = re.compile(
    rf"^\W{{0,4}}\s*(?:[\w’'”\"]+\s+){{0,8}}{lexicon.modality.untrue_after.any}", re.IGNORECASE
)
_FAR = 600


def _wrapped(end: re.Match[str]) -> bool:
    """Whether a line only breaks here and its sentence goes on."""
    if end[0] != "\n":
        return False
    line = end.string[end.string.rfind("\n", 0, end.start()) + 1 : end.start()].rstrip()
    ended = line.endswith((".", "!", "?", ":", ";", "”", '"'))
    return not ended and (len(line) >= _LINE or _GOES_ON.search(line) is not None)


def sentence_around(text: str, span: Span) -> Span:
    """The whole sentence (or list item) that a span stands in; several, where it spans several."""
    left = max(span.start - _FAR, 0)
    ends = [m for m in _END.finditer(text, left, span.start + 1) if m.end() <= span.start]
    ends = [m for m in ends if not _ABBREVIATED.search(text[left : m.start() + 1]) and not _wrapped(m)]
    start = ends[-1].end() if ends else left
    after = (
        m
        for m in _END.finditer(text, max(span.end - 2, span.start), span.end + _FAR)
        if m.end() > span.end - 1
    )
    end = next(
        (m for m in after if not _ABBREVIATED.search(text[span.start : m.start() + 1]) and not _wrapped(m)),
        None,
    )
    stop = end.start() + len(end[0].rstrip()) if end else min(span.end + _FAR, len(text))
    return Span(min(start, span.start), max(stop, span.end))


def turned(text: str, span: Span) -> bool:
    """Whether the sentence, outside the span, says the opposite of what the span says."""
    whole = sentence_around(text, span)
    before = " ".join(_CLAUSE.split(visible(text[whole.start : span.start]))[-1].split())
    after = " ".join(visible(text[span.end : whole.end]).split())
    return any(
        (
            _NOT_BEFORE.search(before),
            _UNTRUE_BEFORE.search(before),
            _NOT_AFTER.search(after),
            _UNTRUE_AFTER.search(after),
        )
    )


def absent(sentence: str) -> bool:
    """Whether a sentence tells who is not there."""
    return bool(lexicon.modality.absent.search(sentence))

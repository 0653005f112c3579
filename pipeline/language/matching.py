"""Exact matching of quotes: text folded for comparison, with the way back to the source's own characters. Never fuzzy.

Folding makes typographic variants equal (quotation marks, dashes, white space, compatibility forms, case, what is
invisible, Markdown, footnote markers) and nothing else: a changed word, number, name or "not" never folds away.
Here too is which quotation marks of a text belong together.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from pipeline.documents.document import Span
from pipeline.documents.language import unspaced

_QUOTES = dict.fromkeys(map(ord, "\"'`´‘’‚‛“”„‟‹›«»′″＂＇"), "'")
_DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−﹘﹣－"), "-")
_TABLE = {**_QUOTES, **_DASHES}
_SQUEEZED = " -"
_MARKUP = re.compile(
    r"(?<!\d)\*+|\*+(?!\d)|(?<![^\W_])_+(?=\w)|(?<=[^\W_])_+(?!\w)|\\(?=[^\w\s])|\[\d{1,3}\](?!\d)"
)
"""Emphasis and escapes of Markdown, footnote markers: a quote may leave them out."""
_PLAIN = re.compile(r"[A-Za-z0-9]{2,}")
"""Of which folding changes the case alone."""
_NUMBER_GOES_ON = re.compile(r"[.,:/'’]\d")
_EDGE = 4
_SHORT = 2_000
"""Texts of fewer characters are compared again and again, as the statements of a round are."""


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    replaced = character.translate(_TABLE)
    if replaced != character:
        return replaced
    if character.isspace():
        return " "
    if unicodedata.category(character) == "Cf":
        return ""
    return unicodedata.normalize("NFKD", character).casefold().translate(_TABLE)


_FOLDED = {chr(code): _fold_character(chr(code)) for code in range(128)}


class Folded:
    """Folded text; `origin[i]` is the source offset of folded character `i`."""

    __slots__ = ("origin", "text")

    def __init__(self, source: str) -> None:
        characters: list[str] = []
        origin: list[int] = []
        last = ""
        edge = 0
        markup = {offset for match in _MARKUP.finditer(source) for offset in range(*match.span())}

        def keep(start: int, end: int) -> None:
            nonlocal last
            for offset in range(start, end):
                if offset in markup:
                    continue
                character = source[offset]
                for folded in _FOLDED.get(character) or _fold_character(character):
                    if folded == last and folded in _SQUEEZED:
                        continue
                    characters.append(folded)
                    origin.append(offset)
                    last = folded

        for word in () if markup else _PLAIN.finditer(source):
            keep(edge, word.start())
            edge = word.end()
            characters.append(word[0].lower())
            origin.extend(range(word.start(), edge))
            last = characters[-1]
        keep(edge, len(source))
        self.text = "".join(characters)
        self.origin = origin

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of folded `start` to `end`, trailing marks of the last character included."""
        last = self.origin[end - 1]
        return self.origin[start], last + 1


@lru_cache(maxsize=32)
def folded(source: str) -> Folded:
    return Folded(source)


def fold(text: str) -> str:
    """Folded text without the way back, white space at both ends left out."""
    return _fold_short(text) if len(text) <= _SHORT else Folded(text).text.strip()


@lru_cache(maxsize=20_000)
def _fold_short(text: str) -> str:
    return Folded(text).text.strip()


def splits_word(text: str, start: int, end: int) -> bool:
    """Whether folded `start` to `end` cuts a word, a number or an accented letter in two."""
    before, first = text[start - 1 : start], text[start]
    last, after = text[end - 1], text[end : end + 1]
    if before.isalnum() and first.isalnum() and not unspaced(before + first):
        return True
    if after and unicodedata.combining(after):
        return True
    if last.isalnum() and after.isalnum() and not unspaced(last + after):
        return True
    if last.isdigit() and _NUMBER_GOES_ON.match(text, end):
        return True
    return first.isdigit() and start >= 2 and text[start - 1] in ".,:/'’" and text[start - 2].isdigit()


def occurrences(text: str, quote: str) -> Iterator[Span]:
    """Every place where `quote` stands in `text`, in order, as spans of the source's own characters.

    Quotation marks, dashes, white space, compatibility forms and case may differ; nothing else may.
    A match never cuts a word or a number: "14" is not found in "145", nor "5,864" in "5,864.60".
    """
    source, wanted = folded(text), fold(quote)
    if not any(character.isalnum() for character in wanted):
        return
    at = source.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not splits_word(source.text, at, end):
            yield _verbatim(text, quote.strip(), Span(*source.source_span(at, end)))
        at = source.text.find(wanted, at + 1)


def find(text: str, quote: str) -> list[Span]:
    """All `occurrences` of a quote."""
    return list(occurrences(text, quote))


def _verbatim(text: str, quote: str, span: Span) -> Span:
    """The span with the marks at its edges that folding leaves out, where the text has the quote as it is."""
    for start in range(max(span.start - _EDGE, 0), span.start + 1):
        if text.startswith(quote, start) and span.end <= start + len(quote) <= span.end + _EDGE:
            return Span(start, start + len(quote))
    return span


def first(text: str, quote: str) -> Span | None:
    """Where `quote` stands first as it is, else its first occurrence in another spelling."""
    plain = quote.strip()
    at = text.find(plain) if any(character.isalnum() for character in plain) else -1
    if at >= 0 and not splits_word(text, at, at + len(plain)):
        return Span(at, at + len(plain))
    return next(occurrences(text, quote), None)


def locate(text: str, quote: str, at: int | None = None) -> Span | None:
    """The place of `quote` that is nearest to `at`; without `at`, the first."""
    if at is None:
        return first(text, quote)
    if quote and text.startswith(quote, at):
        return Span(at, at + len(quote))
    return min(occurrences(text, quote), key=lambda span: abs(span.start - at), default=None)


_LONGEST_QUOTED = 3_000
"""Quotation marks that are further apart, in characters, are no pair."""
_LEFT_OUT = re.compile(r"\[[^\]]*\]|\(?(?:…|\.\.\.|\. \. \.)\)?")
_EDGES = " ,.;:!?"


def locate_quoted(text: str, words: str) -> Span | None:
    """Where words stand that somebody quotes: what stands in brackets or was left out (…) may be anything."""
    pieces = [piece.strip(_EDGES) for piece in _LEFT_OUT.split(words)]
    pieces = [piece for piece in pieces if any(character.isalnum() for character in piece)]
    if len(pieces) < 2:
        return locate(text, pieces[0]) if pieces else None
    for opening in occurrences(text, pieces[0]):
        end = opening.end
        for piece in pieces[1:]:
            going_on = next((one for one in occurrences(text, piece) if one.start >= end), None)
            if going_on is None:
                return None
            end = going_on.end
        if end - opening.start <= _LONGEST_QUOTED:
            return Span(opening.start, end)
    return None


_CLOSERS = {
    "“": "”", "„": "“”", "”": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹›", "‘": "’", "‚": "‘’", "'": "'", '"': '"',
    "``": "'",
}  # fmt: skip
_PAIRED = {
    mark: re.compile(rf"{mark}|''" if mark == "``" else f"[{mark}{c}]") for mark, c in _CLOSERS.items()
}
_OPENS = re.compile(r"[“„«‹](?=\s?\S)|(?<!\w)(?:[”»›](?=\w)|[‘‚'](?=[^\s’'])(?!\d\ds?\b)|\"(?=\S)|``(?=\S))")
_LOOSE = {"“": "”", "„": "”", "«": "»", "‹": "›", "``": "''"}
"""What closes also behind a space."""
_SINGLE = "‘‚'"
_UNSURE = re.compile(r"(?:(?<=\d)\"|(?<=s)['’])(?=\s[a-z])")
"""`6" wide`, "the farmers' share"."""


class Marked(Struct, frozen=True, kw_only=True):
    """Words between quotation marks, which reach from `opened` to `closed`.

    `resumes`: they go on from the paragraph before; `left_open`: they go on in the next.
    """

    opened: int
    start: int
    end: int
    closed: int
    resumes: bool = False
    left_open: bool = False


class Marks:
    """All that stands between quotation marks in a text; what is quoted in a quotation is a part of it."""

    def __init__(self, found: Iterable[Marked]) -> None:
        self.all = list(found)
        self._opened = [one.opened for one in self.all]

    def hold(self, at: int) -> bool:
        """Whether a place is between marks."""
        index = bisect_right(self._opened, at) - 1
        return index >= 0 and at < self.all[index].closed


_EXCERPTS, _EXCERPT = 4, 15
"""So many paragraphs, each of so many words, that stand whole between marks are what a digest takes from others."""
_SPOKEN = re.compile(r"\b(?:I|[Ww]e|[Oo]ur|my|us|me)\b")


def marks_of(text: str, paragraphs: Sequence[tuple[Span, Collection[int]]]) -> Marks:
    """What stands between marks in paragraphs, each with its apostrophes: marks that are an owner's.

    In a digest, whose paragraphs are others' and stand between marks, only what these quote is quoted.
    """
    paired = [_pairs(text, *paragraph) for paragraph in paragraphs]
    wrapped = [_wrapping(text, span, pairs) for (span, _), pairs in zip(paragraphs, paired, strict=True)]
    excerpts = [
        span
        for (span, _), mark in zip(paragraphs, wrapped, strict=True)
        if mark is not None and len(text[span.start : span.end].split()) >= _EXCERPT
    ]
    told = sum(not _SPOKEN.search(_unnested(text[span.start + 1 : span.end - 1])) for span in excerpts)
    if len(excerpts) >= _EXCERPTS and told > 0.7 * len(excerpts):
        for pairs, mark in zip(paired, wrapped, strict=True):
            if mark is not None:
                del pairs[mark]
    return Marks(_marked(text, paragraphs, paired))


def _wrapping(text: str, paragraph: Span, pairs: Mapping[int, tuple[str, int | None]]) -> int | None:
    """Where the marks open that a whole paragraph stands between."""
    opened = min(pairs, default=None)
    if opened is None or re.search(r"\w", text[paragraph.start : opened]):
        return None
    end = pairs[opened][1]
    return opened if end is not None and not re.search(r"\w", text[end : paragraph.end]) else None


def _unnested(text: str) -> str:
    """A paragraph without what is quoted in it."""
    return re.sub(r"‘[^‘]{0,400}?’(?!\w)|“[^“”]*”", "", text)


def _marked(
    text: str,
    paragraphs: Sequence[tuple[Span, Collection[int]]],
    paired: Sequence[Mapping[int, tuple[str, int | None]]],
) -> Iterator[Marked]:
    left_open: str | None = None
    for index, (paragraph, apostrophes) in enumerate(paragraphs):
        pairs = paired[index]
        at, resumes = paragraph.start, left_open is not None
        if left_open is not None and not _OPENS.match(text, at):
            end = _first_closing(text, left_open, paragraph, apostrophes)
            left_open = None
            if end is None:
                continue
            yield Marked(opened=at, start=at, end=end, closed=end + 1, resumes=True)
            at = end + 1
        left_open = None
        ahead = text[paragraphs[index + 1][0].start] if index + 1 < len(paragraphs) else ""
        for opened, (mark, end) in sorted(pairs.items()):
            start = opened + len(mark)
            goes_on = end is None and (mark not in _SINGLE or ahead == mark)
            if opened < at or (end is None and not goes_on):
                continue
            stop = paragraph.end if end is None else end
            if start < stop <= start + _LONGEST_QUOTED:
                at = min(stop + len(mark), paragraph.end)
                left_open = mark if goes_on else None
                continued = resumes and opened == paragraph.start
                yield Marked(
                    opened=opened, start=start, end=stop, closed=at, resumes=continued, left_open=goes_on
                )


def _pairs(text: str, paragraph: Span, apostrophes: Collection[int]) -> dict[int, tuple[str, int | None]]:
    """Where each mark that opens stands, with the place of its other half; None for the last that has none."""
    pairs: dict[int, tuple[str, int | None]] = {}
    for mark in _CLOSERS:
        if text.find(mark, paragraph.start, paragraph.end) < 0:
            continue
        alone: list[int] = []
        unsure: list[int] = []
        for found in _PAIRED[mark].finditer(text, paragraph.start, paragraph.end):
            at = found.start()
            if alone and _closes(text, mark, found):
                if at in apostrophes or _UNSURE.match(text, at):
                    unsure.append(at)
                else:
                    pairs[alone.pop()] = (mark, at)
            elif found[0] == mark and _OPENS.match(text, at):
                alone.append(at)
        for opened, limit in zip(alone, [*alone[1:], paragraph.end], strict=False):
            place = bisect_right(unsure, opened)
            if place < len(unsure) and unsure[place] < limit:
                pairs[opened] = (mark, unsure[place])
            elif limit == paragraph.end and not any(later > opened for later in pairs):
                pairs[opened] = (mark, None)
    return pairs


def _closes(text: str, mark: str, found: re.Match[str]) -> bool:
    tight = not text[found.start() - 1].isspace() and not text[found.end() : found.end() + 1].isalnum()
    if found[0] == mark and mark not in "'\"":
        return tight
    return (tight and found[0] != "``") or found[0] == _LOOSE.get(mark)


def _first_closing(text: str, mark: str, paragraph: Span, apostrophes: Collection[int]) -> int | None:
    """Where a paragraph closes what the one before has opened, before it opens anything itself."""
    for found in _PAIRED[mark].finditer(text, paragraph.start, paragraph.end):
        if found.start() > paragraph.start and _closes(text, mark, found):
            if found.start() not in apostrophes and not _UNSURE.match(text, found.start()):
                return found.start()
        elif _OPENS.match(text, found.start()):
            return None
    return None

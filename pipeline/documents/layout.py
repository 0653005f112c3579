"""The parts of a page: paragraphs, also of text that was wrapped at a column, and the region that each belongs to.

Boilerplate is marked, never deleted.
"""

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from pipeline.documents.document import Block, Span
from pipeline.documents.language import unspaced
from pipeline.language.lexicons import lexicon

_AGENCY = r"(?:\s*(?:\((?:[A-Z][\w.&/]*,? ?){1,4}\)|(?:[-–—]{1,2} ?|/)(?:[A-Z][\w.&]* ?){1,3}))?"
_SENTENCE_END = re.compile(rf"[.!?:;,…。！？：；][\"'”’»“)\]」』）]*{_AGENCY}$")
_LINE = re.compile(r"[^\n]*\n?")
_SIGNED_OFF = re.compile(r"[.!?][\"'”’]*\s*\([A-Z][\w.]*\)$")
_BULLET = re.compile(r"[ \t]*(?:[-*•–◦▪]|(?P<number>\d{1,2})\\?[.)]|\([a-z0-9]{1,3}\))[ \t\u200b]+")
_DAY = rf"(?:\d{{1,2}} {lexicon.calendar.month}|{lexicon.calendar.month} \d{{1,2}})"
_DATED = re.compile(rf"{_DAY}(?:,? \d{{4}})?\s?[:–—-]\s?\w")
_CREDITED = re.compile(r"[\"”’»]\s*$")
_LEAD = re.compile(rf"(?:(?:\w\S* +){{3,}}\S+|(?<!\w){lexicon.speech.verbs.any}):\s*$")
_LEADING_IN = 300
"""Characters at the end of a paragraph that may lead in to what follows."""
_CREDIT = re.compile(r"\s*[-–—]{1,2}\s*[^\W\d_]")
_FINISHED = re.compile(r"[.!?:;。！？：；][\"'”’»“)\]」』）]*\s*$")
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<=[^.!?] )[^\W\d_a-z]\w{2,}")
_PARAGRAPH, _SHARED_NAMES = 20, 2
"""So many words, and names of what was told above, has a paragraph with which a story goes on."""
_FULL = 4
"""So many words tell a headline from a label."""
_LONGEST_TITLE = 36
"""Words."""
_MARKS = re.compile(r"^(?:#{1,6} |>+ |[*_]{1,4}(?=\S))+|(?<=\S)[*_]{1,4}$")
"""Of Markdown, around a heading."""
_MARKUP = re.compile(r"<[a-z/!?][^>]*>|[$][a-z_]+ ?=|;$|\?>|\]\(|\S \| \S.* \| ")
_LABEL = 15
"""Fewer words than these, that end like no sentence, are a label or a heading."""
_LONGEST_FURNITURE = 3_000
"""Characters: what is longer is a story, whatever its words; a text of one paragraph may have millions."""
_STORIES = 3
"""After so many stories that furniture ends, it ends no page."""
_BEFORE_REPLIES = 0.2
"""So much of the prose stands at least before what readers say to it."""
_COLUMNS = range(45, 132)
"""Lengths of lines that somebody wrapped."""
_WIDE = 92
"""So long a line may be a paragraph of its own."""
_SLACK = 25
"""Characters that a line may fall short of its column, and still not end by itself."""


def blocks_of(text: str, start: int = 0, title: str | None = None) -> list[Block]:
    """Blocks that cover the text without gaps; what stands before `start` is metadata, which may give the title."""
    spans = paragraphs(text, start)
    texts = [text[span.start : span.end] for span in spans]
    structured = start > 0
    blocks: list[Block] = []
    if start:
        blocks.append(Block(0, start, "boilerplate"))
    edge = start
    titled = [_repeats(text, title) for text in texts] if title else []
    near = [i > 0 and text.count("\n", spans[i - 1].end, spans[i].start) < 2 for i in range(len(spans))]
    for i, region in enumerate(_assign(texts, structured, titled, near)):
        end = spans[i + 1].start if i + 1 < len(spans) else len(text)
        blocks.append(Block(edge, end, region))
        edge = end
    return blocks or [Block(0, len(text), "boilerplate")]


def title_of(text: str, blocks: list[Block], start: int = 0) -> str | None:
    """The heading that is marked as one, else the fullest between the metadata and the first paragraph of the body.

    Lines that begin small go on from the one above; menu entries, labels and markup are none.
    """
    body = next((i for i, block in enumerate(blocks) if block.region in {"body", "deck"}), 0)
    headings: list[str] = []
    marked: list[str] = []
    for block in blocks[:body]:
        words = " ".join(text[block.start : block.end].split())
        plain = _MARKS.sub("", words)
        if block.region == "byline" or block.start < start or not plain:
            continue
        if headings and plain[0].islower() and _words(headings[-1]) + _words(plain) <= _LONGEST_TITLE:
            headings[-1] = f"{headings[-1]} {plain}"
        elif not (_MARKUP.search(plain) or _furnishes_top(plain)):
            headings.append(plain)
            marked += [plain] if words.startswith("# ") else []
    full = [words for words in headings if _FULL <= _words(words) <= _LONGEST_TITLE]
    first = next((words for words in full if any(words.startswith(one) for one in marked)), None)
    return first or max(reversed(full), key=_words, default=None)


def _furnishes_top(words: str) -> bool:
    """Whether a line above the story is one of the page, or tells of its versions."""
    signs = lexicon.regions
    return any(sign.search(words) for sign in (signs.chrome, signs.caption, signs.versions))


def body_paragraphs(text: str, blocks: list[Block]) -> list[Span]:
    """The paragraphs that evidence may come from."""
    spans = []
    for block in blocks:
        if block.region == "body":
            content = text[block.start : block.end]
            spans.append(
                Span(block.start + len(content) - len(content.lstrip()), block.start + len(content.rstrip()))
            )
    return [span for span in spans if span.end > span.start]


def _repeats(text: str, title: str) -> bool:
    """Whether a paragraph is the title, or so much of it as stands before the name of the site."""
    said, known = (" ".join(_WORD.findall(words)).casefold() for words in (text, title))
    return bool(said) and (said == known or (_words(said) >= _FULL and known.startswith(f"{said} ")))


def _assign(texts: list[str], structured: bool, titled: list[bool], near: list[bool]) -> list[str]:
    """A region for each paragraph, from its own words and from what stands around it.

    `near`: which ones no empty line parts from the one before.
    """
    regions = [_region(text, structured and _words(text) > 3) or "body" for text in texts]
    for i, is_title in enumerate(titled):
        if is_title:
            regions[i] = "headline"
    prose = [i for i, region in enumerate(regions) if region == "body" and _prose(texts[i])]
    if not prose:
        return regions
    for i in range(prose[0]):
        if regions[i] == "body" and _is_row(texts[i]):
            regions[i] = "boilerplate"
        elif regions[i] == "body" and not structured and not _BULLET.match(texts[i]):
            regions[i] = "headline"
    tail = _tail(texts, prose)
    ends = [i for i in range(prose[0], tail) if _prose(texts[i]) and regions[i] in {"body", "caption"}]
    if ends and _SIGNED_OFF.search(texts[ends[-1]]):
        regions[ends[-1]] = "body"
    _hang(texts, regions, prose[0], tail, near)
    for i in _links(texts, prose[0], tail):
        regions[i] = "promo"
    for i in range(tail, len(texts)):
        regions[i] = "promo" if regions[i] == "promo" else "boilerplate"
    for i in prose[-3:]:
        if i < tail and lexicon.regions.bio.search(texts[i]) and i > prose[0]:
            regions[i] = "byline"
    heads = [i for i in range(prose[0]) if regions[i] == "headline"]
    if len(heads) > 2:
        for i in heads[:-1]:
            if not (titled and titled[i]):
                regions[i] = "boilerplate"
    if heads and _is_deck(texts, regions, heads[-1], prose):
        regions[prose[0]] = "deck"
    return regions


def _hang(texts: list[str], regions: list[str], first: int, tail: int, near: list[bool]) -> None:
    """Short paragraphs that go on from the one above are of its region: items of a list, rows, who is quoted."""
    listed = False
    for i in range(first + 1, tail):
        above, said = regions[i - 1], texts[i - 1]
        labelled = (
            regions[i] in {"headline", "boilerplate"}
            and _WORD.search(texts[i]) is not None
            and not _furnishes(texts[i])
        )
        opens = above == "body" and said.rstrip().endswith(":")
        listed = not _prose(texts[i]) and (opens or (listed and near[i]))
        item = _BULLET.match(texts[i]) is not None
        leads = texts[i].rstrip().endswith(":") and _LEAD.search(texts[i][-_LEADING_IN:]) is not None
        if item and above == "promo" and not _prose(texts[i]) and _words(texts[i]) < _LABEL:
            regions[i] = "promo"
            continue
        goes_on = item and above == "body" and (opens or _BULLET.match(said))
        signs = above == "body" and _CREDITED.search(said) and _CREDIT.match(texts[i])
        if labelled and (leads or listed or goes_on or signs):
            regions[i] = "body"


def _links(texts: list[str], first: int, tail: int) -> Iterator[int]:
    """Labels over links to other stories, and the links under them, which end like no sentence."""
    linked = False
    for i in range(first, tail):
        label = lexicon.regions.links.search(texts[i]) is not None
        linked = label or (linked and not _prose(texts[i]))
        if linked:
            yield i


def _resumes(texts: list[str], prose: list[int], mark: int) -> bool:
    """Whether the story goes on below links to others: a paragraph tells of whom it told before."""
    below = next((i for i in prose if i > mark), None)
    if below is None or below == mark + 1 or lexicon.regions.links.search(texts[mark]) is None:
        return False
    above = {name for i in prose if i < mark for name in _NAME.findall(texts[i])}
    here = set(_NAME.findall(texts[below]))
    return _words(texts[below]) >= _PARAGRAPH and len(here & above) >= _SHARED_NAMES


def _furnishes(text: str) -> bool:
    """Whether the words of a paragraph are those of a page rather than of its story."""
    signs = lexicon.regions
    return any(sign.search(text) for sign in (signs.chrome, signs.tail, signs.promo, signs.byline))


def _region(text: str, wrapped_body: bool) -> str | None:
    """The region that the words of a paragraph alone betray."""
    if not _WORD.search(text):
        return "boilerplate"
    if len(text) > _LONGEST_FURNITURE:
        return None
    if lexicon.regions.caption.search(text):
        return "caption"
    if lexicon.regions.promo.search(text) or lexicon.regions.market.search(text):
        return "promo"
    if lexicon.regions.byline.search(text):
        return "byline"
    if _words(text) < 40 and lexicon.regions.chrome.search(text):
        return "boilerplate"
    listed = _BULLET.match(text) or _DATED.match(text)
    if wrapped_body or _prose(text) or _words(text) >= (5 if listed else _LABEL) or _is_row(text):
        return None
    return "boilerplate" if _words(text) <= 3 else "headline"


def _tail(texts: list[str], prose: list[int]) -> int:
    """Where the page's furniture begins: the first marker that has most of the prose before it.

    What readers say below may be longer than the story. A marker that comes again and again ends one of many stories.
    """
    running = set(prose)
    before = list(
        accumulate((_words(text) if i in running else 0 for i, text in enumerate(texts)), initial=0)
    )
    marks = [i for i, text in enumerate(texts) if _words(text) < 60 and lexicon.regions.tail.search(text)]
    many = sum(before[one] < before[other] for one, other in pairwise(marks)) >= _STORIES
    for mark in marks:
        replies = lexicon.regions.replies.search(texts[mark]) is not None
        one_of_many = many and not replies and before[mark] < before[marks[-1]]
        if (
            not one_of_many
            and not _resumes(texts, prose, mark)
            and before[mark] >= before[-1] * (_BEFORE_REPLIES if replies else 0.5)
        ):
            return mark
    return len(texts)


def _is_deck(texts: list[str], regions: list[str], head: int, prose: list[int]) -> bool:
    """The first prose under the headline is a deck where a byline or a caption parts it from the story."""
    first = prose[0]
    between = regions[first + 1 : prose[1]] if len(prose) > 1 else []
    return (
        first == head + 1 and _words(texts[first]) <= 45 and any(r in {"caption", "byline"} for r in between)
    )


def _is_row(text: str) -> bool:
    """A row of a table: cells between strokes, or words on both sides of a tab."""
    if text.startswith("|"):
        return text.count("|") > 1 and "\n" not in text
    left, tab, right = text.partition("\t")
    return bool(tab and _WORD.search(left) and _WORD.search(right)) and "\n" not in right


def _prose(text: str) -> bool:
    """A paragraph of running text, rather than a label, a menu entry or a heading."""
    end = _SENTENCE_END.search(text.rstrip("*_ "))
    return end is not None and _words(text) >= (5 if end[0][0] in ".!?。！？" else 8)


def _words(text: str) -> int:
    """How many words a text has; where no blanks part them, two letters are one."""
    return len(text.split()) + unspaced(text) // 2


def paragraphs(text: str, start: int = 0) -> list[Span]:
    """Paragraphs in order, white space at both ends left out."""
    rows = _lines(text, start)
    wrapped = _wrapped(text, rows)
    lengths = sorted(row.end - row.start for row in rows if row.end - row.start in _COLUMNS)
    width = lengths[9 * len(lengths) // 10] if lengths else 0
    above = Span(0, 0)
    counted = 0
    groups: list[Span] = []
    joining = False
    for row in rows:
        content = text[row.start : row.end]
        if not content.strip():
            joining = False
            continue
        first = row.start + len(content) - len(content.lstrip())
        last = row.start + len(content.rstrip())
        room = joining and not content[0].isspace() and _had_room(text, above, row, width)
        item = _BULLET.match(content)
        number = int(item["number"] or 0) if item else 0
        listed = item and not (number and number != counted + 1 and _is_cut(text, above))
        counted = number or counted
        above = row
        if wrapped and joining and not room and not listed:
            groups[-1] = Span(groups[-1].start, last)
        else:
            groups.append(Span(first, last))
        joining = True
    return groups


def _wrapped(text: str, rows: list[Span]) -> bool:
    """Most lines that another line follows at once are of a column's width, or go on below: newlines are not breaks.

    Of few lines, all that another follows have to be both.
    """
    filled = [bool(text[row.start : row.end].strip()) for row in rows]
    pairs = [i for i in range(len(rows) - 1) if filled[i] and filled[i + 1]]
    wide = [i for i in pairs if rows[i].end - rows[i].start in _COLUMNS]
    cut = sum(_is_cut(text, rows[i]) and text[rows[i + 1].start].islower() for i in wide)
    if len(pairs) < 3:
        return 0 < len(pairs) == cut
    if len(wide) < 0.6 * len(pairs) and (cut < 3 or cut < 0.4 * len(wide)):
        return False
    rest = [i for i in pairs if rows[i].end - rows[i].start >= _WIDE]
    return not rest or sum(not _is_cut(text, rows[i]) for i in rest) < 0.4 * len(rest)


def _is_cut(text: str, row: Span) -> bool:
    """Whether a line does not end as sentences and items do."""
    return _FINISHED.search(text[row.start : row.end]) is None


def _had_room(text: str, above: Span, below: Span, width: int) -> bool:
    """Whether the first word of a line would have fitted on the line above: then that line ended by itself."""
    first = text[below.start : below.end].split(maxsplit=1)[0]
    return above.end - above.start + len(first) + _SLACK < width


def _lines(text: str, start: int = 0) -> list[Span]:
    """Every line with its newline, from `start` on."""
    return [Span(m.start(), m.end()) for m in _LINE.finditer(text, start) if m.end() > m.start()]

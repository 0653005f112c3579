"""A digest as it is sent: sections, what weighs most first, and the sources once, each under one number."""

from collections.abc import Iterable, Sequence
from textwrap import TextWrapper

from msgspec import Struct

from api.rendering.html import render_page
from api.rendering.wording import day, enumerated, in_words, one_line
from pipeline.language.parties import party_name
from schemas.changes import (
    ChangeSentence,
    ConflictSentence,
    ConflictSide,
    Digest,
    DigestBriefing,
    DigestSource,
)
from schemas.vocabulary import Length

WIDTH = 72
_LINES: dict[Length, int] = {"short": 3, "standard": 6, "long": 100}
_SENTENCES: dict[Length, int] = {"short": 0, "standard": 4, "long": 10}
_QUOTED = 280  # characters of a line, beyond which it is cut between words


class NewsLine(Struct, frozen=True):
    """A sentence, the numbers of its sources, the briefing that it is from, and where it is proven there."""

    text: str
    numbers: list[int]
    talks: str
    address: str


class BriefingNews(Struct, frozen=True):
    """A briefing that changed: what is told first, and its summary."""

    title: str
    address: str
    state: str
    headline: NewsLine | None
    summary: list[NewsLine]


class NewsSection(Struct, frozen=True):
    """Lines under a heading; `more` do not fit the length."""

    title: str
    lines: list[NewsLine]
    more: int


class ListedSource(Struct, frozen=True):
    """A source as it is listed at the end."""

    number: int
    title: str
    publisher: str | None
    address: str


class Newsletter(Struct, frozen=True):
    """All that a newsletter shows, in order."""

    title: str
    about: str
    talks: list[BriefingNews]
    sections: list[NewsSection]
    sources: list[ListedSource]
    notes: list[str]

    @property
    def several(self) -> bool:
        """Whether a line has to say which talks it is of."""
        lines = [line for section in self.sections for line in section.lines]
        return len({line.talks for line in lines} | {one.title for one in self.talks}) > 1


class _Numbering:
    """Numbers documents as they are cited first."""

    def __init__(self) -> None:
        self.cited: dict[str, ListedSource] = {}

    def of(self, sources: Iterable[DigestSource]) -> list[int]:
        for one in sources:
            if one.document_id not in self.cited:
                address = one.url or one.page.partition("#")[0]
                publisher = one.publisher if one.publisher != one.title else None
                number = len(self.cited) + 1
                self.cited[one.document_id] = ListedSource(number, one_line(one.title), publisher, address)
        return sorted({self.cited[one.document_id].number for one in sources})


def newsletter(digest: Digest) -> Newsletter:
    """The digest in sections, as long as it says."""
    numbering = _Numbering()
    talks = [_talks(one, digest, numbering) for one in digest.briefings]
    sections = list(_sections(digest, numbering))
    followed = [*map(party_name, digest.parties), *map(in_words, digest.topics)]
    return Newsletter(
        title=_title(digest),
        about=", ".join(followed),
        talks=talks,
        sections=[one for one in sections if one.lines],
        sources=list(numbering.cited.values()),
        notes=list(_notes(digest)),
    )


def _title(digest: Digest) -> str:
    first, last = (day(moment.date().isoformat()).split(" ") for moment in (digest.since, digest.until))
    if first == last:
        return f"Trade talks, {' '.join(last)}"
    while len(first) > 1 and first[-1] == last[len(first) - 1]:
        first.pop()
    return f"Trade talks, {' '.join(first)} to {' '.join(last)}"


def _talks(briefing: DigestBriefing, digest: Digest, numbering: _Numbering) -> BriefingNews:
    headline = None
    if briefing.headline:
        numbers = numbering.of(briefing.headline_sources)
        headline = NewsLine(briefing.headline, numbers, briefing.title, briefing.page)
    opening = [one for one in digest.changes if one.briefing_id == briefing.id and one.kind == "briefing"]
    new = briefing.from_revision is None
    state = "withdrawn" if briefing.status == "withdrawn" else "new" if new else "updated"
    return BriefingNews(
        title=briefing.title,
        address=briefing.page,
        state=state,
        headline=headline,
        summary=[_line(one, numbering) for one in opening[: _SENTENCES[digest.length]]],
    )


def _sections(digest: Digest, numbering: _Numbering) -> Iterable[NewsSection]:
    changes = sorted(digest.changes, key=lambda one: -one.salience)
    ahead = {id for one in digest.deadlines for id in one.fact_ids}
    added = [one for one in changes if one.change == "added" and one.kind != "briefing"]
    changed = [one for one in changes if one.change not in ("added", "gone")]
    gone = [one for one in changes if one.change == "gone"]
    most = _LINES[digest.length]

    def section(title: str, sentences: Sequence[ChangeSentence]) -> NewsSection:
        lines = [_line(one, numbering) for one in sentences[:most]]
        return NewsSection(title, lines, max(0, len(sentences) - most))

    yield section("What was decided", [one for one in added if one.kind == "event"])
    yield section("What changed", [*changed, *gone])
    due = [
        NewsLine(
            one.text, numbering.of(one.sources), one.briefing_title, f"{one.briefing_page}#{one.fact_ids[0]}"
        )
        for one in digest.deadlines[:most]
    ]
    yield NewsSection(
        "Deadlines ahead", due, max(0, len(digest.deadlines) - most) + digest.deadlines_left_out
    )
    yield section("Figures", [one for one in added if one.kind == "figure"])
    yield section("At the table", [one for one in added if one.kind == "delegate"])
    others = [one for one in added if one.kind not in ("event", "figure", "delegate")]
    yield section("Also new", [one for one in others if ahead.isdisjoint(one.fact_ids)])
    quarrels = [_quarrel(one, numbering) for one in digest.conflicts[:most]]
    yield NewsSection("Where sources disagree", quarrels, max(0, len(digest.conflicts) - most))


def _line(sentence: ChangeSentence, numbering: _Numbering) -> NewsLine:
    address = f"{sentence.briefing_page}#{sentence.fact_ids[0]}"
    return NewsLine(_cut(sentence.text), numbering.of(sentence.sources), sentence.briefing_title, address)


def _quarrel(conflict: ConflictSentence, numbering: _Numbering) -> NewsLine:
    """Who says what, each side with its own numbers."""
    told = "; ".join(_side(one, numbering) for one in conflict.sides)
    about = conflict.about[:1].upper() + conflict.about[1:]
    address = f"{conflict.briefing_page}#{conflict.conflict_id}"
    return NewsLine(f"{one_line(about)}: {told}.", [], conflict.briefing_title, address)


def _side(side: ConflictSide, numbering: _Numbering) -> str:
    """Where a source has no publisher, its number alone says who it is."""
    by_publisher: dict[str, list[DigestSource]] = {}
    for one in side.sources:
        by_publisher.setdefault(one.publisher or "", []).append(one)
    told = {
        name: "".join(f"[{number}]" for number in numbering.of(sources))
        for name, sources in by_publisher.items()
    }
    names = [f"{name} {marks}".strip() for name, marks in told.items()]
    verb = "says" if len(side.sources) == 1 or len(names) == 1 else "say"
    return f"{enumerated(names)} {verb} {one_line(side.value)}"


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED].rpartition(' ')[0] or text[:_QUOTED]}…"


def _notes(digest: Digest) -> Iterable[str]:
    if digest.briefings_left_out:
        yield f"{digest.briefings_left_out}{_and_more(digest.briefings_left_out)} more briefings changed."


def _and_more(count: int) -> str:
    return " or more" if count == 100 else ""


def digest_markdown(digest: Digest) -> str:
    return render_page("digest.md", letter=newsletter(digest))


def digest_html(digest: Digest) -> str:
    """HTML for a mail: tables, style in place, nothing that is loaded or run."""
    return render_page("digest.html", letter=newsletter(digest))


def digest_text(digest: Digest) -> str:
    """Plain text, no line longer than `WIDTH` but where an address is."""
    return _wrapped(render_page("digest.txt", letter=newsletter(digest)))


def _wrapped(text: str) -> str:
    """Each line of its own, those of a list indented under their mark."""
    lines = []
    for line in text.splitlines():
        mark = len(line) - len(line.lstrip("- ")) if line.startswith("- ") else 0
        wrapper = TextWrapper(
            WIDTH, subsequent_indent=" " * mark, break_long_words=False, break_on_hyphens=False
        )
        lines += wrapper.wrap(line) or [""]
    return "\n".join(lines) + "\n"

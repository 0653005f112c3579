"""A digest as it is sent: sections, what weighs most first, and the sources once, each under one number."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import TextWrapper

from msgspec import Struct

from api.rendering.html import render_page
from api.rendering.own_templates import BadTemplate, render_own
from api.rendering.wording import announced, day, enumerated, in_words, one_line, shortened
from pipeline.language.parties import party_name
from schemas.changes import (
    ChangeSentence,
    ConflictSentence,
    ConflictSide,
    Digest,
    DigestBriefing,
    DigestSource,
)
from schemas.issues import DigestItem, Issue, item_ids
from schemas.vocabulary import Length

WIDTH = 72
LETTERS = ("digest.html", "digest.md", "digest.txt")
"""The templates that one may have of one's own."""
_LINES: dict[Length, int] = {"short": 3, "standard": 6, "long": 100}
_SENTENCES: dict[Length, int] = {"short": 0, "standard": 4, "long": 10}
_QUOTED = 280  # characters of a line, beyond which it is cut between words


class NewsLine(Struct, frozen=True):
    """A sentence, the numbers of its sources, the briefing that it is from, and where it is proven there.

    `note`: what an editor says of it.
    """

    text: str
    numbers: list[int]
    talks: str
    address: str
    note: str | None = None


class BriefingNews(Struct, frozen=True):
    """A briefing that changed: what is told first, its summary, and what an editor says of these.

    `announced`: what readers of the briefing were told about it.
    """

    title: str
    address: str
    state: str
    announced: str | None
    headline: NewsLine | None
    summary: list[NewsLine]
    notes: list[str]


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
    """All that a newsletter shows, in order. `reminder`: it tells of nothing that changed."""

    title: str
    about: str
    introduction: list[str]
    reminder: bool
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


class _Desk:
    """Which items an editor put first, and what the editor says of which."""

    def __init__(self, issue: Issue | None) -> None:
        self._places = {id: place for place, id in enumerate(issue.order)} if issue else {}
        self._notes = {note.id: note.text for note in issue.notes} if issue else {}

    def place(self, item: DigestItem) -> int:
        last = len(self._places)
        return min((self._places.get(id, last) for id in item_ids(item)), default=last)

    def note(self, *ids: str) -> str | None:
        return " ".join(self._notes[id] for id in ids if id in self._notes) or None


def newsletter(digest: Digest, issue: Issue | None = None) -> Newsletter:
    """The digest in sections, as long as it says; as it was edited, where it is that of an issue."""
    numbering, desk = _Numbering(), _Desk(issue)
    talks = [_talks(one, digest, numbering, desk) for one in sorted(digest.briefings, key=desk.place)]
    sections = list(_sections(digest, numbering, desk))
    followed = [*map(party_name, digest.parties), *map(in_words, digest.topics)]
    followed += [digest.query] if digest.query else []
    return Newsletter(
        title=issue.title if issue else _title(digest),
        about=", ".join(followed),
        introduction=_paragraphs(issue.introduction or "") if issue else [],
        reminder=issue is not None and issue.reminder,
        talks=talks,
        sections=[one for one in sections if one.lines],
        sources=list(numbering.cited.values()),
        notes=list(_notes(digest)),
    )


def _paragraphs(text: str) -> list[str]:
    return [line for part in text.split("\n\n") if (line := one_line(part))]


def _title(digest: Digest) -> str:
    first, last = (day(moment.date().isoformat()).split(" ") for moment in (digest.since, digest.until))
    if first == last:
        return f"Trade talks, {' '.join(last)}"
    while len(first) > 1 and first[-1] == last[len(first) - 1]:
        first.pop()
    return f"Trade talks, {' '.join(first)} to {' '.join(last)}"


def _talks(briefing: DigestBriefing, digest: Digest, numbering: _Numbering, desk: _Desk) -> BriefingNews:
    headline = None
    if briefing.headline:
        numbers = numbering.of(briefing.headline_sources)
        headline = NewsLine(briefing.headline, numbers, briefing.title, briefing.page)
    opening = [one for one in digest.changes if one.briefing_id == briefing.id and one.kind == "briefing"]
    summary = [_line(one, numbering, desk) for one in opening[: _SENTENCES[digest.length]]]
    notes = [desk.note(briefing.id), *(line.note for line in summary)]
    new = briefing.from_revision is None
    state = "withdrawn" if briefing.status == "withdrawn" else "new" if new else "updated"
    return BriefingNews(
        title=briefing.title,
        address=briefing.page,
        state=state,
        announced=announced(briefing.note) if briefing.note else None,
        headline=headline,
        summary=summary,
        notes=[note for note in notes if note],
    )


def _sections(digest: Digest, numbering: _Numbering, desk: _Desk) -> Iterable[NewsSection]:
    changes = sorted(digest.changes, key=lambda one: (desk.place(one), -one.salience))
    ahead = {id for one in digest.deadlines for id in one.fact_ids}
    added = [one for one in changes if one.change == "added" and one.kind != "briefing"]
    changed = [one for one in changes if one.change not in ("added", "gone")]
    gone = [one for one in changes if one.change == "gone"]
    most = _LINES[digest.length]

    def section(title: str, sentences: Sequence[ChangeSentence]) -> NewsSection:
        lines = [_line(one, numbering, desk) for one in sentences[:most]]
        return NewsSection(title, lines, max(0, len(sentences) - most))

    yield section("What was decided", [one for one in added if one.kind == "event"])
    yield section("What changed", [*changed, *gone])
    due = [
        NewsLine(
            one.text,
            numbering.of(one.sources),
            one.briefing_title,
            f"{one.briefing_page}#{one.fact_ids[0]}",
            desk.note(*one.fact_ids),
        )
        for one in sorted(digest.deadlines, key=desk.place)[:most]
    ]
    yield NewsSection(
        "Deadlines ahead", due, max(0, len(digest.deadlines) - most) + digest.deadlines_left_out
    )
    yield section("Figures", [one for one in added if one.kind == "figure"])
    yield section("At the table", [one for one in added if one.kind == "delegate"])
    others = [one for one in added if one.kind not in ("event", "figure", "delegate")]
    yield section("Also new", [one for one in others if ahead.isdisjoint(one.fact_ids)])
    quarrels = [_quarrel(one, numbering, desk) for one in sorted(digest.conflicts, key=desk.place)[:most]]
    yield NewsSection("Where sources disagree", quarrels, max(0, len(digest.conflicts) - most))


def _line(sentence: ChangeSentence, numbering: _Numbering, desk: _Desk) -> NewsLine:
    address = f"{sentence.briefing_page}#{sentence.fact_ids[0]}"
    numbers, note = numbering.of(sentence.sources), desk.note(*sentence.fact_ids)
    return NewsLine(shortened(sentence.text, _QUOTED), numbers, sentence.briefing_title, address, note)


def _quarrel(conflict: ConflictSentence, numbering: _Numbering, desk: _Desk) -> NewsLine:
    """Who says what, each side with its own numbers."""
    told = "; ".join(_side(one, numbering) for one in conflict.sides)
    if conflict.settlement:
        told += f"; {one_line(conflict.settlement)}"
    about = conflict.about[:1].upper() + conflict.about[1:]
    address = f"{conflict.briefing_page}#{conflict.conflict_id}"
    note = desk.note(conflict.conflict_id)
    return NewsLine(f"{one_line(about)}: {told}.", [], conflict.briefing_title, address, note)


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


def _notes(digest: Digest) -> Iterable[str]:
    if digest.briefings_left_out:
        yield f"{digest.briefings_left_out}{_and_more(digest.briefings_left_out)} more briefings changed."


def _and_more(count: int) -> str:
    return " or more" if count == 100 else ""


def digest_markdown(digest: Digest, templates: Path | None = None, issue: Issue | None = None) -> str:
    return _written("digest.md", newsletter(digest, issue), templates)


def digest_html(digest: Digest, templates: Path | None = None, issue: Issue | None = None) -> str:
    """HTML for a mail: tables, style in place, nothing that is loaded or run."""
    return _written("digest.html", newsletter(digest, issue), templates)


def digest_text(digest: Digest, templates: Path | None = None, issue: Issue | None = None) -> str:
    """Plain text, no line longer than `WIDTH` but where an address is."""
    return _wrapped(_written("digest.txt", newsletter(digest, issue), templates))


def issue_markdown(issue: Issue, templates: Path | None = None) -> str:
    return digest_markdown(issue.digest, templates, issue)


def issue_html(issue: Issue, templates: Path | None = None) -> str:
    return digest_html(issue.digest, templates, issue)


def issue_text(issue: Issue, templates: Path | None = None) -> str:
    return digest_text(issue.digest, templates, issue)


def _written(name: str, letter: Newsletter, templates: Path | None) -> str:
    """The letter by the template of this name in the folder, where it is there, else by ours. Raises BadTemplate."""
    if templates is not None and (templates / name).is_file():
        return render_own(templates, name, letter)
    return render_page(name, letter=letter)


def check_templates(templates: Path) -> None:
    """Write a letter that has everything by each template of a folder. Raises BadTemplate."""
    if not templates.is_dir():
        raise BadTemplate(f"{templates} is not a folder")
    line = NewsLine("A sentence.", [1], "Talks", "https://readout.example", "A note.")
    letter = Newsletter(
        title="A letter",
        about="European Union",
        introduction=["Good morning."],
        reminder=False,
        talks=[
            BriefingNews(
                "Talks", "https://readout.example", "new", "Correction: a note.", line, [line], ["A note."]
            )
        ],
        sections=[NewsSection("What changed", [line], 1)],
        sources=[ListedSource(1, "A source", "A publisher", "https://readout.example")],
        notes=["2 more briefings changed."],
    )
    for name in LETTERS:
        if (templates / name).is_file():
            render_own(templates, name, letter)


def issue_entry(issue: Issue) -> str:
    """The issue as an entry of a feed has it: HTML without style."""
    return render_page("issue_entry.html", letter=newsletter(issue.digest, issue)).rstrip()


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

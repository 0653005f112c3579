"""A digest, a calendar and a feed of the documents in a folder, as they would be on one fixed day.

`python -m tests.api.editions` writes the golden files anew, of the samples.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from api.http.openapi.story import WHOLE
from api.rendering.digest import ahead, edition
from api.rendering.newsletter import digest_html, digest_markdown, digest_text
from api.rendering.subscriptions import atom, calendar, feed_of_briefings
from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part, by_day
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing
from schemas.changes import Digest
from schemas.issues import Issue
from store.digest import BriefingText
from store.read_index import summary_of

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("golden")
BASE = "https://readout.example"
FIRST, SECOND = datetime(2025, 9, 8, 9, tzinfo=UTC), datetime(2025, 9, 9, 9, tzinfo=UTC)


class Editions(Struct, frozen=True):
    """All that is made of the briefings."""

    briefings: list[Briefing]
    digest: Digest
    calendar: bytes
    feed: bytes

    def files(self) -> dict[str, bytes]:
        """The golden files by name."""
        return {
            "digest.json": msgspec.json.format(msgspec.json.encode(self.digest), indent=2) + b"\n",
            "digest.md": digest_markdown(self.digest).encode(),
            "digest.html": digest_html(self.digest).encode(),
            "digest.txt": digest_text(self.digest).encode(),
            "deadlines.ics": self.calendar,
            "briefings.atom": self.feed,
        }


def editions(folder: Path, late: str | None = None) -> Editions:
    """Of all documents. The one whose name begins with `late` came a day after the others."""
    documents = [read(path.read_bytes(), file=path.name) for path in sorted(folder.glob("*.txt"))]
    parts = [Part(readout(document), source_of(document)) for document in documents]
    soon = [part for part in parts if late is None or not str(part.readout.document.file).startswith(late)]
    before = merge(soon, now=FIRST)
    briefings = merge(parts, previous=before, now=SECOND)
    old = {briefing.id: briefing for briefing in before} if late else {}
    told = edition([(old.get(one.id), one) for one in briefings if one != old.get(one.id)], BASE)
    deadlines = [
        deadline
        for deadline in sorted(
            (deadline for briefing in briefings for deadline in briefing.deadlines),
            key=lambda deadline: by_day(deadline.date),
        )
        if deadline.date and deadline.date.latest
    ]
    sources = {source.document_id: source for briefing in briefings for source in briefing.sources}
    summaries = {briefing.id: summary_of(briefing) for briefing in briefings}
    changed = {(one.id, fact.id): one.updated_at for one in briefings for fact in one.deadlines}
    digest = Digest(
        since=FIRST,
        until=SECOND,
        parties=[],
        topics=[],
        query=None,
        length="long",
        date_from="2025-01-01",
        date_to=None,
        briefings=told.briefings,
        changes=told.changes,
        deadlines=ahead(deadlines, {id: one.title for id, one in summaries.items()}, sources, BASE),
        conflicts=told.conflicts,
        briefings_left_out=0,
        deadlines_left_out=0,
    )
    return Editions(
        briefings=briefings,
        digest=digest,
        calendar=calendar(
            deadlines, summaries, sources, changed, base=BASE, address=f"{BASE}/v1/deadlines.ics"
        ),
        feed=atom(
            feed_of_briefings(
                list(summaries.values()),
                {briefing.id: BriefingText(briefing.headline, briefing.summary) for briefing in briefings},
                base=BASE,
                address=f"{BASE}/v1/briefings.atom",
            ),
            BASE,
        ),
    )


def weeks() -> dict[str, Digest]:
    """A week in which nothing happened, one with thirty new briefings, and one in which a briefing was withdrawn."""
    thirty = [
        replace(WHOLE, id=f"brf_{number:016x}", title=f"{WHOLE.title}, round {number}")
        for number in range(1, 31)
    ]
    return {
        "quiet": of_week([]),
        "busy": of_week([(None, one) for one in thirty]),
        "withdrawn": of_week([(WHOLE, replace(WHOLE, status="withdrawn", revision=WHOLE.revision + 1))]),
    }


def of_week(pairs: Sequence[tuple[Briefing | None, Briefing]]) -> Digest:
    """A digest of briefings as they were and as they are."""
    told = edition(pairs, BASE)
    standing = [after for _, after in pairs if after.status != "withdrawn"]
    due = [replace(one, briefing_id=each.id) for each in standing for one in each.deadlines]
    sources = {source.document_id: source for source in WHOLE.sources}
    return Digest(
        since=datetime(2031, 3, 10, tzinfo=UTC),
        until=datetime(2031, 3, 17, tzinfo=UTC),
        parties=["NZ"],
        topics=["tariffs"],
        query=None,
        length="standard",
        date_from="2031-03-17",
        date_to=None,
        briefings=told.briefings,
        changes=told.changes,
        deadlines=ahead(due, {one.id: one.title for one in standing}, sources, BASE),
        conflicts=told.conflicts,
        briefings_left_out=0,
        deadlines_left_out=0,
    )


def reminder() -> Issue:
    """Of the deadlines of a briefing."""
    digest = replace(of_week([(None, WHOLE)]), briefings=[], changes=[], conflicts=[])
    return Issue(
        id="iss_5c1f0e2d3b4a6978",
        title="Reminder: 30 April 2031: The offer lapses",
        introduction=None,
        topic_id=None,
        by="sch_5c1f0e2d3b4a6978",
        created_at=digest.until,
        order=[],
        notes=[],
        reminder=True,
        digest=digest,
    )


def letters() -> dict[str, bytes]:
    """The golden files of these weeks, and of a reminder, by name."""
    told: dict[str, tuple[Digest, Issue | None]] = {week: (digest, None) for week, digest in weeks().items()}
    told["reminder"] = (reminder().digest, reminder())
    return {
        f"digest-{name}.{form}": render(digest, issue=issue).encode()
        for name, (digest, issue) in told.items()
        for form, render in (("md", digest_markdown), ("html", digest_html), ("txt", digest_text))
    }


def of_samples() -> Editions:
    """The round in India's fact sheet came last: its briefing changed, the other did not."""
    return editions(ROOT / "samples", late="eu-india-3")


if __name__ == "__main__":
    for name, body in (of_samples().files() | letters()).items():
        (GOLDEN / name).write_bytes(body)

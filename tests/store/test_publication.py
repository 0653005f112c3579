"""Drafts stand beside what readers have: of no table that readers ask of do they change a row before they are published."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from schemas import Briefing, BriefingDraft, Cause, PublishBriefing
from schemas.vocabulary import BriefingStatus
from store.briefings import get_briefing, page_revisions
from store.changes import read_changes
from store.documents import briefings_of
from store.embargoes import NOBODY, Cleared, told_among
from store.engine import connect, writing
from store.facts import get_fact
from store.publication import draft_of, page_drafts, working_fact
from store.rebuild import save_text
from store.tables import BriefingDraftRow
from tests.store.invented import add, briefing, by_parties, hexed, save
from worker import ChangedMeanwhile, Undecidable
from worker.decisions import merge_briefings, withdraw
from worker.publication import publish_briefing, publish_due, withdraw_briefing
from worker.rebuild import rebuild

READERS = [
    SQLModel.metadata.tables[name]
    for name in (
        "briefings",
        "briefing_revisions",
        "briefing_documents",
        "briefing_parties",
        "facts",
        "fact_links",
        "search",
        "negotiations",
        "changes",
    )
]
"""The tables that lists, searches, feeds, digests, exports, webhooks and pages are made from."""


@pytest.fixture
def reviewed(database_url: str) -> Iterator[Engine]:
    """A database of which an editor publishes everything."""
    engine = connect(database_url, reviewed=True)
    yield engine
    engine.dispose()


def seen(engine: Engine) -> list[list[Any]]:
    with Session(engine) as session:
        return [sorted(map(repr, session.execute(select(table)).all())) for table in READERS]


def draft(engine: Engine, id: str) -> Briefing:
    with Session(engine) as session:
        row = draft_of(session, id)
        assert row is not None
        return msgspec.json.decode(row.body, type=Briefing)


def drafts(engine: Engine) -> list[BriefingDraft]:
    page = page_drafts(engine, limit=10)
    return [msgspec.json.decode(item, type=BriefingDraft) for item in page.items]


def served(engine: Engine, id: str) -> Briefing:
    record = get_briefing(engine, id)
    assert record is not None
    return msgspec.json.decode(record.body, type=Briefing)


def publish(engine: Engine, id: str, **asked: Any) -> tuple[BriefingStatus, int]:
    done = publish_briefing(engine, id, PublishBriefing(**asked), by="desk", is_current=lambda _: True)
    return done.briefing.status, done.briefing.revision


def withdrawn(engine: Engine, id: str, note: str) -> int:
    done = withdraw_briefing(engine, id, note, by="desk", is_current=lambda _: True)
    return done.briefing.revision


def whats(one: Briefing) -> list[str]:
    return sorted(due.what for due in one.deadlines)


def test_readers_have_nothing_of_a_draft_until_it_is_published(reviewed: Engine) -> None:
    nothing = seen(reviewed)
    [id] = rebuild(reviewed, add(reviewed, "a"), by_parties)
    assert rebuild(reviewed, add(reviewed, "b"), by_parties) == [id]
    assert seen(reviewed) == nothing
    [one] = drafts(reviewed)
    assert (one.briefing.id, one.briefing.status, one.briefing.revision) == (id, "draft", 1)
    assert (one.published_revision, one.cause.document_ids) == (None, [hexed("b")])
    assert whats(draft(reviewed, id)) == ["a", "b"]

    assert publish(reviewed, id) == ("published", 1)
    assert drafts(reviewed) == [] and whats(served(reviewed, id)) == ["a", "b"]
    assert briefings_of(reviewed, [hexed("a")]) == {hexed("a"): [id]}
    kinds = [msgspec.json.decode(item)["change"] for item in read_changes(reviewed, limit=10).items]
    assert kinds == ["briefing", "deadline", "deadline"]


def test_what_comes_after_is_one_draft_of_the_next_revision(reviewed: Engine) -> None:
    [id] = rebuild(reviewed, add(reviewed, "a"), by_parties)
    publish(reviewed, id)
    before = seen(reviewed)
    for name in ("b", "c"):
        rebuild(reviewed, add(reviewed, name), by_parties)
        rebuild(reviewed, hexed(name), by_parties)  # changes nothing
    assert seen(reviewed) == before
    [one] = drafts(reviewed)
    assert (one.published_revision, one.briefing.revision) == (1, 2)
    assert publish(reviewed, id, note="Two more sources.") == ("published", 2)
    now = served(reviewed, id)
    assert whats(now) == ["a", "b", "c"]
    assert now.note is not None and (now.note.kind, now.note.text, now.note.by) == (
        "update",
        "Two more sources.",
        "desk",
    )
    revisions = [msgspec.json.decode(item) for item in page_revisions(reviewed, id, limit=9).items]
    assert [(one["revision"], one["cause"]["kind"], one["cause"]["reason"]) for one in revisions] == [
        (2, "published", "Two more sources."),
        (1, "published", None),
    ]


def test_a_document_is_told_of_once_a_briefing_that_rests_on_it_is_published(reviewed: Engine) -> None:
    [id] = rebuild(reviewed, add(reviewed, "a"), by_parties)
    strange = add(reviewed, "strange", None)
    ids, editors = [hexed("a"), strange], Cleared(embargoed=False, withheld=True)
    assert told_among(reviewed, ids, NOBODY) == set()
    assert told_among(reviewed, ids, editors) == set(ids)
    publish(reviewed, id)
    assert told_among(reviewed, ids, NOBODY) == {hexed("a")}


def test_a_fact_of_a_draft_is_found_by_editors_alone(reviewed: Engine) -> None:
    [id] = rebuild(reviewed, add(reviewed, "a"), by_parties)
    [due] = draft(reviewed, id).deadlines
    with Session(reviewed) as session:
        found = working_fact(session, due.id)
    assert found is not None and found.body == msgspec.json.encode(due)
    assert get_fact(reviewed, due.id) is None
    publish(reviewed, id)
    assert get_fact(reviewed, due.id) == found


def test_a_draft_that_rests_on_nothing_is_gone_and_a_published_briefing_withdrawn_as_an_editor_says(
    reviewed: Engine,
) -> None:
    [kept] = rebuild(reviewed, add(reviewed, "a"), by_parties)
    rebuild(reviewed, add(reviewed, "b", ("FJ", "TO")), by_parties)
    publish(reviewed, kept)
    before = seen(reviewed)
    withdraw(reviewed, hexed("b"))
    withdraw(reviewed, hexed("a"))
    assert seen(reviewed) == before
    [one] = drafts(reviewed)
    assert (one.briefing.id, one.briefing.status) == (kept, "withdrawn")
    assert publish(reviewed, kept, note="Its source was forged.") == ("withdrawn", 2)
    gone = served(reviewed, kept)
    assert gone.note is not None and gone.note.kind == "withdrawal"
    assert drafts(reviewed) == [] and len(read_changes(reviewed, limit=10).items) == 2


def test_what_two_drafts_exchange_is_removed_from_neither(reviewed: Engine) -> None:
    [one] = rebuild(reviewed, add(reviewed, "a"), by_parties)
    [other] = rebuild(reviewed, add(reviewed, "b", ("FJ", "TO")), by_parties)
    publish(reviewed, one)
    publish(reviewed, other)
    facts = {due.id for id in (one, other) for due in served(reviewed, id).deadlines}
    merge_briefings(reviewed, one, [other], by="desk", reason="One round.")
    assert publish(reviewed, one)[0] == "published"
    assert publish(reviewed, other)[0] == "withdrawn"
    last = {each["id"]: each for each in map(msgspec.json.decode, read_changes(reviewed, limit=99).items)}
    assert last[other]["change"] == "removed" and last[other]["note"]["text"] == "One round."
    there = {due.id for due in served(reviewed, one).deadlines}
    assert {id for id in facts & there if last[id]["change"] == "removed"} == set()


def test_a_link_leads_to_a_round_that_readers_have(reviewed: Engine) -> None:
    def linked(id: str, **links: str) -> Briefing:
        talks = msgspec.structs.replace(briefing().negotiation, **links)
        return briefing(id=id, slug=id.replace("_", "-"), negotiation=talks)

    first, second = "brf_0000000000000001", "brf_0000000000000002"
    rounds = save(linked(first, next_round=second), linked(second, prior_round=first))
    rebuild(reviewed, add(reviewed, "a"), rounds)
    publish(reviewed, first)
    assert served(reviewed, first).negotiation.next_round is None
    publish(reviewed, second)
    assert served(reviewed, second).negotiation.prior_round == first
    now = served(reviewed, first)
    assert (now.negotiation.next_round, now.revision, drafts(reviewed)) == (second, 2, [])


def test_a_draft_is_published_at_its_time_unless_it_changed(reviewed: Engine) -> None:
    [id] = rebuild(reviewed, add(reviewed, "a"), by_parties)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert publish(reviewed, id, publish_at=later, note="At last.") == ("draft", 1)
    assert publish_due(reviewed) == [] and drafts(reviewed)[0].publish_at == later
    rebuild(reviewed, add(reviewed, "b"), by_parties)
    assert drafts(reviewed)[0].publish_at is None
    assert publish(reviewed, id, publish_at=later, note="At last.") == ("draft", 1)
    with writing(reviewed) as session:  # an hour later
        session.execute(update(BriefingDraftRow).values(publish_at=datetime.now(UTC)))
    assert publish_due(reviewed) == [id] and publish_due(reviewed) == []
    now = served(reviewed, id)
    assert now.note is not None and now.note.text == "At last." and now.note.at == now.updated_at


def test_what_an_editor_withdrew_stays_so_whatever_comes_until_it_is_published(engine: Engine) -> None:
    [id] = rebuild(engine, add(engine, "a"), by_parties)
    assert withdrawn(engine, id, "We were misled.") == 2
    gone = seen(engine)
    rebuild(engine, add(engine, "b"), by_parties)
    assert seen(engine) == gone
    last = served(engine, id)
    assert (last.status, last.note and last.note.text) == ("withdrawn", "We were misled.")
    with pytest.raises(Undecidable, match="that is published"):
        withdrawn(engine, id, "Again.")
    assert publish(engine, id) == ("published", 3)
    assert whats(served(engine, id)) == ["a", "b"] and served(engine, id).note is None
    rebuild(engine, add(engine, "c"), by_parties)
    assert whats(served(engine, id)) == ["a", "b", "c"] and drafts(engine) == []


def test_nothing_is_published_that_the_editor_has_not_seen(reviewed: Engine) -> None:
    [id] = rebuild(reviewed, add(reviewed, "a"), by_parties)
    before = seen(reviewed)
    with pytest.raises(ChangedMeanwhile):
        publish_briefing(reviewed, id, PublishBriefing(), by="desk", is_current=lambda _: False)
    with pytest.raises(Undecidable, match="no draft"):
        publish(reviewed, "brf_0000000000000009")
    assert seen(reviewed) == before


def test_a_model_that_writes_of_a_published_briefing_changes_its_draft(reviewed: Engine) -> None:
    [id] = rebuild(reviewed, add(reviewed, "a"), by_parties)
    publish(reviewed, id)
    before, now = seen(reviewed), served(reviewed, id)
    written = msgspec.structs.replace(now, revision=2, title="Salmon, in a model's words")
    with writing(reviewed) as session:
        save_text(session, written, Cause(kind="written", document_ids=[], reason=None))
    assert seen(reviewed) == before
    rebuild(reviewed, add(reviewed, "b"), by_parties)
    assert whats(draft(reviewed, id)) == ["a", "b"]


def test_merges_and_publications_at_the_same_time_lose_nothing(reviewed: Engine) -> None:
    documents = [add(reviewed, f"document {number}") for number in range(6)]
    [id] = rebuild(reviewed, documents[0], by_parties)

    def publish_whatever_there_is() -> None:
        for _ in range(4):
            if drafts(reviewed):
                publish(reviewed, id)

    threads = [threading.Thread(target=rebuild, args=(reviewed, one, by_parties)) for one in documents[1:]]
    threads.append(threading.Thread(target=publish_whatever_there_is))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if drafts(reviewed):
        publish(reviewed, id)
    now = served(reviewed, id)
    assert len(now.sources) == 6
    numbers = [msgspec.json.decode(item)["revision"] for item in page_revisions(reviewed, id, limit=99).items]
    assert numbers == [*range(now.revision, 0, -1)]

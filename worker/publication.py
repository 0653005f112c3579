"""What editors publish and withdraw: a draft takes the place of what readers had, at once or at its time."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from schemas import Briefing, Cause, PublishBriefing, PublishedBriefing, RevisionNote
from store.publication import (
    draft_of,
    drafts_due,
    drop_draft,
    keys_of_round,
    save_draft,
    served_among,
    show_documents,
)
from store.read_index import summary_of
from store.rebuild import changing, drafted, lock_rounds, revised, save, served_briefing, tables_of
from store.tables import BriefingDraftRow
from worker import ChangedMeanwhile, Undecidable
from worker.rebuild import Announcement

_AT_A_TIME = 100


def publish_briefing(
    engine: Engine, id: str, asked: PublishBriefing, *, by: str, is_current: Callable[[bytes], bool]
) -> PublishedBriefing:
    """Publish the draft of a briefing, or see to it that it is at its time.

    Raises Undecidable where there is none, and ChangedMeanwhile where it is not the one that the editor saw, of which
    `is_current` is told the body.
    """

    def publish(session: Session) -> PublishedBriefing:
        _lock(session, id)
        draft = draft_of(session, id)
        if draft is None:
            raise Undecidable(f"There is no draft of {id}: all of it is published.")
        if not is_current(draft.body):
            raise ChangedMeanwhile("The draft is not as you saw it any more.")
        now = datetime.now(UTC)
        kind = "withdrawal" if draft.status == "withdrawn" else "correction" if asked.correction else "update"
        note = Announcement(kind, asked.note, by, now).of(draft.revision) if asked.note else None
        if asked.publish_at is not None and asked.publish_at > now:
            draft.publish_at = asked.publish_at
            draft.note = msgspec.json.encode(note) if note else None
            briefing = msgspec.json.decode(draft.body, type=Briefing)
            return PublishedBriefing(briefing=summary_of(briefing), publish_at=asked.publish_at)
        return PublishedBriefing(briefing=summary_of(_published(session, draft, note, now)), publish_at=None)

    return changing(engine, publish)


def publish_due(engine: Engine) -> list[str]:
    """Publish what is due; ids of the briefings."""
    due = drafts_due(engine, datetime.now(UTC), _AT_A_TIME)
    return [id for id in due if _publish_if_due(engine, id)]


def _publish_if_due(engine: Engine, id: str) -> bool:
    def publish(session: Session) -> bool:
        _lock(session, id)
        draft = draft_of(session, id)
        now = datetime.now(UTC)
        if draft is None or draft.publish_at is None or draft.publish_at > now:
            return False
        note = msgspec.json.decode(draft.note, type=RevisionNote) if draft.note else None
        _published(session, draft, replace(note, at=now) if note else None, now)
        return True

    return changing(engine, publish)


def withdraw_briefing(
    engine: Engine, id: str, text: str, *, by: str, is_current: Callable[[Briefing], bool]
) -> PublishedBriefing:
    """Withdraw a briefing from readers, who are told why. It stays a draft, whatever comes in, until it is published.

    Raises Undecidable where readers have none of that id, and ChangedMeanwhile where it is not the one that the editor
    saw.
    """

    def withdraw(session: Session) -> PublishedBriefing:
        _lock(session, id)
        served = served_briefing(session, id)
        if served is None or served.briefing.status == "withdrawn":
            raise Undecidable(f"There is no briefing {id} that is published.")
        if not is_current(served.briefing):
            raise ChangedMeanwhile("The briefing is not as you saw it any more.")
        now, number = datetime.now(UTC), served.briefing.revision + 1
        cause = Cause(kind="withdrawn", document_ids=[], reason=text)
        draft = draft_of(session, id)
        kept = msgspec.json.decode(draft.body, type=Briefing) if draft else served.briefing
        day, edition = (draft.day, draft.edition) if draft else (served.day, 0)
        later = replace(kept, revision=number + 1, updated_at=now)
        save_draft(session, drafted(later, cause, day, keys_of_round(session, id), edition + 1))
        note = Announcement("withdrawal", text, by, now).of(number)
        gone = replace(served.briefing, status="withdrawn", revision=number, updated_at=now, note=note)
        save(session, revised(session, gone, served.briefing, cause, served.day, ()))
        return PublishedBriefing(briefing=summary_of(gone), publish_at=None)

    return changing(engine, withdraw)


def _lock(session: Session, id: str) -> None:
    """Nobody else changes rounds between the sides of a briefing from now on."""
    lock_rounds(session, tables_of(session, [id]))


def _published(
    session: Session, draft: BriefingDraftRow, note: RevisionNote | None, now: datetime
) -> Briefing:
    """The briefing that readers have from now on."""
    made, keys = msgspec.json.decode(draft.body, type=Briefing), keys_of_round(session, draft.briefing_id)
    gone = made.status == "withdrawn"
    talks, first = made.negotiation, made.revision == 1
    beside = served_among(session, [talks.prior_round, talks.next_round])
    if made.note is not None and not first and (made.note.kind == "withdrawal") == gone:
        note = note or made.note
    briefing = replace(
        made,
        status="withdrawn" if gone else "published",
        note=note,
        # A link to what readers do not have would tell of a draft.
        negotiation=replace(
            talks,
            prior_round=talks.prior_round if talks.prior_round in beside else None,
            next_round=talks.next_round if talks.next_round in beside else None,
        ),
        created_at=now if first else made.created_at,
        updated_at=now,
    )
    documents = {source.document_id for source in briefing.sources}
    cause = msgspec.json.decode(draft.cause, type=Cause)
    served = served_briefing(session, briefing.id)
    before = served.briefing if served else None
    if not gone:
        known = {source.document_id for source in before.sources} if before else set()
        cause = replace(cause, kind="published", document_ids=sorted(documents - known))
    cause = replace(cause, reason=note.text if note else None)
    change = revised(session, briefing, before, cause, draft.day, [] if gone else keys)
    drop_draft(session, briefing.id)
    save(session, change)
    show_documents(session, documents)
    for id in [] if gone else beside:
        _link(session, id, briefing, now)
    return briefing


def _link(session: Session, id: str, briefing: Briefing, now: datetime) -> None:
    """Have the round before or after one that readers have from now on lead to it. A draft leads there already."""
    served = served_briefing(session, id)
    if served is None or draft_of(session, id) is not None:
        return
    name = "next_round" if id == briefing.negotiation.prior_round else "prior_round"
    talks = served.briefing.negotiation
    if getattr(talks, name) is not None:
        return
    linked = replace(
        served.briefing,
        negotiation=replace(talks, **{name: briefing.id}),
        revision=served.briefing.revision + 1,
        updated_at=now,
    )
    cause = Cause(kind="published", document_ids=[], reason=None)
    save(session, revised(session, linked, served.briefing, cause, served.day, keys_of_round(session, id)))

"""The tables. Bodies are stored as the bytes that are served, beside the columns that queries use."""

from datetime import UTC, date, datetime
from hashlib import sha256
from threading import local
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Index, LargeBinary, Text, false, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel, col
from zstandard import ZstdCompressor, ZstdDecompressor

NO_DAY = date.max
"""Sorts what has no date after everything that has one."""
BEFORE_DAYS = date.min
"""Sorts what has no date after everything that has one, latest first."""
BEGINS = "begins_first IS NOT NULL OR begins_last IS NOT NULL"
"""Of the few facts that say from when on they apply."""
WITHHELD = "withheld"
"""Of the few documents that editors see before readers. SQLite uses their index where it is asked in these words."""
WITHDRAWN = "status = 'withdrawn'"
"""Of the few briefings whose facts nobody finds any more. SQLite uses their index where it is asked in these words."""
FILTERED = ("party", "topic", "word", "status", "unit", "speaker", "certainty", "proof")
RANGED = ("updated_at", "origins", "salience", "value")
LISTED_BY = ("publisher", "kind", "host", "status")
LARGE = 4 * 1024
"""Bytes of a body that stands behind its digest: of smaller ones it is told as quickly."""
COMPRESSED_FROM = {"sqlite": 256 * 1024, "postgresql": LARGE}
"""Bytes of a body that is compressed, too: a server has to send it, from a file it is read sooner than decompressed."""
_BODY = 1 + sha256().digest_size


class Moment(TypeDecorator[datetime]):
    """A point in time, aware and in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Body(TypeDecorator[bytes]):
    """JSON as it is served, at rest so that whoever reads it by its key has least to do; see `at_rest`."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return at_rest(value, dialect.name) if value else value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return served(value) if value else value


def at_rest(body: bytes, dialect: str) -> bytes:
    """A body as a database stores it: its digest, and itself or compressed. What is small, or no plain JSON, is left as
    it is.
    """
    if len(body) < LARGE or body[:1] != b"{":
        return body
    digest = sha256(body).digest()
    if len(body) < COMPRESSED_FROM[dialect]:
        return b"p" + digest + body
    return b"d" + digest + _OF_THREAD.compressor.compress(body)


def served(stored: bytes) -> bytes:
    """A stored body as it is served."""
    match stored[:1]:
        case b"p":  # digested
            return stored[_BODY:]
        case b"d":  # digested, and compressed
            return _OF_THREAD.decompressor.decompress(stored[_BODY:])
        case b"z":  # compressed, by an earlier version
            return _OF_THREAD.decompressor.decompress(stored[1:])
        case _:
            return stored


def digest_at_rest(stored: bytes) -> str:
    """The SHA-256 of the body that is stored so, which is at hand with most."""
    at_hand = stored[:1] in (b"p", b"d")
    return (stored[1:_BODY] if at_hand else sha256(served(stored)).digest()).hex()


class _Zstandard(local):
    """To make one takes longer than to decompress most bodies, and none may be in use twice at once."""

    def __init__(self) -> None:
        self.compressor, self.decompressor = ZstdCompressor(level=1), ZstdDecompressor()


_OF_THREAD = _Zstandard()


class DocumentRow(SQLModel, table=True):
    """A document for ever: canonical text, where it came from, and how its reader laid it out.

    `publisher` and `host` are in lower case; `published` is the first day that it can be. `embargo` is null once it is
    over and the document has been merged. `withheld`: no briefing that rests on it has been published yet, and
    editors see it before readers do.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_added", "added_at", "id"),
        Index("ix_documents_published", "published", "id"),
        Index("ix_documents_url", "url"),
        Index("ix_documents_replaced", "replaced_by"),
        Index("ix_documents_embargo", "embargo"),
        Index("ix_documents_withheld", "id", sqlite_where=text(WITHHELD), postgresql_where=text(WITHHELD)),
        *(
            Index(f"ix_documents_{name}_{order}", name, at, "id")
            for name in LISTED_BY
            for order, at in (("added", "added_at"), ("published", "published"))
        ),
    )

    id: str = Field(primary_key=True)
    file: str | None
    chars: int
    source: bytes = Field(sa_type=LargeBinary)
    text: str = Field(sa_type=Text)
    layout: bytes = Field(sa_type=LargeBinary)
    added_at: datetime = Field(sa_type=Moment)
    url: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
    replaced_by: str | None = None
    stated: bytes | None = Field(default=None, sa_type=LargeBinary)
    detected: bytes | None = Field(default=None, sa_type=LargeBinary)
    status: str = "waiting"
    refusal: bytes | None = Field(default=None, sa_type=LargeBinary)
    copy_of: str | None = None
    embargo: datetime | None = Field(default=None, sa_type=Moment)
    withheld: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    publisher: str | None = None
    kind: str = "unknown"
    host: str | None = None
    published: date = BEFORE_DAYS


class SketchRow(SQLModel, table=True):
    """One of the few runs of words by which a document's near copies are found, as a number."""

    __tablename__ = "sketches"
    __table_args__ = (Index("ix_sketches_document", "document_id"),)

    run: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    document_id: str = Field(primary_key=True, foreign_key="documents.id")


class ReadoutRow(SQLModel, table=True):
    """What was read out of a document. `digest`: of the body."""

    __tablename__ = "readouts"

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    digest: str
    body: bytes = Field(sa_type=LargeBinary)


class BriefingRow(SQLModel, table=True):
    """A briefing's current state; `summary` is its entry in a list, its body is that of its revision.

    `starts` and `ends` are the first and the last day that the talks can have; `venue` is in lower case.
    """

    __tablename__ = "briefings"
    __table_args__ = (
        Index("ix_briefings_created", "created_at", "id"),
        Index("ix_briefings_updated", "updated_at", "id"),
        Index("ix_briefings_starts", "starts", "id"),
        Index("ix_briefings_ends", "ends", "id"),
        Index("ix_briefings_venue", "venue"),
        Index("ix_briefings_sides", "sides", "day", "status", "updated_at"),
        Index(
            "ix_briefings_withdrawn",
            *("updated_at", "id"),
            sqlite_where=text(WITHDRAWN),
            postgresql_where=text(WITHDRAWN),
        ),
    )

    id: str = Field(primary_key=True)
    slug: str = Field(index=True)
    revision: int
    status: str
    summary: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Moment)
    sides: str
    day: date | None = None
    updated_at: datetime = Field(sa_type=Moment)
    starts: date = NO_DAY
    ends: date = BEFORE_DAYS
    venue: str | None = None


LAST_FIRST = (
    col(BriefingRow.day).desc().nulls_last(),
    col(BriefingRow.created_at).desc(),
    col(BriefingRow.id).desc(),
)
"""The rounds between the same sides, the last one first."""
Index("ix_briefings_last", col(BriefingRow.sides), *LAST_FIRST)


class BriefingDraftRow(SQLModel, table=True):
    """What workers have made of a briefing since it was published. Readers have no part of it.

    `edition` counts how often it was made anew, `revision` is the number that it is published under. Columns as in
    `briefings`; `overdue_from`: the last day of the deadline that it tells of as pending and that is the first to pass.
    With a `publish_at`, it is published then, with `note`.
    """

    __tablename__ = "briefing_drafts"
    __table_args__ = (
        Index("ix_briefing_drafts_updated", "updated_at", "briefing_id"),
        Index("ix_briefing_drafts_sides", "sides", "day"),
        Index("ix_briefing_drafts_slug", "slug"),
        Index("ix_briefing_drafts_publish", "publish_at"),
        Index("ix_briefing_drafts_overdue", "overdue_from"),
    )

    briefing_id: str = Field(primary_key=True)
    edition: int
    revision: int
    slug: str
    status: str
    sides: str
    day: date | None = None
    overdue_from: date | None = None
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    body: bytes = Field(sa_type=Body)
    cause: bytes = Field(sa_type=LargeBinary)
    publish_at: datetime | None = Field(default=None, sa_type=Moment)
    note: bytes | None = Field(default=None, sa_type=LargeBinary)


class DraftLinkRow(SQLModel, table=True):
    """What a draft is found by: a document, a fact, or a key under which a document looks for its round."""

    __tablename__ = "briefing_draft_links"
    __table_args__ = (Index("ix_briefing_draft_links_value", "name", "value"),)

    briefing_id: str = Field(primary_key=True, foreign_key="briefing_drafts.briefing_id")
    name: str = Field(primary_key=True)
    value: str = Field(primary_key=True)


class NegotiationRow(SQLModel, table=True):
    """All rounds between the same sides that are not withdrawn. Derived from the briefings.

    `ahead`: as JSON the last day, the briefing and the id of each open deadline of the last rounds, first to last.
    """

    __tablename__ = "negotiations"
    __table_args__ = (Index("ix_negotiations_updated", "updated_at", "sides"),)

    sides: str = Field(primary_key=True)
    rounds: int
    latest_id: str
    updated_at: datetime = Field(sa_type=Moment)
    ahead: str = Field(default="[]", sa_type=Text, sa_column_kwargs={"server_default": "[]"})


class RevisionRow(SQLModel, table=True):
    """A revision of a briefing, and why it was made. What it says is never changed, and never deleted.

    With a `base`, `body` tells how it differs from that revision's, or is compressed if that is itself; see
    `store.revisions`.
    """

    __tablename__ = "briefing_revisions"

    briefing_id: str = Field(primary_key=True, foreign_key="briefings.id")
    revision: int = Field(primary_key=True)
    slug: str
    body: bytes = Field(sa_type=Body)
    cause: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Moment)
    base: int | None = None


class RoundKeyRow(SQLModel, table=True):
    """A key under which a document looks for its round. Derived: it can be made anew from the readouts."""

    __tablename__ = "round_keys"
    __table_args__ = (Index("ix_round_keys_briefing", "briefing_id"),)

    key: str = Field(primary_key=True)
    briefing_id: str = Field(primary_key=True, foreign_key="briefings.id")


class AssignmentRow(SQLModel, table=True):
    """A document that an editor assigned to a briefing."""

    __tablename__ = "assignments"

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    briefing_id: str


class DecisionRow(SQLModel, table=True):
    """An editor's decision about rounds, under each briefing that it concerns."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_briefing", "briefing_id", "at", "id"),)

    id: str = Field(primary_key=True)
    briefing_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    body: bytes = Field(sa_type=LargeBinary)


class ReviewRow(SQLModel, table=True):
    """An editor's decision about a fact or a conflict, whose id is `fact_id`. `machine`: it as it was read then;
    `replaced_by`: the later decision.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        Index("ix_reviews_briefing", "briefing_id", "at", "id"),
        Index("ix_reviews_at", "at", "id"),
    )

    id: str = Field(primary_key=True)
    fact_id: str
    briefing_id: str
    at: datetime = Field(sa_type=Moment)
    kind: str
    body: bytes = Field(sa_type=LargeBinary)
    machine: bytes = Field(sa_type=LargeBinary)
    replaced_by: str | None = None


class ReviewPlaceRow(SQLModel, table=True):
    """A span on which what was decided about has stood: by it the decision is found again, whatever that is called."""

    __tablename__ = "review_places"

    document_id: str = Field(primary_key=True)
    review_id: str = Field(primary_key=True, foreign_key="reviews.id")
    start: int = Field(primary_key=True)
    end: int = Field(primary_key=True)


class ReviewOutcomeRow(SQLModel, table=True):
    """What a decision has come to in a briefing as it stands: the fact or conflict, with the heads of its sources."""

    __tablename__ = "review_outcomes"
    __table_args__ = (Index("ix_review_outcomes_fact", "fact_id"),)

    briefing_id: str = Field(primary_key=True)
    review_id: str = Field(primary_key=True, foreign_key="reviews.id")
    fact_id: str
    kind: str
    standing: str
    body: bytes = Field(sa_type=LargeBinary)
    sources: bytes = Field(sa_type=LargeBinary)


class PartyRow(SQLModel, table=True):
    """A side of the table of a briefing."""

    __tablename__ = "briefing_parties"
    __table_args__ = (Index("ix_briefing_parties_party", "party", "briefing_id"),)

    briefing_id: str = Field(primary_key=True, foreign_key="briefings.id")
    party: str = Field(primary_key=True)


class MemberRow(SQLModel, table=True):
    """A document that a briefing rests on."""

    __tablename__ = "briefing_documents"
    __table_args__ = (Index("ix_briefing_documents_document", "document_id"),)

    briefing_id: str = Field(primary_key=True, foreign_key="briefings.id")
    document_id: str = Field(primary_key=True, foreign_key="documents.id")


class FactRow(SQLModel, table=True):
    """A fact (or conflict) of a current briefing. Derived, like all that hangs on it, from the briefing's body.

    `word` is the deadline's kind, the figure's measure or the conflict's kind. `day` sorts by date: the first
    day that the fact's date can be, else `NO_DAY`; `last_day` sorts by date backwards. `span` is how far the
    two are apart (see `store.facts.span_of`). `begins_first` and `begins_last` are the days from which it can
    apply. A fact keeps its `position`, so paging survives new revisions.
    """

    __tablename__ = "facts"
    __table_args__ = (
        Index("ix_facts_id", "id"),
        Index("ix_facts_order", "kind", "span", "day", "briefing_id", "position"),
        # Each tells the whole place of a fact: a list that is walked along it asks for links without the fact.
        Index("ix_facts_backwards", "kind", "span", "last_day", "briefing_id", "position", "day"),
        Index("ix_facts_unit_value", "kind", "unit", "value", "briefing_id", "position", "span", "day"),
        *(
            Index(f"ix_facts_{name}", "kind", name, "span", "day", "briefing_id", "position")
            for name in FILTERED
        ),
        *(
            Index(f"ix_facts_{name}", "kind", name, "briefing_id", "position", "span", "day")
            for name in RANGED
        ),
        Index(
            "ix_facts_imposed_by",
            *("kind", "imposed_by", "span", "day", "briefing_id", "position"),
            sqlite_where=text("imposed_by IS NOT NULL"),
            postgresql_where=text("imposed_by IS NOT NULL"),
        ),
        Index(
            "ix_facts_begins",
            *("kind", "span", "day", "briefing_id", "position"),
            sqlite_where=text(BEGINS),
            postgresql_where=text(BEGINS),
        ),
    )

    briefing_id: str = Field(primary_key=True, foreign_key="briefings.id")
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    position: int
    day: date
    last_day: date = BEFORE_DAYS
    span: int
    updated_at: datetime = Field(sa_type=Moment)
    body: bytes = Field(sa_type=LargeBinary)
    sources: bytes | None = Field(default=None, sa_type=LargeBinary)
    party: str | None = None
    topic: str | None = None
    word: str | None = None
    status: str | None = None
    unit: str | None = None
    value: float | None = None
    earliest: date | None = None
    latest: date | None = None
    certainty: str | None = None
    proof: str | None = None
    origins: int | None = None
    speaker: str | None = None
    direct: bool | None = None
    salience: float | None = None
    imposed_by: str | None = None
    begins_first: date | None = None
    begins_last: date | None = None


class FactLinkRow(SQLModel, table=True):
    """A party at whose table a fact was found or on whom it falls, or a document that proves it: in the order of a list
    by date.

    `word` is that of the fact, or its topic.
    """

    __tablename__ = "fact_links"
    __table_args__ = (
        Index("ix_fact_links_briefing", "briefing_id"),
        Index(
            "ix_fact_links_word",
            *("name", "value", "kind", "word", "span", "day", "briefing_id", "position"),
            sqlite_where=text("word IS NOT NULL"),
            postgresql_where=text("word IS NOT NULL"),
        ),
    )

    name: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    span: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    briefing_id: str = Field(primary_key=True, foreign_key="briefings.id")
    position: int = Field(primary_key=True)
    word: str | None = None


class Words(TypeDecorator[str]):
    """Words in their order, separated by spaces, as the database's full-text search takes them."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name != "postgresql":
            return value
        return " ".join(f"{word}:{place}" for place, word in enumerate(value.split(), 1))


class SearchRow(SQLModel, table=True):
    """What a search finds of a fact, conflict or briefing. `heading_words` are the beginning of `words`.

    On SQLite the triggers of a migration keep the index `search_words` beside it.
    """

    __tablename__ = "search"
    __table_args__ = (
        Index("ix_search_briefing", "briefing_id"),
        Index("ix_search_id", "id"),
        # SQLite has an index of its own kind, so it keeps these empty.
        *(
            Index(f"ix_search_{name}", name, postgresql_using="gin", sqlite_where=text("false"))
            for name in ("words", "heading_words")
        ),
    )

    number: int | None = Field(default=None, primary_key=True)
    kind: str
    id: str
    briefing_id: str = Field(foreign_key="briefings.id")
    heading: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    heading_words: str = Field(sa_type=Words)
    words: str = Field(sa_type=Words)
    length: int


class ChangeRow(SQLModel, table=True):
    """The last change to a fact, conflict or briefing, or that a job failed (`JOB`), of which webhooks alone are told.

    Numbers grow in the order in which changes can be seen. `opened`: of an open conflict, the number with which it came
    up, or came up again.
    """

    __tablename__ = "changes"

    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    kind: str
    briefing_id: str
    removed: bool
    at: datetime = Field(sa_type=Moment)
    opened: int | None = None


JOB = "job"
"""The kind of a change that tells of a job."""


class WorkerRow(SQLModel, table=True):
    """A worker process that said it was alive, by the database's clock."""

    __tablename__ = "workers"

    id: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=Moment)


class AnswerRow(SQLModel, table=True):
    """What a language model answered to a request, so that nobody asks it the same again."""

    __tablename__ = "answers"
    __table_args__ = (Index("ix_answers_created", "created_at"),)

    key: str = Field(primary_key=True)
    model: str
    body: bytes = Field(sa_type=LargeBinary)
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: float | None
    created_at: datetime = Field(sa_type=Moment)


class UpgradeRow(SQLModel, table=True):
    """A document that waits for the model: its readout is a stand-in, or parts of it got no answer."""

    __tablename__ = "upgrades"
    __table_args__ = (Index("ix_upgrades_due", "due_at"),)

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    tries: int
    due_at: datetime = Field(sa_type=Moment)


class UnwrittenRow(SQLModel, table=True):
    """A briefing, or the draft of one, that waits for a model to write of it; the rules' text serves meanwhile."""

    __tablename__ = "unwritten"
    __table_args__ = (Index("ix_unwritten_due", "due_at"),)

    briefing_id: str = Field(primary_key=True)
    tries: int
    due_at: datetime = Field(sa_type=Moment)


class BodyRow(SQLModel, table=True):
    """The shape that a column's bodies were last brought to; see `store.migrate`."""

    __tablename__ = "bodies"

    name: str = Field(primary_key=True)
    shape: str


class KeyRow(SQLModel, table=True):
    """An API key. What is kept of its text is where it begins, and a hash."""

    __tablename__ = "keys"
    __table_args__ = (Index("ix_keys_created", "created_at", "id"),)

    id: str = Field(primary_key=True)
    prefix: str = Field(unique=True)
    digest: str
    name: str
    scopes: str
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    last_used_at: datetime | None = Field(default=None, sa_type=Moment)


class RateRow(SQLModel, table=True):
    """When a caller may ask as much as ever again, in seconds since 1970."""

    __tablename__ = "rates"

    caller: str = Field(primary_key=True)
    full_at: float = Field(index=True)


class SubmissionRow(SQLModel, table=True):
    """A request that came with an idempotency key: what it meant, and its answer once there is one.

    `token` is of the request that holds the key.
    """

    __tablename__ = "submissions"
    __table_args__ = (Index("ix_submissions_created", "created_at"),)

    key: str = Field(primary_key=True)
    meaning: str
    answer: bytes | None = Field(sa_type=LargeBinary)
    token: str
    created_at: datetime = Field(sa_type=Moment)


class TotalRow(SQLModel, table=True):
    """A figure that all workers add to; `labels` is a JSON list of pairs."""

    __tablename__ = "totals"

    name: str = Field(primary_key=True)
    labels: str = Field(primary_key=True)
    value: float


class MergeRow(SQLModel, table=True):
    """A document that waits to be merged; `keys` is a JSON list of those under which its round is found."""

    __tablename__ = "merges"

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    keys: str = Field(sa_type=Text)


class CallRow(SQLModel, table=True):
    """A call of a model that is under way, until then at the longest, in seconds since 1970."""

    __tablename__ = "calls"
    __table_args__ = (Index("ix_calls_provider", "provider"),)

    id: str = Field(primary_key=True)
    provider: str
    until: float


class FreshnessRow(SQLModel, table=True):
    """How often what is served has changed; `documents`: documents and what was read in them, all else in `changes`.

    Triggers count, so that no writer can forget to.
    """

    __tablename__ = "freshness"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    changes: int = Field(sa_type=BigInteger)
    documents: int = Field(default=0, sa_type=BigInteger)

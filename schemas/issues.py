"""Issues of a newsletter: digests that were edited and frozen; and topics, which are filters under a name."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from schemas.briefing import Timestamp
from schemas.changes import ChangeSentence, ConflictSentence, DeadlineSentence, Digest, DigestBriefing
from schemas.http import NextCursor, OneLine
from schemas.vocabulary import Day, Length, Party, Text, Topic

IssueId = Annotated[
    str,
    Meta(
        pattern=r"^iss_[0-9a-f]{16}\Z",
        description="Identity of an issue.",
        examples=["iss_5c1f0e2d3b4a6978"],
    ),
]
TopicId = Annotated[
    str,
    Meta(
        pattern=r"^top_[0-9a-f]{16}\Z",
        description="Identity of a saved topic.",
        examples=["top_5c1f0e2d3b4a6978"],
    ),
]
SinceIssue = Annotated[
    str,
    Meta(
        pattern=r"^(?:last|iss_[0-9a-f]{16})\Z",
        description="Changes after this issue, by its id; `last`: the last one of the same topic, or of the same "
        "parties, topics and words. `since` goes before it. Where there is no last one, as without it.",
        examples=["last"],
    ),
]
ItemId = Annotated[
    str,
    Meta(
        pattern=r"^(?:brf|cfl|fct)_[0-9a-f]{16}\Z",
        description="A briefing, a conflict or a fact of the digest.",
        examples=["fct_0b9c8d1e2f3a4b5c"],
    ),
]
DigestItem = ChangeSentence | DeadlineSentence | ConflictSentence | DigestBriefing
_WORDS = Meta(min_length=1, max_length=5000, pattern=r"^[^\x00]*\Z")
FollowedWords = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f]*\Z",
        description="Words that talks must have in some part of their briefing, as `/v1/search` takes them.",
        examples=['"rare earths"'],
    ),
]
_ORDER = Meta(max_length=1000, description="What comes first, in this order; the rest follows as it was.")


class IssueNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an editor says of an item. It is shown under it."""

    id: ItemId
    text: Annotated[str, _WORDS]


class NewIssue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A digest to freeze, and what an editor made of it."""

    title: OneLine
    introduction: Annotated[str, _WORDS] | None = None
    topic_id: TopicId | None = None
    parties: Annotated[list[Party], Meta(max_length=50)] = []
    topics: Annotated[list[Topic], Meta(max_length=50)] = []
    query: FollowedWords | None = None
    since: Annotated[datetime, Meta(tz=True, description="Changes after this moment.")] | None = None
    since_issue: SinceIssue = "last"
    until: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="`until` of the digest that was looked at: where something has changed after it, nothing "
                "is frozen.",
            ),
        ]
        | None
    ) = None
    date_from: Day | None = None
    date_to: Day | None = None
    length: Length = "standard"
    drop: Annotated[
        list[ItemId],
        Meta(
            max_length=1000, description="What is left out: of a briefing or a fact, all that is told of it."
        ),
    ] = []
    order: Annotated[list[ItemId], _ORDER] = []
    notes: Annotated[list[IssueNote], Meta(max_length=1000)] = []


class IssueSummary(Struct, frozen=True, kw_only=True):
    """An issue in a list."""

    id: IssueId
    title: Text
    introduction: Text | None
    topic_id: TopicId | None
    parties: list[Party]
    topics: list[Topic]
    query: Text | None
    since: Timestamp
    until: Timestamp
    by: Annotated[
        Text,
        Meta(
            description="Id of the key that froze it, or of the schedule by which it was made; where no key is asked "
            "for, the address of the caller."
        ),
    ]
    created_at: Timestamp


class Issue(Struct, frozen=True, kw_only=True):
    """A digest as it was edited and frozen. It never changes."""

    id: IssueId
    title: Text
    introduction: Text | None
    topic_id: TopicId | None
    by: Annotated[
        Text,
        Meta(
            description="Id of the key that froze it, or of the schedule by which it was made; where no key is asked "
            "for, the address of the caller."
        ),
    ]
    created_at: Timestamp
    order: Annotated[list[ItemId], _ORDER]
    notes: list[IssueNote]
    reminder: Annotated[
        bool, Meta(description="Whether it tells of deadlines that come near, and of nothing that changed.")
    ] = False
    digest: Annotated[Digest, Meta(description="Without what was dropped.")]


class IssuePage(Struct, frozen=True, kw_only=True):
    """A page of issues, newest first."""

    items: list[IssueSummary]
    next_cursor: NextCursor


class NewTopic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Filters to be kept under a name."""

    name: OneLine
    parties: Annotated[
        list[Party], Meta(max_length=10, description="Talks with any of these at the table.")
    ] = []
    topics: Annotated[list[Topic], Meta(max_length=10, description="Talks with any of these at stake.")] = []
    query: FollowedWords | None = None


class SavedTopic(Struct, frozen=True, kw_only=True):
    """Filters under a name: digests, issues, the feed and the calendar take its id as `topic_id`."""

    id: TopicId
    name: Text
    parties: list[Party]
    topics: list[Topic]
    query: Text | None
    created_at: Timestamp


class TopicPage(Struct, frozen=True, kw_only=True):
    """A page of saved topics, newest first."""

    items: list[SavedTopic]
    next_cursor: NextCursor


def item_ids(item: DigestItem) -> list[str]:
    """By what an editor names an item of a digest: its own ids, and that of its briefing."""
    if isinstance(item, DigestBriefing):
        return [item.id]
    own = [item.conflict_id] if isinstance(item, ConflictSentence) else []
    return [*own, *item.fact_ids, item.briefing_id]

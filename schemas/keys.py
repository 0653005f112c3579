"""API keys: who may do what, and for how long."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.briefing import Timestamp
from schemas.http import NextCursor
from schemas.vocabulary import Text

Scope = Literal["briefings:read", "documents:write", "briefings:review", "admin"]
KeyId = Annotated[
    str,
    Meta(pattern=r"^key_[0-9a-f]{16}\Z", description="Identity of a key.", examples=["key_5c1f0e2d3b4a6978"]),
]
KeyName = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f]{1,100}\Z",
        description="What the key is for, in your words.",
        examples=["newsletter"],
    ),
]
Scopes = Annotated[
    list[Scope],
    Meta(
        min_length=1,
        max_length=4,
        description="What the key may do. `admin` may do everything.",
        examples=[["briefings:read"]],
    ),
]


class NewKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to make."""

    name: KeyName
    scopes: Scopes
    expires_at: Annotated[
        Timestamp | None, Meta(description="From when on it is refused; null: it does not expire.")
    ] = None


class Key(Struct, frozen=True, kw_only=True):
    """A key, without the key itself: the service keeps a hash of it."""

    id: KeyId
    name: KeyName
    prefix: Annotated[Text, Meta(description="How the key begins, to tell it by.", examples=["rk_Zy3kQ9aB"])]
    scopes: Scopes
    created_at: Timestamp
    expires_at: Annotated[Timestamp | None, Meta(description="From when on it is refused.")]
    revoked_at: Annotated[Timestamp | None, Meta(description="When it was revoked.")]
    last_used_at: Annotated[
        Timestamp | None, Meta(description="When it was last seen, to about a minute; null: never.")
    ]


class KeyCreated(Key, frozen=True, kw_only=True):
    """A new key. `key` is shown this once."""

    key: Annotated[
        str,
        Meta(
            pattern=r"^rk_[0-9A-Za-z]{40}\Z",
            description="The key itself. Keep it: the service cannot show it again.",
            examples=["rk_Zy3kQ9aBNotARealKeyOnlyAnExample00000000"],
        ),
    ]


class KeyPage(Struct, frozen=True, kw_only=True):
    """A page of keys, newest first."""

    items: list[Key]
    next_cursor: NextCursor

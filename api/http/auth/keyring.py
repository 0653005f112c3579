"""The keys that this process knows to be real. It looks each up again after some seconds."""

import asyncio
import hmac
import logging
import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from litestar.concurrency import sync_to_thread
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.http.auth import ADMIN
from schemas.jobs import Key
from schemas.subscriptions import Subscription
from store.keys import find_key, saw_key
from store.subscriptions import find_subscription

FRESH = 10.0  # seconds: for so long another process may still let in a key that was revoked in this one
_A_MINUTE = 60.0
log = logging.getLogger("readout.api")


class Keyring:
    """Tells whose key a text is. `admin_key` is one that needs no database."""

    def __init__(self, engine: Engine, admin_key: str | None) -> None:
        self._engine = engine
        self._admin = sha256(admin_key.encode()).digest() if admin_key else None
        self._known: dict[bytes, tuple[float, Key]] = {}
        self._seen: dict[str, float] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def owner(self, token: str) -> Key | None:
        """The key whose text this is, in force or not."""
        # A dictionary of hashes: how long a look takes tells nothing of the text that was hashed.
        digest = sha256(token.encode("utf-8", "surrogateescape")).digest()
        if self._admin is not None and hmac.compare_digest(digest, self._admin):
            return BOOTSTRAP
        until, key = self._known.get(digest, (0.0, None))
        now = time.monotonic()
        if key is None or now > until:
            key = await sync_to_thread(find_key, self._engine, token)
            if key is None:
                self._known.pop(digest, None)
                return None
            self._known[digest] = (now + FRESH, key)
        self._note(key, now)
        return key

    async def subscription(self, secret: str) -> Subscription | None:
        """The subscription whose address has this secret. Asked for by the hour, so it is not remembered."""
        return await sync_to_thread(find_subscription, self._engine, secret)

    def revoked(self, revoked: Key) -> None:
        """Believe it at once, here."""
        self._known = {
            digest: (until, replace(key, revoked_at=revoked.revoked_at) if key.id == revoked.id else key)
            for digest, (until, key) in self._known.items()
        }

    def _note(self, key: Key, now: float) -> None:
        """Keeps the last use, once a minute and beside the request."""
        if is_over(key) is None and now > self._seen.get(key.id, 0.0):
            self._seen[key.id] = now + _A_MINUTE
            note = asyncio.create_task(self._write(key))
            self._notes.add(note)
            note.add_done_callback(self._notes.discard)

    async def _write(self, key: Key) -> None:
        try:
            await sync_to_thread(saw_key, self._engine, key.id)
        except SQLAlchemyError:
            log.warning("the last use of %s could not be noted", key.id, exc_info=True)

    async def close(self) -> None:
        """Waits for what is being noted."""
        await asyncio.gather(*self._notes)


BOOTSTRAP = Key(
    id="key_0000000000000000",
    name="READOUT_ADMIN_KEY",
    prefix="READOUT_ADMIN_KEY",
    scopes=[ADMIN],
    created_at=datetime.fromtimestamp(0, UTC),
    expires_at=None,
    revoked_at=None,
    last_used_at=None,
)
"""Who brings the key of the settings."""


def is_over(key: Key) -> Literal["revoked", "expired"] | None:
    """Why a key is no longer in force; None: it is."""
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= datetime.now(UTC):
        return "expired"
    return None


def why_not(key: Key | None) -> str:
    """What to tell whoever brings a key that is not there, or no longer in force."""
    match key and is_over(key):
        case "revoked":
            return "The key was revoked."
        case "expired":
            return "The key has expired."
        case _:
            return "The key is not valid."

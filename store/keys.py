"""Who may ask, and how much: API keys, made once and kept as a hash, and what each caller may still ask.

Of a caller's requests one row tells, leased in blocks, so that few requests write. That is the generic cell rate
algorithm: a row holds the moment at which its caller will have everything again, and what is taken moves it. A row in
the past says nothing, and goes.
"""

import hmac
import re
import secrets
import string
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from msgspec import Struct, convert, json, structs
from sqlalchemy import Engine, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.jobs import Key, KeyCreated, Scope
from store.engine import writing
from store.paging import Page, page_newest, scope_of
from store.tables import KeyRow, Moment, RateRow

BEGIN = "rk_"
_ALPHABET = string.ascii_letters + string.digits
_SHOWN = 8
_HIDDEN = 32  # characters, of 62 each: 190 bits, so a plain hash cannot be searched
_TOKEN = re.compile(f"{BEGIN}[0-9A-Za-z]{{{_SHOWN + _HIDDEN}}}")
_SEEN = timedelta(minutes=1)
_NOBODY = sha256(b"").hexdigest()
_ROUNDING = 1e-3  # of a request
_AT_A_TIME = 100


class Token(NamedTuple):
    """What lets somebody in. `prefix` is shown in lists, and `digest` is all that is kept of the rest."""

    text: str
    prefix: str
    digest: str


def new_token(begin: str) -> Token:
    """Another one that begins so."""
    text = begin + "".join(secrets.choice(_ALPHABET) for _ in range(_SHOWN + _HIDDEN))
    return Token(text, text[: len(begin) + _SHOWN], token_digest(text))


def token_digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def create_key(
    engine: Engine, *, name: str, scopes: Sequence[Scope], expires_at: datetime | None = None
) -> KeyCreated:
    """A new key; its `key` is nowhere else."""
    token = new_token(BEGIN)
    row = KeyRow(
        id=f"key_{secrets.token_hex(8)}",
        prefix=token.prefix,
        digest=token.digest,
        name=name,
        scopes=" ".join(sorted(set(scopes))),
        created_at=datetime.now(UTC),
        expires_at=expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    made = KeyCreated(**structs.asdict(_key(row)), key=token.text)
    with writing(engine) as session:
        session.add(row)
    return made


def find_key(engine: Engine, token: str) -> Key | None:
    """The key whose text this is, in force or not. How long it takes does not tell how much was right."""
    if not _TOKEN.fullmatch(token):
        return None
    with Session(engine) as session:
        row = session.scalars(
            select(KeyRow).where(col(KeyRow.prefix) == token[: len(BEGIN) + _SHOWN])
        ).one_or_none()
    matches = hmac.compare_digest(token_digest(token), row.digest if row else _NOBODY)
    return _key(row) if row and matches else None


def any_in_force(engine: Engine) -> bool:
    """Whether somebody could come in with a key."""
    lasting = or_(col(KeyRow.expires_at).is_(None), col(KeyRow.expires_at) > datetime.now(UTC))
    in_force = select(col(KeyRow.id)).where(col(KeyRow.revoked_at).is_(None), lasting)
    with Session(engine) as session:
        return session.scalars(in_force.limit(1)).first() is not None


def get_key(engine: Engine, id: str) -> Key | None:
    with Session(engine) as session:
        row = session.get(KeyRow, id)
    return _key(row) if row else None


def starting_with(engine: Engine, prefix: str) -> list[Key]:
    """Keys by the beginning of their visible prefix, oldest first."""
    query = select(KeyRow).where(col(KeyRow.prefix).startswith(prefix, autoescape=True))
    with Session(engine) as session:
        rows = session.scalars(query.order_by(col(KeyRow.created_at))).all()
    return [_key(row) for row in rows if row.prefix.startswith(prefix)]


def page_keys(engine: Engine, *, limit: int, cursor: str | None = None) -> Page:
    """Keys, newest first, those that are no longer in force too. Raises BadCursor."""
    return page_newest(
        engine,
        select(KeyRow),
        (col(KeyRow.created_at), col(KeyRow.id)),
        lambda row: json.encode(_key(row)),
        scope=scope_of("keys", {}),
        limit=limit,
        cursor=cursor,
    )


def revoke_key(engine: Engine, id: str) -> Key | None:
    """Ends a key. One that was revoked before keeps its date."""
    with writing(engine) as session:
        row = session.get(KeyRow, id)
        if row is None:
            return None
        row.revoked_at = row.revoked_at or datetime.now(UTC)
        return _key(row)


def saw_key(engine: Engine, id: str) -> None:
    """Notes that a key is in use; at most once a minute, whichever process saw it."""
    now = datetime.now(UTC)
    seen = col(KeyRow.last_used_at)
    due = or_(seen.is_(None), seen < now - _SEEN)
    with writing(engine) as session:
        session.execute(update(KeyRow).where(col(KeyRow.id) == id, due).values(last_used_at=now))


def _key(row: KeyRow) -> Key:
    return convert(row.model_dump(exclude={"digest"}) | {"scopes": row.scopes.split()}, Key)


class Lease(Struct, frozen=True):
    """`granted` requests may be answered, `left` more could be leased; `wait`: seconds to the next one, if none."""

    granted: int
    left: int
    wait: float


def lease(
    engine: Engine, caller: str, *, count: int, seconds: float, wanted: int, returned: int = 0
) -> Lease:
    """Takes up to `wanted` of the `count` requests that a caller has in any `seconds`, on all processes.

    `returned` of an earlier lease were not used. Towards the end blocks get small, so that nothing is left
    idle with one process while another refuses.
    """
    each = seconds / count
    with writing(engine) as session:
        now, full_at = _held(session, caller)
        full_at = max(full_at - returned * each, now)
        available = int((now + seconds - full_at) / each + _ROUNDING)
        granted = min(wanted, max(1, available // 4), available)
        session.execute(
            update(RateRow).where(col(RateRow.caller) == caller).values(full_at=full_at + granted * each)
        )
    wait = 0.0 if granted else full_at + each - (now + seconds)
    return Lease(granted=granted, left=available - granted, wait=max(wait, 0.0))


def _held(session: Session, caller: str) -> tuple[float, float]:
    """The time by the database's clock, and the caller's row, which nobody else changes meanwhile."""
    row = select(col(RateRow.full_at)).where(col(RateRow.caller) == caller).with_for_update()
    now = session.scalars(select(func.current_timestamp(type_=Moment))).one().timestamp()
    full_at = session.scalar(row)
    if full_at is None:
        _forget_the_full(session, now)
        try:
            with session.begin_nested():
                session.execute(insert(RateRow).values(caller=caller, full_at=now))
        except IntegrityError:  # another process made it at the same time
            pass
        full_at = session.scalars(row).one()
    return now, full_at


def _forget_the_full(session: Session, now: float) -> None:
    full = select(col(RateRow.caller)).where(col(RateRow.full_at) < now).limit(_AT_A_TIME)
    names = session.scalars(full.with_for_update(skip_locked=True)).all()
    if names:
        session.execute(delete(RateRow).where(col(RateRow.caller).in_(names)))

"""What the store raises, besides what its database does. The message of each is a sentence or part of one, for people.

- `StoreError`
  - `BadCursor`: not a cursor of this list with these filters in this order; the message says why.
  - `InUse`: something else is made of it, so it cannot be deleted; the message says what.
  - `KeyInUse`: a request with this idempotency key is being carried out.
  - `KeyReused`: the idempotency key came with a request that meant something else.
  - `LaterVersion`: the database was migrated by a later version than this one.
  - `TooMany`: there are as many as there may be; the message says of what.
  - `UnknownId`: what is asked for names something that is not there, or no more.
  - `Misshapen`: a stored body has no place in this version's shape; the message names the row.

Of errors of SQLAlchemy, `outage` and `contention` in `store.engine` say after which of them trying again makes sense.
"""


class StoreError(Exception):
    """The store could not do what it was asked."""


class BadCursor(StoreError):
    """Not a cursor of this list."""


class InUse(StoreError):
    """What is to be deleted is needed by something else."""


class KeyInUse(StoreError):
    """A request with this idempotency key is being carried out."""


class KeyReused(StoreError):
    """The idempotency key came with a request that meant something else."""


class LaterVersion(StoreError):
    """The database was migrated by a later version than this one."""


class Misshapen(StoreError):
    """A stored body has no place in this version's shape."""


class TooMany(StoreError):
    """There are as many as there may be."""


class UnknownId(StoreError):
    """A query names something that is not there. `parameter`: which of its parameters does."""

    def __init__(self, parameter: str, id: str) -> None:
        super().__init__(f"There is no {id}.")
        self.parameter = parameter

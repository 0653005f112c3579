"""What a list is asked for: the filters of its query that were given, and what its cursors are bound to."""

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from store.paging import scope_of

_PAGING = ("limit", "cursor", "sort")


def filters_of(asked: Struct) -> dict[str, Any]:
    """The filters that were given, by the names of the query parameters: neither paging nor order."""
    return {name: value for name, value in asdict(asked).items() if value is not None and name not in _PAGING}


def scope_of_query(collection: str, asked: Struct, sort: str | None = None) -> str:
    """What cursors of a list are bound to: the collection, the filters and the order that it has."""
    return scope_of(collection, {**filters_of(asked), "sort": sort})

"""Query parameters: a struct a collection, from which requests are checked and the API is described."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, TypeVar, get_args, get_type_hints
from urllib.parse import parse_qsl

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import asdict

from api.problems import INVALID_PARAMETER, REPEATED_PARAMETER, UNKNOWN_PARAMETER, Kind, Refusal
from schemas import FieldError
from schemas.vocabulary import (
    BriefingId,
    BriefingStatus,
    Certainty,
    ConflictKind,
    Day,
    DeadlineKind,
    DeadlineStatus,
    EventStatus,
    FigureStatus,
    JobStatus,
    Measure,
    Party,
    Topic,
    Unit,
)


class NoQuery(Struct, frozen=True):
    """For resources that take no query parameter."""


class PageQuery(Struct, frozen=True, kw_only=True):
    """What every list takes."""

    limit: Annotated[int, Meta(ge=1, le=100, description="Items on a page.")] = 20
    cursor: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=512,
                description="`next_cursor` of the page before; give the same filters with it.",
            ),
        ]
        | None
    ) = None


class BriefingQuery(PageQuery, frozen=True, kw_only=True):
    party: Annotated[Party, Meta(description="Only briefings with this party at the table.")] | None = None
    status: Annotated[BriefingStatus, Meta(description="Only briefings in this state.")] | None = None


class FactQuery(PageQuery, frozen=True, kw_only=True):
    """What every list of facts takes."""

    briefing_id: Annotated[BriefingId, Meta(description="Only those of this briefing.")] | None = None
    party: (
        Annotated[Party, Meta(description="Only those of negotiations with this party at the table.")] | None
    ) = None
    certainty: Annotated[Certainty, Meta(description="Only facts this certain.")] | None = None


class DelegateQuery(FactQuery, frozen=True, kw_only=True):
    party: Annotated[Party, Meta(description="Only this party's delegates.")] | None = None


class StakeQuery(FactQuery, frozen=True, kw_only=True):
    topic: Topic | None = None


class DatedQuery(FactQuery, frozen=True, kw_only=True):
    """For facts with a date. A date that is known to the month alone can be any day of it."""

    date_from: Annotated[Day, Meta(description="Only dates that can be this day or later.")] | None = None
    date_to: Annotated[Day, Meta(description="Only dates that can be this day or earlier.")] | None = None


class DeadlineQuery(DatedQuery, frozen=True, kw_only=True):
    kind: DeadlineKind | None = None
    status: DeadlineStatus | None = None


class EventQuery(DatedQuery, frozen=True, kw_only=True):
    status: EventStatus | None = None


class FigureQuery(FactQuery, frozen=True, kw_only=True):
    measure: Measure | None = None
    unit: Unit | None = None
    status: FigureStatus | None = None


class StatementQuery(FactQuery, frozen=True, kw_only=True):
    party: Annotated[Party, Meta(description="Only statements made for this party.")] | None = None
    speaker: (
        Annotated[
            str, Meta(pattern=r"^[^\x00]{1,200}$", description="Only this speaker, named as the source does.")
        ]
        | None
    ) = None
    direct: Annotated[bool, Meta(description="`true`: only verbatim quotations.")] | None = None


class ConflictQuery(PageQuery, frozen=True, kw_only=True):
    briefing_id: Annotated[BriefingId, Meta(description="Only those of this briefing.")] | None = None
    kind: ConflictKind | None = None


class JobQuery(PageQuery, frozen=True, kw_only=True):
    status: Annotated[JobStatus, Meta(description="Only jobs in this state.")] | None = None


Asked = TypeVar("Asked", bound=Struct)


@lru_cache
def parameters(query: type[Struct]) -> dict[str, Any]:
    """Each parameter's type: that of a value which is given, so never null."""
    return {
        name: next((member for member in get_args(hint) if type(None) in get_args(hint)), hint)
        for name, hint in get_type_hints(query, include_extras=True).items()
    }


def _refuse(kind: Kind, names: Mapping[str, str]) -> Refusal:
    detail = "; ".join(f"`{name}`: {message}" for name, message in names.items())
    return Refusal(kind, detail, [FieldError(pointer=n, detail=message) for n, message in names.items()])


def parse(query: type[Asked], query_string: bytes) -> Asked:
    """Raises Refusal that names every parameter that is unknown, repeated or wrong."""
    known = parameters(query)
    given = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    names = [name for name, _ in given]
    if unknown := [name for name in dict.fromkeys(names) if name not in known]:
        taken = (
            f"this resource takes {', '.join(f'`{name}`' for name in known)}" if known else "it takes none"
        )
        raise _refuse(UNKNOWN_PARAMETER, dict.fromkeys(unknown, taken))
    if repeated := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise _refuse(REPEATED_PARAMETER, dict.fromkeys(repeated, "give it once"))
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, raw in given:
        try:
            values[name] = convert(raw, known[name], strict=False)
        except ValidationError as error:
            wrong[name] = str(error)
        else:
            if _word(values[name]) != raw:
                wrong[name] = f"write it as `{_word(values[name])}`"
    if wrong:
        raise _refuse(INVALID_PARAMETER, wrong)
    return query(**values)


def _word(value: object) -> str:
    """The one way to write a value in a query."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def filters(asked: PageQuery) -> dict[str, str]:
    """The filters that were given, without paging, as the words that the store takes."""
    return {
        name: _word(value)
        for name, value in asdict(asked).items()
        if value is not None and name not in ("limit", "cursor")
    }


async def known_query(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: checks the query of every resource against what its handler declares in `opt["query"]`."""
    query: type[Struct] = handler.opt.get("query", NoQuery)
    connection.scope["state"]["asked"] = parse(query, connection.scope["query_string"])


async def asked(request: Request[Any, Any, Any]) -> Any:
    """The checked query parameters, for handlers that take them."""
    return request.scope["state"]["asked"]

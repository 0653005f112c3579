"""Path and query parameters as handlers declare them: checked strictly, and every fault named at once."""

import re
from datetime import date, datetime
from functools import lru_cache
from math import isfinite
from typing import Any, TypeVar, get_args, get_type_hints
from urllib.parse import parse_qsl

from litestar import Request
from litestar.handlers import BaseRouteHandler
from msgspec import Struct, ValidationError, convert
from msgspec.structs import fields

from api.http.middleware import Connection
from api.http.problems import INVALID_PARAMETER, NOT_FOUND, REPEATED_PARAMETER, UNKNOWN_PARAMETER, Refusal
from schemas import FieldError
from schemas.filters import written
from schemas.vocabulary import Day

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Asked = TypeVar("Asked", bound=Struct)


class NoQuery(Struct, frozen=True):
    """For resources that take no query parameter."""


@lru_cache
def parameters(query: type[Struct]) -> dict[str, Any]:
    """Each parameter's type: that of a value which is given, so never null."""
    hints = get_type_hints(query, include_extras=True)
    return {
        field.encode_name: next((member for member in get_args(hint) if type(None) in get_args(hint)), hint)
        for field in fields(query)
        for hint in [hints[field.name]]
    }


@lru_cache
def _fields(query: type[Struct]) -> dict[str, str]:
    """The names of a query's fields, by those of its parameters."""
    return {field.encode_name: field.name for field in fields(query)}


@lru_cache
def _required(query: type[Struct]) -> list[str]:
    return [field.encode_name for field in fields(query) if field.required]


def _value(raw: str, annotation: Any) -> Any:
    """Raises ValidationError."""
    if get_args(annotation)[:1] == (datetime,):
        # A moment may be written in many ways, but not as a number; a day is its beginning.
        return convert(f"{raw}T00:00:00Z" if _DAY.fullmatch(raw) else raw, annotation)
    if get_args(annotation)[:1] == (date,):
        return _day(convert(raw, Day))
    if unknown := _unknown(raw, annotation):
        raise ValidationError(unknown)
    value = convert(raw, annotation, strict=False)
    if isinstance(value, float) and isfinite(value):
        return value  # so may a number
    if written(value) != raw:
        raise ValidationError(f"Expected `{written(value)}`, got `{raw}`")
    return value


def _unknown(raw: str, annotation: Any) -> str | None:
    """What is wrong with words of which only some are known."""
    for meta in get_args(annotation)[1:]:
        known = (meta.extra or {}).get("known")
        if known and (strange := [word for word in raw.split(",") if word not in known]):
            return f"{', '.join(map(repr, strange))} is not known; known are {', '.join(known)}"
    return None


def _day(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise ValidationError(f"{raw!r} is not a day of the calendar") from None


def _errors(names: list[str], detail: str) -> list[FieldError]:
    return [FieldError(pointer=name, detail=detail) for name in names]


def parse(query: type[Asked], query_string: bytes, *, form: bool = False) -> Asked:
    """Raises Refusal that names every parameter that is unknown, repeated or wrong.

    Of a form, fields that were left empty are not given.
    """
    known = parameters(query)
    given = parse_qsl(query_string.decode("latin-1"), keep_blank_values=not form)
    names = [name for name, _ in given]
    if unknown := [name for name in dict.fromkeys(names) if name not in known]:
        taken = f"This resource takes {', '.join(known)}." if known else "This resource takes no parameters."
        raise Refusal(UNKNOWN_PARAMETER, taken, _errors(unknown, "unknown"))
    if repeated := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise Refusal(REPEATED_PARAMETER, "Give each parameter once.", _errors(repeated, "repeated"))
    values: dict[str, Any] = {}
    wrong: list[FieldError] = []
    for name, raw in given:
        try:
            values[name] = _value(raw, known[name])
        except ValidationError as error:
            wrong.append(FieldError(pointer=name, detail=str(error)))
    wrong += _errors([name for name in _required(query) if name not in names], "required")
    if wrong:
        raise Refusal(INVALID_PARAMETER, "A parameter has a value that it cannot have.", wrong)
    names_of = _fields(query)
    return query(**{names_of[name]: value for name, value in values.items()})


async def known_path(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: an identifier that cannot be one is not found, without asking the database."""
    signature = handler.parsed_fn_signature.parameters
    for name, raw in connection.path_params.items():
        if name in signature:
            try:
                _value(raw, signature[name].raw)
            except ValidationError as error:
                raise Refusal(NOT_FOUND, f"There is no {name} {raw!r}. {error}.") from None


async def known_query(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: checks the query of every resource against what its handler declares in `opt["query"]`."""
    query: type[Struct] = handler.opt.get("query", NoQuery)
    form = bool(handler.opt.get("form"))
    connection.scope["state"]["asked"] = parse(query, connection.scope["query_string"], form=form)


async def asked(request: Request[Any, Any, Any]) -> Any:
    """The checked query parameters, for handlers that take them."""
    return request.scope["state"]["asked"]

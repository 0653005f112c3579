"""Request bodies: JSON to a struct, and what is wrong with it as a JSON pointer and a sentence."""

import re
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.concurrency import sync_to_thread
from msgspec import DecodeError, ValidationError

from api.http.problems import INVALID_BODY, MALFORMED_JSON, Refusal
from schemas import FieldError

Shape = TypeVar("Shape")
_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_NAMED = re.compile(r"(?:unknown|missing required) field `(?P<name>.*)`$")


def invalid(error: ValidationError) -> Refusal:
    """A rule of the body that was broken."""
    message = str(error)
    place = _PLACE.search(message)
    steps = place["path"].replace("[", ".").replace("]", "").split(".")[1:] if place else []
    said = _PLACE.sub("", message)
    if named := _NAMED.search(said):
        steps.append(named["name"])
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
    return Refusal(INVALID_BODY, said, [FieldError(pointer=pointer, detail=said)])


def from_json(body: bytes, shape: type[Shape]) -> Shape:
    """Raises Refusal."""
    try:
        return msgspec.json.decode(body, type=shape)
    except ValidationError as error:
        raise invalid(error) from None
    except (DecodeError, UnicodeDecodeError) as error:
        raise Refusal(MALFORMED_JSON, f"{error}.") from None


async def json_body(request: Request[Any, Any, Any], shape: type[Shape]) -> Shape:
    """The JSON body of a request. Raises Refusal."""
    return await sync_to_thread(from_json, await request.body(), shape)

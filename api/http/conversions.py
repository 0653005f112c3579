"""Stored JSON as MessagePack, CSV, Markdown and HTML."""

import csv
import io
from collections.abc import Callable
from functools import cache
from typing import Any, get_args, get_type_hints

from msgspec import Struct, inspect, json, msgpack

from api.http.representations import CSV, HTML, MARKDOWN, MSGPACK
from api.rendering.html import digest_html, digest_markdown, markdown
from schemas import Briefing
from schemas.digest import Digest

_RENDERED: dict[tuple[Any, str], Callable[[Any], str]] = {
    (Briefing, MARKDOWN): markdown,
    (Digest, MARKDOWN): digest_markdown,
    (Digest, HTML): digest_html,
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def converted(body: bytes, media_type: str, shape: Any) -> bytes:
    """The JSON of a `shape` in another representation."""
    if media_type == MSGPACK:
        return msgpack.encode(json.decode(body))
    if media_type == CSV:
        return _csv(json.decode(body), shape)
    if render := _RENDERED.get((shape, media_type)):
        return render(json.decode(body, type=shape)).encode()
    raise ValueError(f"nothing becomes {media_type}")


def next_cursor(body: bytes) -> str | None:
    """The cursor in a page, which CSV has no place for."""
    return json.decode(body, type=_Page).next_cursor


class _Page(Struct):
    next_cursor: str | None


def _csv(page: dict[str, Any], shape: type[Struct]) -> bytes:
    """RFC 4180 with a header: one line an item; members of members as `negotiation.venue`."""
    columns = _columns(get_args(get_type_hints(shape)["items"])[0])
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(".".join(path) for path in columns)
    writer.writerows([_cell(_at(item, path)) for path in columns] for item in page["items"])
    return text.getvalue().encode()


@cache
def _columns(struct: type[Struct]) -> list[tuple[str, ...]]:
    """Paths of the leaves, so that a page without items has its header too."""
    return list(_leaves(inspect.type_info(struct)))


def _leaves(kind: inspect.Type) -> list[tuple[str, ...]]:
    if isinstance(kind, inspect.Metadata):
        return _leaves(kind.type)
    if isinstance(kind, inspect.UnionType):
        members = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        return _leaves(members[0]) if len(members) == 1 else [()]
    if isinstance(kind, inspect.StructType):
        return [(field.encode_name, *rest) for field in kind.fields for rest in _leaves(field.type)]
    return [()]


def _at(item: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if item is None:
            return None
        item = item.get(name)
    return item


def _cell(value: Any) -> str:
    """Lists of words joined by `; `, other lists as JSON. Text that a spreadsheet would run gets a quote before it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _cell("; ".join(value))
    return json.encode(value).decode()

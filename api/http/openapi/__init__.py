"""The description of the API, written from the handlers and from msgspec's own schemas of the structs."""

from importlib.metadata import version
from typing import Any, get_args

import yaml
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from msgspec import Struct

from api.http.openapi.components import JsonObject, components
from api.http.openapi.operations import POSTED, operation, shapes_of, webhooks
from schemas import Problem
from schemas.kinds import KINDS

_INTRODUCTION = """\
Readout turns documents about trade negotiations into briefings in which every fact is proven by a span of
a source: `text[start:end] == exact`, where `text` is what `/v1/documents/{document_id}/text` gives and
offsets count code points.

Lists take `limit` and an opaque `cursor` and answer `{items, next_cursor}`. Every read answers HEAD too and
has a strong `ETag`: send it back in `If-None-Match` for a 304. Every error is `application/problem+json`
with a stable `type`.

Besides JSON there is MessagePack (`Accept: application/msgpack`) of everything that is JSON, CSV of lists and
Markdown of briefings. Digests are Markdown and plain HTML too, deadlines iCalendar, and lists of briefings an
Atom feed; `/v1/deadlines.ics` and `/v1/briefings.atom` are for programs that subscribe. Answers are
compressed with zstd or gzip where `Accept-Encoding` allows it.

Operations name the scopes of which a key needs one, in words and as `x-scopes`. Where the service limits
rates, answers have the headers `RateLimit` and `RateLimit-Policy`, and 429 tells in `Retry-After` how long to
wait.

Who would rather be told than ask registers a webhook; `webhooks` has what is posted to it.

`/v1` changes only in ways that no client breaks on: new operations, new fields in answers, new words in
vocabularies marked `x-extensible-enum`. A service that is open to its own machine alone
(`READOUT_AUTH=local`) needs no key.
"""
_TAGS = {
    "briefings": "One negotiation round each, merged from every document about it.",
    "negotiations": "All rounds between the same sides, in a row.",
    "reviews": "What editors decide about facts.",
    "publication": "What editors see before readers do, and what readers are told of it.",
    "rounds": "Which documents make up a briefing, where an editor decides it.",
    "documents": "Bring a document; see its text and what was read out of it.",
    **{kind.plural: kind.about for kind in KINDS},
    "facts": "Any of these by its id.",
    "conflicts": "Where sources cannot both be right.",
    "search": "Briefings, facts and conflicts by their words.",
    "drafts": "Texts of others, checked against the sources.",
    "changes": "What is new, different or gone, for those who keep a copy.",
    "export": "Everything, as one stream.",
    "digest": "What a newsletter is made of.",
    "issues": "Digests that were edited and frozen: a newsletter.",
    "topics": "Parties, topics and words that are followed, under a name.",
    "schedules": "When issues are made, and to whom they and reminders are sent.",
    "subscriptions": "Addresses of feeds for programs that send no password.",
    "jobs": "The work on a document.",
    "watches": "Feeds, sitemaps and pages that are looked at again and again.",
    "keys": "Who may use the service, and for what.",
    "webhooks": "Who is told of changes as they happen.",
    "health": "Whether the service lives and can do its work.",
}


def _shown(app: Litestar) -> list[tuple[str, HTTPRoute, HTTPRouteHandler]]:
    """Operations by tag, then path, then method."""
    order = list(_TAGS)
    shown = [
        (method.lower(), route, handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.resolve_include_in_schema()
        for method in handler.http_methods
    ]
    return sorted(shown, key=lambda op: (order.index(op[2].resolve_tags()[0]), op[1].path_format, op[0]))


def document(app: Litestar) -> JsonObject:
    """The OpenAPI 3.1.0 document of an app."""
    operations = _shown(app)
    paths: JsonObject = {}
    structs: set[type[Struct]] = {Problem, *POSTED}
    statuses: set[int] = set()
    for method, route, handler in operations:
        paths.setdefault(route.path_format, {})[method] = operation(method, route, handler)
        shapes = [spec.data_container for spec in (handler.responses or {}).values()]
        shapes += [shape for taken in (handler.opt.get("body") or {}).values() for shape in shapes_of(taken)]
        shapes += [member for shape in shapes for member in get_args(shape)]
        structs |= {shape for shape in shapes if isinstance(shape, type) and issubclass(shape, Struct)}
        statuses |= {status for status in handler.responses or {} if status >= 400}
    # By reference: generators would else make operations of a client of what is posted to it.
    posted = {name.replace(".", "_"): item for name, item in webhooks().items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Readout",
            "version": version("readout"),
            "summary": "Briefings on trade negotiations, every fact proven by its source.",
            "description": _INTRODUCTION,
            "contact": {"name": "The Readout project"},
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "http://127.0.0.1:8000", "description": "What `readout up` starts."}],
        "tags": [{"name": name, "description": description} for name, description in _TAGS.items()],
        "paths": paths,
        "webhooks": {
            name: {"$ref": f"#/components/pathItems/{key}"}
            for name, key in zip(webhooks(), posted, strict=True)
        },
        "components": components(structs, statuses) | {"pathItems": posted},
    }


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, and nothing as an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def to_yaml(described: JsonObject) -> str:
    return yaml.dump(described, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)

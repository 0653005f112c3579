"""The server of the Model Context Protocol: its tools described and called, over standard streams or HTTP.

The protocol's library takes most of a second to load, so this module is imported where the first agent calls.
"""

import asyncio
from collections.abc import Callable
from importlib.metadata import version
from inspect import cleandoc
from typing import Any

import msgspec
from litestar.concurrency import sync_to_thread
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from msgspec import Struct, ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.mcp.tools import (
    CannotAnswer,
    compare_sources,
    find_briefings,
    list_deadlines,
    list_figures,
    read_part,
    verify_quotation,
)
from schemas.agents import (
    ComparedSources,
    CompareSources,
    FindBriefings,
    FoundBriefings,
    ListDeadlines,
    ListFigures,
    ReadBriefingPart,
    ToldBriefing,
    ToldDeadlines,
    ToldFigures,
    VerifiedQuotation,
    VerifyQuotation,
)
from store import BadCursor
from store.engine import contention, outage

_INSTRUCTIONS = (
    "Readout has briefings on trade negotiations, merged from documents. Every fact comes with `proofs`: the source's "
    "own words and where they stand. Cite them; what is null no source says."
)


class _Tool(Struct, frozen=True):
    """What it takes, what it answers, and the function that does it."""

    asked: type[Struct]
    answer: type[Struct]
    call: Callable[[Engine, Any], Struct]


TOOLS = {
    "find_briefings": _Tool(FindBriefings, FoundBriefings, find_briefings),
    "read_briefing": _Tool(ReadBriefingPart, ToldBriefing, read_part),
    "list_deadlines": _Tool(ListDeadlines, ToldDeadlines, list_deadlines),
    "list_figures": _Tool(ListFigures, ToldFigures, list_figures),
    "compare_sources": _Tool(CompareSources, ComparedSources, compare_sources),
    "verify_quotation": _Tool(VerifyQuotation, VerifiedQuotation, verify_quotation),
}


def listed_tools() -> list[Tool]:
    """The tools as they are listed: each word of it is read by every agent in every conversation."""
    return [
        Tool(
            name=name,
            description=cleandoc(tool.call.__doc__ or ""),
            input_schema=_input(tool.asked),
            output_schema=_schema(tool.answer),
            annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
        )
        for name, tool in TOOLS.items()
    ]


def _input(asked: type[Struct]) -> dict[str, Any]:
    """The schema of what a tool takes, without what an agent need not know to ask."""
    schema = _schema(asked)
    properties = {name: _short(one) for name, one in schema["properties"].items()}
    required = {"required": schema["required"]} if schema.get("required") else {}
    return {"type": "object", "properties": properties, **required, "additionalProperties": False}


def _short(schema: dict[str, Any]) -> dict[str, Any]:
    arms = [arm for arm in schema.get("anyOf", ()) if arm != {"type": "null"}]
    kept = ("type", "enum", "format", "description", "default", "minimum", "maximum")
    whole = (arms[0] if arms else {}) | schema
    return {name: whole[name] for name in kept if whole.get(name) is not None}


def _schema(shape: type[Struct]) -> dict[str, Any]:
    """As JSON Schema, its definitions beside it; patterns are Python's, and of no use to others."""
    [reference], components = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    name = reference["$ref"].rpartition("/")[2]
    schema: dict[str, Any] = _plain(components.pop(name))
    return schema | ({"$defs": _plain(components)} if components else {})


def _plain(node: Any) -> Any:
    if isinstance(node, list):
        return [_plain(part) for part in node]
    if not isinstance(node, dict):
        return node
    beside = {"pattern", "examples", "title"} if "type" in node or "anyOf" in node else set()
    return {name: _plain(part) for name, part in node.items() if name not in beside or isinstance(part, dict)}


def server_of(engine: Engine) -> Server[Any]:
    """The server over a database."""

    async def list_tools(_: Any, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=listed_tools())

    async def call_tool(_: Any, params: CallToolRequestParams) -> CallToolResult:
        return await sync_to_thread(_called, engine, params.name, params.arguments or {})

    return Server(
        "readout",
        version=version("readout"),
        title="Readout",
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _called(engine: Engine, name: str, arguments: dict[str, Any]) -> CallToolResult:
    """What went wrong is an answer too: an agent that reads it can ask again."""
    tool = TOOLS.get(name)
    try:
        if tool is None:
            raise CannotAnswer(f"There is no tool {name!r}; there are {', '.join(TOOLS)}.")
        answer = tool.call(engine, msgspec.convert(arguments, tool.asked))
    except (CannotAnswer, ValidationError) as error:
        return _failed(str(error))
    except BadCursor as error:
        return _failed(f"{error}: leave it out.")
    except SQLAlchemyError as error:
        if (why := outage(error) or contention(error)) is None:
            raise
        return _failed(f"Try again later: {why}.")
    body = msgspec.json.encode(answer)
    return CallToolResult(
        content=[TextContent(text=body.decode())], structured_content=msgspec.json.decode(body)
    )


def _failed(words: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=words)], is_error=True)


async def serve_streams(engine: Engine) -> None:
    """Serve whoever is at the other end of standard input and output, until it hangs up."""
    server = server_of(engine)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


class Endpoint:
    """The server over HTTP, each request an exchange of its own. Begin it on the loop that it is to run on."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        self.handle = manager.handle_request
        self._manager = manager
        self._over = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    @classmethod
    async def begin(cls, engine: Engine) -> "Endpoint":
        # Keys, hosts and origins are looked at before, as for every request.
        endpoint = cls(StreamableHTTPSessionManager(server_of(engine), json_response=True, stateless=True))
        begun = asyncio.Event()
        endpoint._running = asyncio.create_task(endpoint._run(begun))
        await begun.wait()
        return endpoint

    async def _run(self, begun: asyncio.Event) -> None:
        """In a task of its own, for what the library opens it wants to close in the same."""
        async with self._manager.run():
            begun.set()
            await self._over.wait()

    async def end(self) -> None:
        self._over.set()
        if self._running is not None:
            await self._running

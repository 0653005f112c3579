"""The endpoint of the Model Context Protocol: the tools of `api.mcp` under the keys of every other operation."""

import asyncio
from importlib import import_module
from typing import Any

from litestar import Litestar, Request, post
from litestar.concurrency import sync_to_thread
from litestar.types import ASGIApp
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_READ
from api.http.responses import Database

_STATE = "agents"


@post(
    "/mcp",
    include_in_schema=False,
    opt={"scope": (BRIEFINGS_READ,), "own_origin": True, "asks": True},
)
async def speak_with_agents(request: Request[Any, Any, Any], database: Database) -> ASGIApp:
    """JSON-RPC of the protocol, an exchange a request."""
    state = request.app.state
    if _STATE not in state or _has_failed(state[_STATE]):
        state[_STATE] = asyncio.create_task(_begun(database))
    endpoint: Any = await asyncio.shield(state[_STATE])
    handle: ASGIApp = endpoint.handle
    return handle


async def _begun(database: Engine) -> Any:
    """What speaks the protocol takes most of a second to load: beside the loop, when the first agent comes."""
    server = await sync_to_thread(import_module, "api.mcp.server")
    return await server.Endpoint.begin(database)


def _has_failed(begun: "asyncio.Task[Any]") -> bool:
    return begun.done() and (begun.cancelled() or begun.exception() is not None)


async def hang_up(app: Litestar) -> None:
    """When the service stops."""
    if _STATE in app.state and not _has_failed(app.state[_STATE]):
        endpoint = await app.state[_STATE]
        await endpoint.end()


handlers = [speak_with_agents]

"""The service on Granian, in this very process."""

import asyncio
import os
import signal
import sys
from typing import NoReturn

from granian.constants import Interfaces
from granian.server.embed import Server

from api.http.app import create_app
from api.http.observability import AccessLog
from api.settings import Settings, check_address
from schemas import learn_shapes
from worker.observability import log_to_stderr, start_tracing, stop_tracing

_GRACE = 2.0  # seconds that requests under way have when the service is told to stop


def serve(settings: Settings) -> NoReturn:
    """Serve until SIGINT or SIGTERM, answer what is under way, and end the process with status 0.

    Raises BadSetting, before anything is started, where the settings or the address do not allow it.
    """
    check_address(settings.host, settings.port)
    log_to_stderr("api", settings.log_format, settings.log_level)
    start_tracing("readout-api")
    access = AccessLog(sys.stderr.buffer, settings.log_format) if settings.access_log == "on" else None
    asyncio.run(_serve(settings, access))
    _end(access)


async def _serve(settings: Settings, access: AccessLog | None) -> None:
    app = create_app(settings, access)
    learn_shapes()
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        websockets=False,
    )
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.call_soon(server.stop)
        loop.call_later(_GRACE, _end, access)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await server.serve()


def _end(access: AccessLog | None) -> NoReturn:
    if access is not None:
        access.flush()
    stop_tracing()
    sys.stdout.flush()
    sys.stderr.flush()
    # Granian's threads may still hold Python objects, and abort the process if the interpreter is taken down.
    os._exit(0)

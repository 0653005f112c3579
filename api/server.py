"""The service on Granian, in this very process."""

import asyncio
import logging
import os
import signal
import sys

from granian.constants import Interfaces
from granian.server.embed import Server

from api.address import check_address
from api.app import create_app
from api.settings import Settings


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, then end the process with status 0.

    Raises BadSetting, before anything is started, where the settings or the address do not allow it.
    """
    check_address(settings.host, settings.port)
    logging.basicConfig(level=logging.WARNING, format="api: %(message)s")
    asyncio.run(_serve(settings))
    sys.stdout.flush()
    sys.stderr.flush()
    # Granian's threads may still hold Python objects, and abort the process if the interpreter is taken down.
    os._exit(0)


async def _serve(settings: Settings) -> None:
    server = Server(
        create_app(settings),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        websockets=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.serve()

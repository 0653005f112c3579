"""A bare Litestar route that returns bytes: the ceiling. `python -m bench.bare FILE PORT`"""

import asyncio
import sys
from pathlib import Path

from litestar import Litestar, Response, get

from bench.peer import serve


def create(body: bytes) -> Litestar:
    @get("/v1/briefings/{id:str}")
    async def read_briefing(id: str) -> Response[bytes]:
        return Response(body, media_type="application/json")

    return Litestar([read_briefing], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    asyncio.run(serve(create(Path(sys.argv[1]).read_bytes()), int(sys.argv[2])))

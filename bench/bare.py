"""A bare Litestar route that returns bytes: the ceiling. `python -m bench.bare FILE PORT [URL]`

With the URL of a PostgreSQL server it reads them from there by their key, one after the other: what that alone costs.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from litestar import Litestar, Response, get
from psycopg import AsyncConnection

from bench.peer import serve
from store.tables import served

_QUERY = "SELECT body FROM briefing_revisions WHERE briefing_id = %s AND revision = 1"


def create(body: bytes, database: AsyncConnection[Any] | None) -> Litestar:
    async def stored(id: str) -> bytes:
        assert database is not None
        [[found]] = await (await database.execute(_QUERY, [id], binary=True)).fetchall()
        assert isinstance(found, bytes)
        return served(found)

    @get("/v1/briefings/{id:str}")
    async def read_briefing(id: str) -> Response[bytes]:
        return Response(await stored(id) if database else body, media_type="application/json")

    return Litestar([read_briefing], openapi_config=None, logging_config=None)


async def main(file: str, port: str, url: str | None = None) -> None:
    database = await AsyncConnection.connect(url, autocommit=True, prepare_threshold=1) if url else None
    await serve(create(Path(file).read_bytes(), database), int(port))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

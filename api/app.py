"""The HTTP service as a Litestar application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.di import Provide
from sqlalchemy import Engine

from api.conditional import sane_condition
from api.doorway import doorway
from api.guards import guard_for
from api.parameters import asked, known_path, known_query
from api.problems import on_error
from api.reader import pages
from api.routes import briefings, description, documents, facts, health, jobs
from api.settings import Settings, check_serving
from worker.jobs import Jobs, connect


def create_app(settings: Settings) -> Litestar:
    """The whole service on one database. Raises BadSetting where the settings would leave the door open."""
    check_serving(settings)
    work = connect(settings.database_url)

    async def provide_work() -> Jobs:
        return work

    async def provide_database() -> Engine:
        return work.engine

    @asynccontextmanager
    async def connected(_: Litestar) -> AsyncIterator[None]:
        yield
        work.close()

    app = Litestar(
        route_handlers=[
            *health.handlers,
            *briefings.handlers,
            *documents.handlers,
            *facts.handlers,
            *jobs.handlers,
            *description.handlers,
            *pages,
        ],
        dependencies={
            "asked": Provide(asked),
            "database": Provide(provide_database),
            "work": Provide(provide_work),
        },
        guards=[guard_for(settings), known_path, known_query, sane_condition],
        exception_handlers={Exception: on_error},
        lifespan=[connected],
        openapi_config=None,
        logging_config=None,
    )
    app.asgi_handler = doorway(app.asgi_handler)
    return app

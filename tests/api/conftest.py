"""The service over a real database that holds invented briefings."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from litestar.types import ASGIApp, Receive, Scope, Send

from api.http.app import create_app
from api.http.middleware import AccessLog
from api.settings import Settings
from tests.api.filled import fill
from tests.conftest import BOTH, new_database

KEY = "rk_invented_0123456789abcdef"
AUTHORIZED = {"Authorization": f"Bearer {KEY}"}
Client = TestClient[Litestar]


@contextmanager
def running(settings: Settings, log: AccessLog | None = None) -> Iterator[Client]:
    """A client with the key of a service with these settings."""
    app = create_app(settings, log)
    with TestClient(app, base_url="http://readout.test") as client:
        client.headers.update(AUTHORIZED)
        client.follow_redirects = False
        yield client


def serving(url: str) -> "AbstractContextManager[Client]":
    """A client with the key of a service on this database."""
    return running(Settings(database_url=url, auth="required", admin_key=KEY))


@pytest.fixture(scope="session", params=BOTH)
def filled_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a database with two briefings and three documents. For tests that only read."""
    url = new_database(request.param, request, tmp_path_factory.mktemp("filled"))
    fill(url)
    return url


@pytest.fixture(scope="session")
def client(filled_url: str) -> Iterator[Client]:
    """A client of the filled database."""
    with serving(filled_url) as client:
        yield client


@pytest.fixture
def writer(database_url: str) -> Iterator[Client]:
    """A client of an empty database, for tests that write."""
    with serving(database_url) as client:
        yield client


def local(
    url: str, peer: str = "127.0.0.1", cors_origins: str | None = None
) -> "AbstractContextManager[TestClient[ASGIApp]]":
    """A client that reaches the service in local mode from this address."""
    app = create_app(Settings(database_url=url, cors_origins=cors_origins))

    async def from_peer(scope: Scope, receive: Receive, send: Send) -> None:
        scope["client"] = (peer, 50000)
        await app(scope, receive, send)

    return TestClient(from_peer, base_url="http://127.0.0.1:8000")

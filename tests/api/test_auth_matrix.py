"""Every operation of the description with every sort of key. A new operation is in here by being described."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar, delete, get
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from sqlalchemy import update
from sqlmodel import col

from api.http.auth import needed
from api.rendering.html import script_path
from schemas.jobs import Scope
from store.engine import connect, writing
from store.keys import create_key, revoke_key
from store.tables import KeyRow
from tests.api.conftest import Client, serving
from tests.api.described import APP, DESCRIBED
from worker.jobs import prepare

SCOPES: tuple[Scope, ...] = ("briefings:read", "documents:write", "briefings:review", "admin")
Operation = dict[str, Any]
OPERATIONS: dict[str, Operation] = {
    operation["operationId"]: operation | {"method": method.upper(), "path": path}
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
}
GUARDED = {name: each for name, each in OPERATIONS.items() if each["security"]}
OPEN_PAGES = {"/sign-in", "/sign-in/key", "/sign-out", script_path()}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A database, its URL as `url`, and keys: one for each scope, with the others, expired, revoked and unknown."""
    url = f"sqlite:///{tmp_path_factory.mktemp('matrix')}/readout.db"
    prepare(url)
    engine = connect(url)

    def made(*scopes: Scope) -> str:
        return create_key(engine, name="of the matrix", scopes=scopes).key

    found = {"url": url, "unknown": f"rk_{'0' * 40}"}
    found |= {scope: made(scope) for scope in SCOPES}
    expired = create_key(
        engine, name="old", scopes=["admin"], expires_at=datetime.now(UTC) + timedelta(hours=1)
    )
    with writing(engine) as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(KeyRow).where(col(KeyRow.id) == expired.id).values(expires_at=past))
    revoked = create_key(engine, name="ended", scopes=["admin"])
    revoke_key(engine, revoked.id)
    engine.dispose()
    return found | {"expired": expired.key, "revoked": revoked.key}


@pytest.fixture(scope="module")
def client(keys: dict[str, str]) -> Iterator[Client]:
    with serving(keys["url"]) as client:
        del client.headers["Authorization"]
        yield client


def sufficient(operation: Operation) -> set[str]:
    """The scopes of which one is enough, as the description has them, and `admin`."""
    return {*operation["x-scopes"], "admin"}


def ask(client: Client, operation: Operation, key: str | None = None) -> httpx.Response:
    """The operation on identifiers that may be, with a body that is none."""

    def example(name: re.Match[str]) -> str:
        parameters = [each for each in operation["parameters"] if each.get("name") == name[1]]
        return str(parameters[0]["schema"]["examples"][0])

    path = re.sub(r"{(\w+)}", example, operation["path"])
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return client.request(operation["method"], path, headers=headers)


@pytest.mark.parametrize("operation", GUARDED.values(), ids=GUARDED)
def test_without_a_key(client: Client, operation: Operation) -> None:
    answer = ask(client, operation)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="readout"'


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("unknown", "The key is not valid."),
        ("expired", "The key has expired."),
        ("revoked", "The key was revoked."),
    ],
)
@pytest.mark.parametrize("operation", GUARDED.values(), ids=GUARDED)
def test_with_a_key_that_is_not_in_force(
    client: Client, keys: dict[str, str], operation: Operation, kind: str, detail: str
) -> None:
    answer = ask(client, operation, keys[kind])
    assert (answer.status_code, answer.json()["detail"]) == (401, detail)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="readout", error="invalid_token"'


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("operation", GUARDED.values(), ids=GUARDED)
def test_with_each_scope(client: Client, keys: dict[str, str], operation: Operation, scope: str) -> None:
    answer = ask(client, operation, keys[scope])
    enough = sufficient(operation)
    if scope in enough:
        assert answer.status_code not in (401, 403) and answer.status_code < 500
    else:
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/missing-scope")
        named = {word for word in enough if f"`{word}`" in answer.json()["detail"].partition(";")[0]}
        assert named == enough - {"admin"} or named == enough == {"admin"}
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_description_says_what_the_guard_does(operation: Operation) -> None:
    guarded = operation["tags"] != ["health"]
    assert operation["security"] == ([{"key": []}] if guarded else [])
    assert set(operation.get("x-scopes", [])) <= set(SCOPES) and bool(operation.get("x-scopes")) == guarded
    assert {"401", "403", "429"} <= set(operation["responses"])


def routes(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in app.routes:
        assert isinstance(route, HTTPRoute), "matrix covers HTTP routes alone"
        yield from ((route.path_format, handler) for handler in route.route_handlers)


def test_every_operation_declares_what_it_needs() -> None:
    undeclared = [
        path for path, handler in routes(APP) if not handler.opt.get("open") and needed(handler) is None
    ]
    assert undeclared == []


def test_nothing_but_health_and_signing_in_is_open() -> None:
    found = {path for path, handler in routes(APP) if handler.opt.get("open")}
    assert {path for path in found if not path.startswith("/health")} == OPEN_PAGES


def test_what_is_not_described_needs_a_key_too(client: Client, keys: dict[str, str]) -> None:
    hidden = [
        (path, method)
        for path, handler in routes(APP)
        for method in sorted(handler.http_methods)
        if not handler.resolve_include_in_schema() and not handler.opt.get("open")
    ]
    assert len(hidden) > 20
    for path, method in hidden:
        concrete = re.sub(r"{\w+}", "x", path)
        assert client.request(method, concrete).status_code == 401, (method, path)
        revoked = {"Authorization": f"Bearer {keys['revoked']}"}
        assert client.request(method, concrete, headers=revoked).status_code == 401, (method, path)


def test_an_operation_that_declares_nothing_is_refused_whatever_the_key(keys: dict[str, str]) -> None:
    @get("/v1/secrets", tags=["secrets"], sync_to_thread=False)
    def secrets() -> str:
        return "seen"

    @delete("/v1/all", sync_to_thread=False)
    def everything() -> None: ...

    with serving(keys["url"]) as client:
        client.app.register(secrets)
        client.app.register(everything)
        admin = {"Authorization": f"Bearer {keys['admin']}"}
        for answer in (client.get("/v1/secrets", headers=admin), client.delete("/v1/all", headers=admin)):
            assert (answer.status_code, answer.json()["detail"]) == (
                403,
                "No scope is declared for this operation, so no key opens it.",
            )

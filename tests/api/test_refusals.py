"""Who was refused and why: in the log with the key's id, in the metrics by reason, and nowhere the key itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import msgspec
import pytest
from litestar.testing import TestClient
from prometheus_client import REGISTRY
from sqlalchemy import update
from sqlmodel import col

from api.http.app import create_app
from api.http.middleware import AccessLog
from api.settings import Settings
from schemas.jobs import KeyCreated, Scope
from store.engine import connect, writing
from store.keys import create_key, revoke_key
from store.tables import KeyRow
from tests.api.conftest import KEY
from worker.jobs import prepare
from worker.observability import LogFormat

Told = list[dict[str, Any]]


@pytest.fixture
def url(tmp_path: Any) -> str:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    return url


def made(url: str, *scopes: Scope, over: str = "") -> KeyCreated:
    """A key, and what it is over by."""
    engine = connect(url)
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    key = create_key(engine, name="a reader", scopes=scopes, expires_at=in_an_hour)
    if over == "revoked":
        revoke_key(engine, key.id)
    if over == "expired":
        with writing(engine) as session:
            past = datetime.now(UTC) - timedelta(seconds=1)
            session.execute(update(KeyRow).where(col(KeyRow.id) == key.id).values(expires_at=past))
    engine.dispose()
    return key


@contextmanager
def logged(settings: Settings, style: LogFormat = "json") -> Iterator[tuple[httpx.Client, BytesIO]]:
    """A client of a service, and what has been logged once it is over."""
    stream = BytesIO()
    log = AccessLog(stream, style)
    with TestClient(create_app(settings, log), base_url="http://readout.test") as client:
        yield client, stream
        log.flush()


def required(url: str, **settings: Any) -> Settings:
    return Settings(database_url=url, auth="required", admin_key=KEY, **settings)


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def lines(stream: BytesIO) -> Told:
    return [msgspec.json.decode(line) for line in stream.getvalue().splitlines()]


def count(reason: str) -> float:
    return REGISTRY.get_sample_value("readout_http_refusals_total", {"reason": reason}) or 0.0


@pytest.mark.parametrize(
    ("over", "scopes", "status", "reason"),
    [
        ("", ["documents:write"], 403, "missing-scope"),
        ("expired", ["briefings:read"], 401, "expired"),
        ("revoked", ["briefings:read"], 401, "revoked"),
    ],
)
def test_a_key_that_is_refused_is_told_with_the_reason(
    url: str, over: str, scopes: list[Scope], status: int, reason: str
) -> None:
    key = made(url, *scopes, over=over)
    before = count(reason)
    with logged(required(url)) as (client, stream):
        assert client.get("/v1/briefings", headers=bearing(key.key)).status_code == status
    [line] = lines(stream)
    assert (line["status"], line["refused"], line["key_id"]) == (status, reason, key.id)
    assert key.key not in stream.getvalue().decode()
    assert count(reason) == before + 1


def test_a_key_beyond_its_rate_is_told_with_the_reason(url: str) -> None:
    key = made(url, "briefings:read")
    before = count("too-many-requests")
    with logged(required(url, rate_limit="1/day")) as (client, stream):
        answers = [client.get("/v1/briefings", headers=bearing(key.key)) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 429, 429]
    told = [(line["key_id"], line.get("refused")) for line in lines(stream)]
    assert told == [(key.id, None), (key.id, "too-many-requests"), (key.id, "too-many-requests")]
    assert count("too-many-requests") == before + 2


@pytest.mark.parametrize(("headers", "reason"), [({}, "no-key"), (bearing("rk_made_up"), "unknown-key")])
def test_who_has_no_key_of_the_service_is_told_without_one(
    url: str, headers: dict[str, str], reason: str
) -> None:
    with logged(required(url)) as (client, stream):
        client.get("/v1/briefings", headers=headers)
    [line] = lines(stream)
    assert (line["refused"], "key_id" in line) == (reason, False)
    assert "rk_made_up" not in stream.getvalue().decode()


def test_a_form_with_a_bad_key_is_told_as_well(url: str) -> None:
    expired, writes = made(url, "briefings:read", over="expired"), made(url, "documents:write")
    with logged(required(url)) as (client, stream):
        for key in (expired.key, writes.key, "rk_made_up"):
            client.post("/sign-in/key", data={"key": key, "then": "/"})
    assert [(line["refused"], line.get("key_id")) for line in lines(stream)] == [
        ("expired", expired.id),
        ("missing-scope", writes.id),
        ("unknown-key", None),
    ]


def test_a_page_that_asks_for_a_key_is_told_as_well(url: str) -> None:
    with logged(required(url)) as (client, stream):
        assert client.get("/", headers={"Accept": "text/html"}).status_code == 401
    assert [line["refused"] for line in lines(stream)] == ["no-key"]


def test_other_machines_and_other_sites_are_told_apart(url: str) -> None:
    with logged(Settings(database_url=url)) as (client, stream):
        client.get("/v1/briefings")
    assert [line["refused"] for line in lines(stream)] == ["not-local"]


def test_who_is_let_in_is_not_refused(url: str) -> None:
    key = made(url, "briefings:read")
    with logged(required(url)) as (client, stream):
        for _ in range(2):
            client.get("/v1/briefings", headers=bearing(key.key))
        client.get("/v1/briefings/nothing-of-the-kind", headers=bearing(key.key))
    assert [(line["key_id"], "refused" in line) for line in lines(stream)] == [(key.id, False)] * 3


def test_the_text_log_has_the_reason_beside_the_key(url: str) -> None:
    key = made(url, "briefings:read", over="expired")
    with logged(required(url), "text") as (client, stream):
        client.get("/v1/briefings", headers=bearing(key.key) | {"X-Request-Id": "r1"})
    line = stream.getvalue().decode()
    assert line.startswith("api: GET /v1/briefings 401 ")
    assert line.endswith(f" ms refused=expired request_id=r1 key_id={key.id}\n")


def test_reasons_are_figures(url: str) -> None:
    with logged(required(url)) as (client, _):
        client.get("/v1/briefings")
        figures = client.get("/metrics", headers=bearing(KEY)).text
    assert 'readout_http_refusals_total{reason="no-key"}' in figures

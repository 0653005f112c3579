"""How often a caller may ask: counted for each key, on all processes together, and told in headers."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from litestar.types import Receive, Scope, Send
from sqlalchemy import Engine, func, select, update
from sqlmodel import col

from api.http.app import create_app
from api.settings import Settings
from store.engine import connect, writing
from store.keys import Lease, create_key, lease
from store.tables import RateRow
from tests.api.conftest import AUTHORIZED, KEY, Client, running
from tests.serving import api, free_port


@contextmanager
def limited(url: str, rate: str) -> Iterator[Client]:
    settings = Settings(database_url=url, auth="required", admin_key=KEY, rate_limit=rate)
    with running(settings) as client:
        yield client


def rest(answer: httpx.Response) -> int:
    """What `RateLimit` says is left."""
    found = re.fullmatch(r'"default";r=(\d+);t=\d+', answer.headers["RateLimit"])
    assert found
    return int(found[1])


def test_without_the_setting_nothing_is_counted(client: Client) -> None:
    assert not {"RateLimit", "RateLimit-Policy"} & {*client.get("/v1/briefings").headers}


def test_answers_tell_what_is_left(database_url: str) -> None:
    with limited(database_url, "3/day") as client:
        answers = [client.get("/v1/briefings") for _ in range(4)]
    assert [(each.status_code, rest(each)) for each in answers] == [(200, 2), (200, 1), (200, 0), (429, 0)]
    assert {each.headers["RateLimit-Policy"] for each in answers} == {'"default";q=3;w=86400'}
    body = answers[3].json()
    assert (body["type"], body["title"]) == ("/problems/too-many-requests", "Too many requests")
    assert body["detail"].startswith("There were more than 3 requests in 86,400 s: wait ")
    assert 28_000 < int(answers[3].headers["Retry-After"]) <= 28_800


def test_a_304_and_an_error_count_too(database_url: str) -> None:
    with limited(database_url, "9/day") as client:
        etag = client.get("/v1/briefings").headers["ETag"]
        assert rest(client.get("/v1/briefings", headers={"If-None-Match": etag})) == 7
        assert rest(client.get("/v1/briefings?colour=red")) == 6
        assert rest(client.get("/v1/briefings/nothing-of-the-kind")) == 5


def test_keys_are_counted_apart_and_health_is_not(database_url: str) -> None:
    engine = connect(database_url)
    other = create_key(engine, name="other", scopes=["briefings:read"]).key
    engine.dispose()
    with limited(database_url, "1/day") as client:
        assert [client.get("/v1/briefings").status_code for _ in range(2)] == [200, 429]
        answer = client.get("/v1/briefings", headers={"Authorization": f"Bearer {other}"})
        assert answer.status_code == 200
        assert {client.get("/health/live").status_code for _ in range(3)} == {200}


def test_whoever_guesses_keys_is_counted_by_address(database_url: str) -> None:
    with limited(database_url, "2/day") as client:
        guesses = [client.get("/v1/jobs", headers={"Authorization": f"Bearer rk_{n}"}) for n in range(3)]
        assert [each.status_code for each in guesses] == [401, 401, 429]
        assert client.post("/sign-in/key", data={"key": "rk_9", "then": "/"}).status_code == 429
        assert client.get("/v1/jobs").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("10.0.0.0/8", [401, 401, 429]), ("192.0.2.1", [401, 429, 429]), (None, [401, 429, 429])],
)
def test_a_proxy_that_is_trusted_tells_the_address(
    database_url: str, proxies: str | None, seen: list[int]
) -> None:
    settings = Settings(
        database_url=database_url, auth="required", admin_key=KEY, rate_limit="1/day", trusted_proxies=proxies
    )
    app = create_app(settings)

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        scope["client"] = ("10.1.2.3", 50000)
        await app(scope, receive, send)

    with TestClient(behind) as client:
        callers = ["198.51.100.7", "198.51.100.8", "198.51.100.7"]
        answers = [client.get("/v1/jobs", headers={"X-Forwarded-For": caller}) for caller in callers]
    assert [each.status_code for each in answers] == seen


def test_what_was_asked_comes_back(database_url: str) -> None:
    with limited(database_url, "1/second") as client:
        seen = [client.get("/v1/briefings").status_code]
        while seen[-1] != 429:
            seen.append(client.get("/v1/briefings").status_code)
        time.sleep(int(client.get("/v1/briefings").headers.get("Retry-After", 0)) + 1)
        assert client.get("/v1/briefings").status_code == 200


def test_few_requests_write(database_url: str) -> None:
    engine = connect(database_url)
    moved: list[float] = []
    with limited(database_url, "1000/day") as client:
        for _ in range(100):
            assert client.get("/v1/briefings").status_code == 200
            with engine.connect() as connection:
                moved.append(connection.scalars(select(col(RateRow.full_at))).one())
    engine.dispose()
    assert len(set(moved)) == 5


@contextmanager
def processes(url: str, rate: str, folder: Path) -> Iterator[list[str]]:
    """Two services in processes of their own, on one database."""
    with ExitStack() as stack:
        ports = [free_port(), free_port()]
        for port in ports:
            stack.enter_context(api(url, folder, port, auth="required", admin_key=KEY, rate_limit=rate))
        yield [f"http://127.0.0.1:{port}" for port in ports]


def test_processes_share_the_count(database_url: str, tmp_path: Path) -> None:
    with processes(database_url, "200/day", tmp_path) as bases, httpx.Client(headers=AUTHORIZED) as client:

        def statuses(base: str) -> Counter[int]:
            return Counter(client.get(f"{base}/v1/briefings").status_code for _ in range(130))

        with ThreadPoolExecutor() as threads:
            first = list(threads.map(statuses, [*bases, *bases]))
        after = [client.get(f"{base}/v1/briefings") for base in bases]
    assert sum(first, Counter()) == {200: 200, 429: 320}
    assert [each.status_code for each in after] == [429, 429]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


def ten(engine: Engine, wanted: int, returned: int = 0, caller: str = "a") -> Lease:
    return lease(engine, caller, count=10, seconds=86400, wanted=wanted, returned=returned)


def test_blocks_get_small_towards_the_end(engine: Engine) -> None:
    granted = [ten(engine, 5).granted for _ in range(10)]
    assert granted == [2, 2, 1, 1, 1, 1, 1, 1, 0, 0]


def test_what_was_not_used_is_returned(engine: Engine) -> None:
    first = ten(engine, 2)
    second = ten(engine, 2, returned=first.granted)
    assert (first.left, second.left) == (8, 8)


def test_several_processes_never_lease_more_than_there_is(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        leases = list(threads.map(lambda _: ten(engine, 3), range(40)))
    assert sum(each.granted for each in leases) == 10


def test_rows_that_say_nothing_any_more_go(engine: Engine) -> None:
    for caller in "bcd":
        ten(engine, 1, caller=caller)
    with writing(engine) as session:
        session.execute(update(RateRow).where(col(RateRow.caller) != "d").values(full_at=1.0))
    ten(engine, 1, caller="e")
    with engine.connect() as connection:
        kept = connection.scalars(select(col(RateRow.caller)).order_by(col(RateRow.caller))).all()
        assert kept == ["d", "e"]
        assert connection.scalar(select(func.count()).select_from(RateRow)) == 2

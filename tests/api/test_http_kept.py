"""Answers that are kept in memory: only while nothing has changed, and only for whoever may have them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from sqlalchemy import Engine, event

from api.settings import Settings
from schemas.queries import BriefingQuery
from store.briefings import page_briefings
from store.changes import watch
from store.engine import connect
from store.keys import revoke_key
from tests.api.conftest import KEY, Client, running
from tests.store.invented import add
from tests.waiting import until
from tests.worker.rounds_archive import bring, documents
from worker.decisions import withdraw

DOCUMENTS = documents()


@pytest.fixture
def other_process(database_url: str) -> Iterator[Engine]:
    """Another connection pool, as a worker has."""
    engine = connect(database_url)
    bring(engine, DOCUMENTS["oslo"])
    yield engine
    engine.dispose()


@pytest.fixture
def api(other_process: Engine, database_url: str) -> Iterator[Client]:
    settings = Settings(
        database_url=database_url,
        auth="required",
        admin_key=KEY,
        rate_limit="100000/minute",
        cors_origins="https://desk.example",
    )
    with running(settings) as client:
        yield client


@contextmanager
def briefings_read() -> Iterator[list[str]]:
    """The queries of briefings while it is open."""
    read: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM briefings" in statement:
            read.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield read
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def titles(api: Client) -> list[str]:
    return [item["title"] for item in api.get("/v1/briefings").json()["items"]]


def test_what_another_process_changes_is_seen(api: Client, other_process: Engine) -> None:
    assert len(titles(api)) == len(titles(api)) == 1
    bring(other_process, DOCUMENTS["elsewhere"])
    until(lambda: len(titles(api)) == 2)


def test_what_this_process_changes_is_seen_at_once(api: Client) -> None:
    for _ in range(2):
        assert len(titles(api)) == 1
    api.delete(f"/v1/documents/{DOCUMENTS['oslo'].id}")
    assert titles(api) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # which tells of changes at once
def test_what_only_asks_leaves_what_is_kept(api: Client) -> None:
    api.get("/v1/briefings")
    with briefings_read() as read:
        assert api.post("/v1/verify", json={}).status_code == 422
        api.get("/v1/briefings")
        assert read == []
        assert api.post("/v1/topics", json={}).status_code == 422
        api.get("/v1/briefings")
        assert len(read) == 1


def test_a_kept_answer_is_the_answer(api: Client) -> None:
    first, again = (api.get("/v1/briefings") for _ in range(2))
    assert first.content == again.content
    volatile = ("x-request-id", "ratelimit")
    heads = [{k: v for k, v in answer.headers.items() if k not in volatile} for answer in (first, again)]
    assert heads[0] == heads[1]
    assert first.headers["x-request-id"] != again.headers["x-request-id"]


def test_a_kept_answer_is_for_those_who_may_have_it(api: Client) -> None:
    made = {
        scope: api.post("/v1/keys", json={"name": scope, "scopes": [scope]}).json()
        for scope in ("briefings:read", "documents:write")
    }
    statuses = []
    api.get("/v1/briefings")
    for key in (made["briefings:read"]["key"], made["documents:write"]["key"], "rk_wrong"):
        statuses.append(api.get("/v1/briefings", headers={"Authorization": f"Bearer {key}"}).status_code)
    del api.headers["Authorization"]
    assert [*statuses, api.get("/v1/briefings").status_code] == [200, 403, 401, 401]


def test_a_revoked_key_gets_no_kept_answer(api: Client) -> None:
    made = api.post("/v1/keys", json={"name": "desk", "scopes": ["briefings:read"]}).json()
    own = {"Authorization": f"Bearer {made['key']}"}
    assert api.get("/v1/briefings", headers=own).status_code == 200
    api.delete(f"/v1/keys/{made['id']}")
    assert api.get("/v1/briefings", headers=own).status_code == 401


def test_kept_answers_are_counted_against_the_rate(api: Client) -> None:
    left = [int(api.get("/v1/briefings").headers["ratelimit"].split("r=")[1].split(";")[0]) for _ in range(3)]
    assert left == [left[0], left[0] - 1, left[0] - 2]


def test_each_request_is_charged_once(api: Client) -> None:
    """Whether its answer is kept or made, and whether the key is accepted, refused, revoked or none at all."""
    made = {
        name: api.post("/v1/keys", json={"name": name, "scopes": [scope]}).json()
        for name, scope in (
            ("reader", "briefings:read"),
            ("other", "documents:write"),
            ("gone", "briefings:read"),
        )
    }
    api.delete(f"/v1/keys/{made['gone']['id']}")
    callers = {
        "reader": (made["reader"]["key"], 200),
        "other": (made["other"]["key"], 403),
        "gone": (made["gone"]["key"], 401),
        "wrong": ("rk_wrong", 401),
    }
    kept = "/v1/briefings"
    api.get(kept)
    for key, status in callers.values():
        own = {"Authorization": f"Bearer {key}"}
        left = []
        for path in (kept, f"{kept}?venue=Suva", kept, f"{kept}?venue={key}", kept):
            answer = api.get(path, headers=own)
            assert answer.status_code == status
            left.append(int(answer.headers["ratelimit"].split("r=")[1].split(";")[0]))
        assert left == [left[0] - n for n in range(5)]


def test_a_key_that_is_revoked_elsewhere_gets_nothing_that_is_kept(
    api: Client, other_process: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.http.auth.keyring.FRESH", 0.0)
    made = api.post("/v1/keys", json={"name": "desk", "scopes": ["briefings:read"]}).json()
    own = {"Authorization": f"Bearer {made['key']}"}
    etag = api.get("/v1/briefings", headers=own).headers["etag"]
    assert api.get("/v1/briefings", headers=own | {"If-None-Match": etag}).status_code == 304
    revoke_key(other_process, made["id"])
    for headers in (own, own | {"If-None-Match": etag}):
        answer = api.get("/v1/briefings", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
        assert "etag" not in answer.headers


def test_each_representation_coding_and_origin_has_its_own(api: Client) -> None:
    asked = [
        {"Accept": "application/json", "Accept-Encoding": "identity"},
        {"Accept": "application/msgpack", "Accept-Encoding": "identity"},
        {"Accept": "text/markdown", "Accept-Encoding": "identity"},
        {"Accept": "application/json", "Accept-Encoding": "gzip"},
        {"Accept": "application/json", "Accept-Encoding": "identity", "Origin": "https://desk.example"},
    ]
    address = f"/v1/briefings/{api.get('/v1/briefings').json()['items'][0]['id']}"
    for _ in range(2):
        seen = [api.get(address, headers=headers).headers for headers in asked]
        assert [headers["content-type"].split(";")[0] for headers in seen] == [
            "application/json",
            "application/msgpack",
            "text/markdown",
            "application/json",
            "application/json",
        ]
        assert [headers.get("content-encoding") for headers in seen] == [None, None, None, "gzip", None]
        assert [headers.get("access-control-allow-origin") for headers in seen] == [
            *[None] * 4,
            "https://desk.example",
        ]
        assert len({headers["etag"] for headers in seen}) == 4


def test_304_and_head_from_what_is_kept(api: Client) -> None:
    etag = api.get("/v1/briefings").headers["etag"]
    for _ in range(2):
        known = api.get("/v1/briefings", headers={"If-None-Match": etag})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
        head = api.head("/v1/briefings")
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", etag)


def test_a_condition_that_fails_brings_the_answer(api: Client, other_process: Engine) -> None:
    etag = api.get("/v1/briefings").headers["etag"]
    withdraw(other_process, DOCUMENTS["oslo"].id)
    until(lambda: api.get("/v1/briefings", headers={"If-None-Match": etag}).status_code != 304)
    assert titles(api) == []


def test_documents_are_counted_apart_from_what_they_are_merged_into(other_process: Engine) -> None:
    fresh = watch(other_process)
    try:
        until(fresh.count)
        before = fresh.count()
        assert before is not None
        add(other_process, "a", None)
        until(lambda: fresh.count() not in (None, before))
        come = fresh.count()
        assert come is not None
        assert (come.briefings == before.briefings, come.documents > before.documents) == (True, True)
        bring(other_process, DOCUMENTS["elsewhere"])
        until(lambda: (now := fresh.count()) is not None and now.briefings > before.briefings)
    finally:
        fresh.close()


def test_a_database_that_is_away_tells_of_nothing(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/none.db")
    fresh = watch(engine)
    assert fresh.count() is None
    fresh.close()
    engine.dispose()


def test_one_briefing_is_told_to_have_changed_where_it_did(other_process: Engine) -> None:
    """By its id: a slug may be another one's tomorrow."""
    [own] = ids(other_process)
    bring(other_process, DOCUMENTS["elsewhere"])
    [other] = ids(other_process) - {own}
    fresh = watch(other_process)
    until(lambda: fresh.count() is not None)
    before = fresh.count()
    assert before is not None
    withdraw(other_process, DOCUMENTS["elsewhere"].id)
    until(lambda: fresh.count() != before)
    assert fresh.last_change(own) <= before.briefings < fresh.last_change(other)
    fresh.close()


def test_a_kept_briefing_follows_its_changes(api: Client, other_process: Engine) -> None:
    [own] = ids(other_process)
    assert api.get(f"/v1/briefings/{own}").content == api.get(f"/v1/briefings/{own}").content
    bring(other_process, DOCUMENTS["elsewhere"])
    assert api.get(f"/v1/briefings/{own}").json()["status"] == "published"
    withdraw(other_process, DOCUMENTS["oslo"].id)
    until(lambda: api.get(f"/v1/briefings/{own}").json()["status"] == "withdrawn")


def ids(engine: Engine) -> set[str]:
    return {json.decode(item)["id"] for item in page_briefings(engine, BriefingQuery()).items}


def test_a_briefing_under_the_head_of_another_is_as_it_always_is(api: Client, other_process: Engine) -> None:
    bring(other_process, DOCUMENTS["elsewhere"])
    until(lambda: len(titles(api)) == 2)
    first, second = (f"/v1/briefings/{id}" for id in sorted(ids(other_process)))
    api.get(first)
    short = api.get(second)
    long = api.get(second, headers={"Host": "localhost:1"})
    assert short.content == long.content
    volatile = ("x-request-id", "ratelimit")
    heads = [{k: v for k, v in answer.headers.items() if k not in volatile} for answer in (short, long)]
    assert heads[0] == heads[1]
    etag = short.headers["etag"]
    assert api.get(second, headers={"If-None-Match": etag}).status_code == 304


def test_nobody_gets_a_briefing_under_the_head_of_another_who_may_not(
    api: Client, other_process: Engine
) -> None:
    bring(other_process, DOCUMENTS["elsewhere"])
    first, second = (f"/v1/briefings/{id}" for id in sorted(ids(other_process)))
    api.get(first)
    made = api.post("/v1/keys", json={"name": "writer", "scopes": ["documents:write"]}).json()
    api.get(first)
    wrong = [{"Authorization": f"Bearer {key}"} for key in (made["key"], "rk_wrong")]
    assert [api.get(second, headers=one).status_code for one in wrong] == [403, 401]
    assert api.get("/v1/briefings/brf_ffffffffffffffff").status_code == 404
    assert api.get(second).status_code == 200

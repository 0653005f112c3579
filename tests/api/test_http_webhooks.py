"""Webhooks over HTTP: made, listed, resumed, deleted."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.settings import Settings
from schemas.webhooks import EVENTS
from store.webhooks import MOST
from tests.api.conftest import KEY, Client, running, serving

NEW = {"url": "http://desk.internal:8080/readout?of=trade"}
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNKNOWN = "/v1/webhooks/wbh_0000000000000000"


@pytest.fixture
def writer(database_url: str) -> Iterator[Client]:
    """A client of an empty service that may call any address."""
    settings = Settings(database_url=database_url, auth="required", admin_key=KEY, webhooks="any")
    with running(settings) as client:
        yield client


def made(writer: Client, **new: Any) -> dict[str, Any]:
    answer = writer.post("/v1/webhooks", json=NEW | new)
    assert answer.status_code == 201
    webhook: dict[str, Any] = answer.json()["webhook"]
    return webhook


def test_the_secret_is_shown_once(writer: Client) -> None:
    answer = writer.post("/v1/webhooks", json=NEW)
    webhook, secret = answer.json()["webhook"], answer.json()["secret"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/webhooks/{webhook['id']}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert webhook == {
        "id": webhook["id"],
        "url": NEW["url"],
        "events": sorted(EVENTS),
        "topic_id": None,
        "remind_days": [7, 1],
        "created_at": webhook["created_at"],
        "status": "active",
        "last_delivery_at": None,
        "failures": 0,
        "last_error": None,
        "next_attempt_at": None,
    }
    one, all = writer.get(answer.headers["Location"]), writer.get("/v1/webhooks")
    assert (one.json(), all.json()) == (webhook, {"items": [webhook], "next_cursor": None})
    assert secret.startswith("whsec_") and secret not in one.text + all.text


@ON_SQLITE
def test_a_webhook_can_be_of_a_topic_that_is_there(writer: Client) -> None:
    topic = writer.post("/v1/topics", json={"name": "Fish", "query": "salmon"}).json()["id"]
    webhook = writer.post("/v1/webhooks", json=NEW | {"topic_id": topic, "remind_days": [1, 30]}).json()[
        "webhook"
    ]
    assert (webhook["topic_id"], webhook["remind_days"]) == (topic, [30, 1])
    path = f"/v1/webhooks/{webhook['id']}"
    nowhere = {"topic_id": "top_0000000000000000"}
    for answer in (writer.post("/v1/webhooks", json=NEW | nowhere), writer.patch(path, json=nowhere)):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/topic_id")
    assert writer.delete(f"/v1/topics/{topic}").status_code == 409
    changed = writer.patch(path, json={"topic_id": None, "remind_days": []}).json()
    assert (changed["topic_id"], changed["remind_days"]) == (None, [])
    assert writer.delete(f"/v1/topics/{topic}").status_code == 204


def test_pages_begin_with_the_newest(writer: Client) -> None:
    ids = [made(writer)["id"] for _ in range(3)]
    path, seen = "/v1/webhooks?limit=2", []
    while path:
        page = writer.get(path).json()
        seen.append([each["id"] for each in page["items"]])
        path = page["next_cursor"] and f"/v1/webhooks?limit=2&cursor={page['next_cursor']}"
    assert seen == [ids[:0:-1], ids[:1]]


@ON_SQLITE
def test_a_deleted_one_is_gone(writer: Client) -> None:
    path = f"/v1/webhooks/{made(writer)['id']}"
    ended = writer.delete(path)
    assert (ended.status_code, ended.content) == (204, b"")
    assert [writer.delete(path).status_code, writer.get(path).status_code] == [404, 404]


@ON_SQLITE
def test_resuming_one_that_works_changes_nothing(writer: Client) -> None:
    webhook = made(writer, events=["briefing.withdrawn"])
    resumed = writer.post(f"/v1/webhooks/{webhook['id']}/resume")
    assert (resumed.status_code, resumed.json()) == (200, webhook)
    assert writer.post(f"{UNKNOWN}/resume").status_code == 404


@ON_SQLITE
def test_an_idempotency_key_makes_one(writer: Client) -> None:
    first, again = (
        writer.post("/v1/webhooks", json=NEW, headers={"Idempotency-Key": "mine"}) for _ in range(2)
    )
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert len(writer.get("/v1/webhooks").json()["items"]) == 1


@ON_SQLITE
def test_what_is_asked_of_a_webhook_again_is_done_once(writer: Client) -> None:
    path = f"/v1/webhooks/{made(writer)['id']}"
    delivery = f"{path}/deliveries/{writer.post(f'{path}/test').json()['id']}"
    for asked, body in (("/secret", {"overlap": 60}), ("/test", None), ("/resume", None)):
        first, again = (
            writer.post(path + asked, json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)
        )
        assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    first, again = (
        writer.post(f"{delivery}/redeliver", headers={"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert (first.status_code, again.content) == (202, first.content)
    assert len(writer.get(f"{path}/deliveries").json()["items"]) == 3


@ON_SQLITE
def test_addresses_that_are_refused(database_url: str) -> None:
    reasons = {
        "http://desk.example/readout": "its address does not begin with https",
        "https://10.1.2.3/readout": "its address is not on the public internet",
        "https://localhost/readout": "its address is not on the public internet",
        "https://nobody.invalid/readout": "its name cannot be looked up",
    }
    with serving(database_url) as client:
        for url, why in reasons.items():
            answer = client.post("/v1/webhooks", json={"url": url})
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-body")
            assert answer.json()["errors"] == [{"pointer": "/url", "detail": why}]
        assert client.get("/v1/webhooks").json()["items"] == []


@ON_SQLITE
def test_bodies_that_are_refused(writer: Client) -> None:
    faults: list[tuple[dict[str, Any], str]] = [
        ({"url": "https://me:secret@desk.example/"}, "/url"),
        ({"url": "https://desk.example:70000/"}, "/url"),
        ({"url": "ftp://desk.example/"}, "/url"),
        ({"events": []}, "/events"),
        ({"events": ["briefing.read"]}, "/events/0"),
        ({"secret": "mine"}, "/secret"),
    ]
    for new, pointer in faults:
        answer = writer.post("/v1/webhooks", json=NEW | new)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@ON_SQLITE
def test_address_and_events_are_changed_and_the_rest_stays(writer: Client) -> None:
    webhook = made(writer)
    path = f"/v1/webhooks/{webhook['id']}"
    assert writer.patch(path, json={}).json() == webhook
    moved = writer.patch(path, json={"url": "http://desk.internal:8080/elsewhere"})
    assert (moved.status_code, moved.json()) == (
        200,
        webhook | {"url": "http://desk.internal:8080/elsewhere"},
    )
    fewer = writer.patch(path, json={"events": ["job.failed"]})
    assert fewer.json() == moved.json() | {"events": ["job.failed"]} == writer.get(path).json()
    assert writer.patch(UNKNOWN, json={}).status_code == 404
    for wrong, pointer in (({"url": "ftp://x"}, "/url"), ({"events": []}, "/events"), ({"id": "x"}, "/id")):
        answer = writer.patch(path, json=wrong)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@ON_SQLITE
def test_an_address_that_is_not_called_is_not_taken_later_either(database_url: str, writer: Client) -> None:
    path = f"/v1/webhooks/{made(writer)['id']}"
    with serving(database_url) as client:
        answer = client.patch(path, json={"url": "http://desk.example/readout"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url")


@ON_SQLITE
def test_a_new_secret_is_shown_once(writer: Client) -> None:
    first = writer.post("/v1/webhooks", json=NEW).json()
    path = f"/v1/webhooks/{first['webhook']['id']}"
    answer = writer.post(f"{path}/secret", json={"overlap": 0})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json()["webhook"] == first["webhook"] and answer.json()["secret"] != first["secret"]
    assert answer.json()["secret"] not in writer.get(path).text
    assert writer.post(f"{UNKNOWN}/secret", json={}).status_code == 404
    assert writer.post(f"{path}/secret", json={"overlap": 604_801}).status_code == 422


def test_a_test_and_its_repetition_are_queued_and_listed(writer: Client) -> None:
    path = f"/v1/webhooks/{made(writer)['id']}"
    answer = writer.post(f"{path}/test")
    assert (answer.status_code, answer.headers["Location"]) == (202, f"{path}/deliveries")
    test = answer.json()
    assert (test["type"], test["status"], test["error"]) == ("webhook.test", "queued", None)
    again = writer.post(f"{path}/deliveries/{test['id']}/redeliver")
    assert (again.status_code, again.json()["message_id"]) == (202, test["message_id"])
    assert writer.get(f"{path}/deliveries").json()["items"] == [again.json(), test]
    page = writer.get(f"{path}/deliveries?limit=1").json()
    rest = writer.get(f"{path}/deliveries?limit=1&cursor={page['next_cursor']}").json()
    assert (page["items"], rest["items"], rest["next_cursor"]) == ([again.json()], [test], None)
    assert writer.get(f"{path}/deliveries?status=failed").json()["items"] == []
    assert writer.delete(path).status_code == 204
    for method, gone in (("POST", f"{path}/test"), ("GET", f"{path}/deliveries")):
        assert writer.request(method, gone).status_code == 404
    assert writer.post(f"{UNKNOWN}/deliveries/{test['id']}/redeliver").status_code == 404


@ON_SQLITE
def test_there_are_so_many_and_no_more(writer: Client) -> None:
    for _ in range(MOST):
        made(writer)
    answer = writer.post("/v1/webhooks", json=NEW)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-many-webhooks")
    assert answer.json()["detail"] == "There are 100 webhooks already: delete one."

"""Addresses over HTTP: brought to be fetched, watched, changed, listed, deleted."""

import re
from typing import Any

import pytest

from tests.api.conftest import Client

FEED = {"url": "https://ministry.example/news/feed.xml"}
TALKS = {"url": "https://ministry.example/news/talks"}
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNKNOWN = "/v1/watches/wch_0000000000000000"


def made(writer: Client, **new: Any) -> dict[str, Any]:
    answer = writer.post("/v1/watches", json=FEED | new)
    assert answer.status_code == 201
    watch: dict[str, Any] = answer.json()
    return watch


def test_an_address_is_accepted_before_its_document_is_there(writer: Client) -> None:
    answer = writer.post("/v1/documents", json=TALKS | {"published": "2031-03-14"})
    added = answer.json()
    assert (answer.status_code, added["document_id"], added["status"]) == (202, None, "queued")
    job = writer.get(answer.headers["Location"]).json()
    assert (job["id"], job["document_id"], job["links"]["document"]) == (added["job_id"], None, None)
    assert [one["id"] for one in writer.get("/v1/jobs").json()["items"]] == [job["id"]]
    again = writer.post("/v1/documents", json={"published": "2031-03-14"} | TALKS).json()
    assert again["job_id"] == added["job_id"]
    assert writer.post("/v1/documents", json=TALKS).json()["job_id"] != added["job_id"]


@ON_SQLITE
def test_with_its_text_an_address_is_not_fetched(writer: Client) -> None:
    added = writer.post("/v1/documents", json=TALKS | {"text": "Norway and Chile opened talks."}).json()
    assert added["document_id"] in added["job_id"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"),
        ({"title": "Talks"}, "/text"),
        ({"url": None}, "/url"),
        ({"url": "ftp://ministry.example/"}, "/url"),
        ({"url": "https://ann:secret@ministry.example/"}, "/url"),
        ({"url": "https://ministry.example/", "colour": "red"}, "/colour"),
        ({"url": "https://ministry.example/", "text": None}, "/text"),
        ({"url": "https://ministry.example/", "published": "2031-02-30"}, "/published"),
    ],
)
def test_what_is_neither_a_text_nor_an_address_is_refused(writer: Client, body: Any, pointer: str) -> None:
    answer = writer.post("/v1/documents", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@ON_SQLITE
def test_a_batch_may_have_addresses(writer: Client) -> None:
    lines = '{"url":"https://ministry.example/a"}\n{"text":"Talks."}\n{"url":"mailto:a"}\n'
    answer = writer.post(
        "/v1/documents/batch", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    first, second, third = answer.text.splitlines()
    assert ('"document_id":null' in first, '"document_id":null' in second) == (True, False)
    assert "/problems/invalid-body" in third


@ON_SQLITE
def test_an_address_sent_twice_with_one_key_is_answered_once(writer: Client) -> None:
    key = {"Idempotency-Key": "once"}
    first = writer.post("/v1/documents", json=TALKS, headers=key)
    second = writer.post("/v1/documents", json=TALKS, headers=key)
    assert (second.json(), second.headers["Idempotency-Replayed"]) == (first.json(), "true")
    reused = writer.post("/v1/documents", json=FEED, headers=key)
    assert reused.json()["type"] == "/problems/idempotency-key-reused"


@ON_SQLITE
def test_a_job_of_an_address_is_cancelled_and_retried(writer: Client) -> None:
    id = writer.post("/v1/documents", json=TALKS).json()["job_id"]
    assert writer.post(f"/v1/jobs/{id}/retry").json()["type"] == "/problems/job-not-retryable"
    assert writer.delete(f"/v1/jobs/{id}").json()["status"] == "cancelled"
    events = writer.get(f"/v1/jobs/{id}/events").text
    assert re.findall("id: (.*)\nevent: (.*)\n", events) == [
        ("0.0", "progress"),
        ("0.0.cancelled", "finished"),
    ]
    assert writer.delete(f"/v1/jobs/{id}").json()["status"] == "cancelled"
    assert writer.post(f"/v1/jobs/{id}/retry").json()["status"] == "queued"
    assert writer.get("/v1/jobs/fetch-00000000000000000000000000000000").status_code == 404


def test_a_watch_is_made_changed_and_deleted(writer: Client) -> None:
    answer = writer.post("/v1/watches", json=FEED)
    watch = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/watches/{watch['id']}")
    assert watch == {
        "id": watch["id"],
        "url": FEED["url"],
        "every": 900,
        "format": None,
        "status": "active",
        "created_at": watch["created_at"],
        "last_look_at": None,
        "next_look_at": watch["created_at"],
        "failures": 0,
        "last_error": None,
        "left_out": 0,
    }
    path = answer.headers["Location"]
    assert writer.get(path).json() == watch
    assert writer.get("/v1/watches").json() == {"items": [watch], "next_cursor": None}
    changed = writer.patch(path, json={"every": 3600.0, "paused": True}).json()
    assert (changed["every"], changed["status"], changed["next_look_at"]) == (3600, "paused", None)
    assert writer.patch(path, json={}).json() == changed
    assert writer.patch(path, json={"paused": False}).json()["status"] == "active"
    assert writer.get(f"{path}/items").json() == {"items": [], "next_cursor": None}
    assert [writer.delete(path).status_code, writer.delete(path).status_code] == [204, 404]


def test_pages_of_watches_begin_with_the_newest(writer: Client) -> None:
    ids = [made(writer, url=f"https://ministry.example/{number}")["id"] for number in range(3)]
    first = writer.get("/v1/watches?limit=2").json()
    rest = writer.get(f"/v1/watches?limit=2&cursor={first['next_cursor']}").json()
    assert [[one["id"] for one in page["items"]] for page in (first, rest)] == [ids[:0:-1], ids[:1]]


@ON_SQLITE
@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "feed.xml"},
        {"every": 59},
        {"every": 900.5},
        {"every": None},
        {"every": 2_592_001},
        {"colour": "red"},
        {"url": None},
    ],
)
def test_a_watch_that_makes_no_sense_is_refused(writer: Client, wrong: dict[str, Any]) -> None:
    answer = writer.post("/v1/watches", json=FEED | wrong)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-body")
    [field] = wrong
    if field != "url":
        assert writer.patch(UNKNOWN, json=wrong).status_code == 422


@ON_SQLITE
def test_there_is_no_other_watch(writer: Client) -> None:
    asked = [
        writer.get(UNKNOWN),
        writer.get(f"{UNKNOWN}/items"),
        writer.patch(UNKNOWN, json={}),
        writer.delete(UNKNOWN),
        writer.get("/v1/watches/none"),
    ]
    assert {answer.status_code for answer in asked} == {404}
    assert writer.get(f"{UNKNOWN}/items?status=lost").status_code == 400

"""Schedules, by which issues are sent; and the addresses at which programs without a password read one feed."""

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from msgspec import json

from api.http.middleware import AccessLog
from api.settings import Settings
from tests.api.conftest import AUTHORIZED, KEY, Client, local, running, serving
from tests.api.filled import fill

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = {
    "name": "The week",
    "days": ["mon"],
    "time": "07:30",
    "time_zone": "Europe/Oslo",
    "recipients": ["mailto:ann@reader.example"],
}


@pytest.fixture
def desk(database_url: str) -> Iterator[Client]:
    """A client of a database with two briefings, for tests that write."""
    fill(database_url)
    with serving(database_url) as client:
        yield client


def topic(desk: Client) -> str:
    return str(desk.post("/v1/topics", json={"name": "Kava", "parties": ["FJ"]}).json()["id"])


def made(desk: Client, feed: str, **given: Any) -> dict[str, Any]:
    answer = desk.post("/v1/subscriptions", json={"name": "Ann", "feed": feed} | given)
    assert answer.status_code == 201, answer.text
    subscription: dict[str, Any] = answer.json()
    return subscription


def as_a_program(desk: Client, address: str) -> Any:
    """What a program gets that knows the address and nothing else."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == "http://readout.test"
    desk.headers.pop("Authorization", None)
    answer = desk.get(parts.path)
    desk.headers.update(AUTHORIZED)
    return answer


def test_a_schedule_is_made_listed_changed_and_deleted(desk: Client) -> None:
    answer = desk.post("/v1/schedules", json=NEW)
    schedule = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/schedules/{schedule['id']}")
    usual: dict[str, Any] = {"topic_id": None, "length": "standard", "quiet": "skip", "remind_days": []}
    known = {name: schedule[name] for name in ("id", "created_at", "next_at")}
    assert schedule == NEW | usual | known
    assert (
        desk.get("/v1/schedules").json()["items"]
        == [schedule]
        == [desk.get(answer.headers["Location"]).json()]
    )
    change = {"recipients": ["mailto:ben@reader.example"], "days": [], "remind_days": [7, 1]}
    changed = desk.patch(answer.headers["Location"], json=change).json()
    assert changed | {"next_at": ""} == schedule | change | {"next_at": ""}
    assert changed == desk.get(answer.headers["Location"]).json()
    assert desk.delete(answer.headers["Location"]).status_code == 204
    assert desk.delete(answer.headers["Location"]).status_code == 404


@ON_SQLITE
def test_a_schedule_that_nobody_can_keep_is_refused(desk: Client) -> None:
    for given, pointer in (
        ({"time_zone": "Europe/Atlantis"}, "/time_zone"),
        ({"topic_id": "top_0000000000000000"}, "/topic_id"),
        ({"recipients": []}, "/recipients"),
        ({"recipients": ["folder:/etc"]}, "/recipients/0"),
        ({"time": "25:00"}, "/time"),
    ):
        answer = desk.post("/v1/schedules", json=NEW | given)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert desk.get("/v1/schedules").json()["items"] == []


def test_a_topic_that_something_is_of_is_not_deleted(desk: Client) -> None:
    id = topic(desk)
    paths = [
        f"/v1/subscriptions/{made(desk, 'deadlines', topic_id=id)['subscription']['id']}",
        f"/v1/schedules/{desk.post('/v1/schedules', json=NEW | {'topic_id': id}).json()['id']}",
    ]
    for path in paths:
        answer = desk.delete(f"/v1/topics/{id}")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/topic-in-use")
        assert desk.delete(path).status_code == 204
    assert desk.delete(f"/v1/topics/{id}").status_code == 204


def test_whoever_has_the_address_of_a_feed_reads_it(desk: Client) -> None:
    desk.post("/v1/issues", json={"title": "The week", "since": "2031-01-01T00:00:00Z"})
    for feed, titles in (("briefings", ["Kava", "Salmon"]), ("issues", ["The week"])):
        atom, feed_json = (as_a_program(desk, address) for address in made(desk, feed)["addresses"])
        assert [entry.title for entry in feedparser.parse(atom.content).entries] == titles
        assert [one["title"] for one in feed_json.json()["items"]] == titles
        assert feed_json.json()["version"] == "https://jsonfeed.org/version/1.1"


def test_an_address_is_of_one_feed_of_one_topic(desk: Client) -> None:
    (address,) = made(desk, "deadlines", topic_id=topic(desk))["addresses"]
    assert address.endswith("/deadlines.ics")
    answer = as_a_program(desk, address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["Fiji–Tonga: Kava quota"]
    assert [event.summary for event in IcsCalendarStream.calendar_from_ics(answer.text).events] == [
        "Fiji–Tonga: Kava quota"
    ]
    assert as_a_program(desk, address.replace("deadlines.ics", "briefings.atom")).status_code == 404
    secret = address.split("/")[-2]
    for path in ("/v1/briefings", "/v1/deadlines.ics", "/v1/subscriptions"):
        assert desk.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert desk.get(f"{urlsplit(address).path}?party=NO").status_code == 400


def test_an_address_is_listed_without_its_secret_and_revoked(desk: Client) -> None:
    new = made(desk, "deadlines")
    (address,), subscription = new["addresses"], new["subscription"]
    (listed,) = desk.get("/v1/subscriptions").json()["items"]
    assert listed == subscription == desk.get(f"/v1/subscriptions/{subscription['id']}").json()
    assert listed["last_used_at"] is None and address.split("/")[-2].startswith(listed["prefix"])
    assert address.split("/")[-2] not in desk.get("/v1/subscriptions").text
    assert as_a_program(desk, address).status_code == 200
    assert desk.get("/v1/subscriptions").json()["items"][0]["last_used_at"] is not None
    assert desk.delete(f"/v1/subscriptions/{subscription['id']}").status_code == 204
    answer = as_a_program(desk, address)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
    assert desk.get("/v1/subscriptions").json()["items"] == []


@ON_SQLITE
def test_no_log_has_an_address_whole(database_url: str) -> None:
    lines = io.BytesIO()
    log = AccessLog(lines, "json")
    settings = Settings(database_url=database_url, auth="required", admin_key=KEY)
    with running(settings, log) as client:
        new = made(client, "deadlines")
        (address,) = new["addresses"]
        for path in (address, address + "x", address.rpartition("/")[0]):
            as_a_program(client, path)
    log.flush()
    secret, prefix = address.split("/")[-2], new["subscription"]["prefix"]
    assert secret not in lines.getvalue().decode()
    told = [json.decode(line) for line in lines.getvalue().splitlines()]
    assert f"/s/{prefix}…/deadlines.ics" in {one["path"] for one in told}
    assert new["subscription"]["id"] in {one.get("key_id") for one in told}


@ON_SQLITE
def test_where_no_keys_are_asked_for_an_address_holds_as_well(database_url: str) -> None:
    fill(database_url)
    with local(database_url) as client:
        (address,) = client.post("/v1/subscriptions", json={"name": "Ann", "feed": "deadlines"}).json()[
            "addresses"
        ]
        path = urlsplit(address).path
        assert b"Kava quota" in client.get(path).content
        assert client.get(path.replace("/s/rs_", "/s/rs_x")).status_code == 404

"""Changes over HTTP: for clients that keep a copy, and are killed now and then."""

import random
import signal
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from schemas import ChangePage
from store.engine import connect
from tests.api.conftest import Client
from tests.api.copying import copied
from tests.api.filled import OTHER, third
from tests.forked import Forked, run
from tests.serving import api, free_port
from tests.store.following import listed
from tests.worker.rounds_archive import bring, current, documents
from worker import Undecidable
from worker.decisions import merge_briefings, split_briefing, withdraw


def test_everything_from_the_beginning_in_pages(client: Client) -> None:
    cursor, seen = None, []
    while True:
        params = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = msgspec.json.decode(client.get("/v1/changes", params=params).content, type=ChangePage)
        seen += page.items
        cursor = page.next_cursor
        if not page.has_more:
            break
    by_list = {
        item["id"]
        for kind in ("briefing", "delegate", "stake", "deadline", "figure", "statement", "event", "conflict")
        for item in client.get(f"/v1/{kind}s").json()["items"]
    }
    assert len(seen) == len(by_list)
    assert {change.id for change in seen} == by_list


def test_a_change_has_the_thing_as_its_list_has_it(client: Client) -> None:
    items = client.get("/v1/changes?limit=100").json()["items"]
    [found] = [item for item in items if item["briefing_id"] == OTHER and item["change"] == "deadline"]
    found.pop("at")
    [item] = client.get(f"/v1/deadlines?briefing_id={OTHER}").json()["items"]
    assert found == {"change": "deadline", "id": third().deadlines[0].id, "briefing_id": OTHER, "item": item}


def test_an_unchanged_end_is_not_sent_again(client: Client) -> None:
    cursor = client.get("/v1/changes?limit=100").json()["next_cursor"]
    end = client.get("/v1/changes", params={"cursor": cursor})
    assert end.json() == {"items": [], "next_cursor": cursor, "has_more": False}
    again = client.get(
        "/v1/changes", params={"cursor": cursor}, headers={"If-None-Match": end.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("cursor", ["x", "WyIxZjBhYzk3ZjQyYjAiLFs0Ml1d"])
def test_a_cursor_that_was_not_given_out_is_refused(client: Client, cursor: str) -> None:
    answer = client.get("/v1/changes", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-cursor")


def test_a_cursor_of_a_list_is_refused(client: Client) -> None:
    cursor = client.get("/v1/deadlines?limit=1").json()["next_cursor"]
    assert client.get("/v1/changes", params={"cursor": cursor}).status_code == 400


def test_a_copy_that_is_killed_at_random_ends_equal_to_the_service(database_url: str, tmp_path: Path) -> None:
    engine = connect(database_url)
    port, copy, done = free_port(), tmp_path / "copy.db", threading.Event()
    command = [sys.executable, "-m", "tests.api.copying", str(copy), f"http://127.0.0.1:{port}"]
    moments = random.Random(5)
    killed = 0

    def follow_and_die() -> None:
        nonlocal killed
        while not done.is_set():
            process = Forked(command)
            time.sleep(0.3 + moments.random())
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1

    with api(database_url, tmp_path, port):
        follower = threading.Thread(target=follow_and_die)
        follower.start()
        chance = random.Random(11)
        while killed < 6:
            history(database_url, chance, actions=10)
        done.set()
        follower.join()
        assert run([*command, "once"]).returncode == 0
    assert copied(copy) == listed(engine)
    engine.dispose()


def history(url: str, chance: random.Random, actions: int) -> None:
    """Documents come and go, rounds are split and merged; every document is there at the end."""
    engine = connect(url)
    known = documents()
    for _ in range(actions):
        name = chance.choice(sorted(known))
        rounds = [one for one in current(engine) if one.status == "published"]
        try:
            match chance.choice(["add", "add", "withdraw", "split", "merge"]):
                case "add":
                    bring(engine, known[name])
                case "withdraw":
                    withdraw(engine, known[name].id)
                case "split" if rounds:
                    one = chance.choice(rounds)
                    split_briefing(engine, one.id, [one.sources[0].document_id], by="x", reason="x")
                case "merge" if len(rounds) > 1:
                    here, other = chance.sample([one.id for one in rounds], 2)
                    merge_briefings(engine, here, [other], by="x", reason="x")
        except Undecidable:
            continue  # not every choice is one that an editor has
    for document in known.values():
        bring(engine, document)
    engine.dispose()

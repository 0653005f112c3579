"""Exports over HTTP: whole, in either format, cut and resumed."""

import csv
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.settings import Settings
from schemas.kinds import KINDS
from schemas.queries import ExportOf
from store.engine import connect
from store.export import KINDS_OF, export
from tests.api.conftest import KEY, Client, running
from tests.api.filled import fill
from tests.api.test_http_changes import history
from tests.conftest import ROOT
from tests.serving import api, free_port
from tests.store.following import Follower, listed
from tests.waiting import until

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FACTS = tuple(kind.plural for kind in KINDS)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def things(exported: list[dict[str, Any]]) -> dict[str, Any]:
    """What was exported by id; nothing comes twice."""
    *items, end = [(line["type"], line["item"]) for line in exported]
    assert end == ("end", None)
    found = {item["id"]: item for _, item in items}
    assert len(found) == len(items)
    return found


@pytest.mark.parametrize("of", [*FACTS, "conflicts"])
def test_everything_that_the_list_has(client: Client, of: str) -> None:
    answer = client.get("/v1/export", params={"of": of})
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    items = client.get(f"/v1/{of}?limit=100").json()["items"]
    assert things(lines(answer.text)) == {item["id"]: item for item in items}


def test_facts_are_those_of_every_kind_and_what_is_asked_for_without_a_word(client: Client) -> None:
    exported = lines(client.get("/v1/export").text)
    assert {line["type"] for line in exported} == {*(kind.name for kind in KINDS), "end"}
    of_each = [things(lines(client.get(f"/v1/export?of={of}").text)) for of in FACTS]
    assert things(exported) == {id: item for part in of_each for id, item in part.items()}


def test_briefings_come_whole(client: Client) -> None:
    exported = things(lines(client.get("/v1/export?of=briefings").text))
    assert exported and exported == {id: client.get(f"/v1/briefings/{id}").json() for id in exported}


def test_changes_are_those_of_the_feed_and_their_cursors_too(client: Client) -> None:
    *exported, end = lines(client.get("/v1/export?of=changes").text)
    feed = client.get("/v1/changes?limit=100").json()
    assert [line["item"] for line in exported] == feed["items"]
    assert end["cursor"] == exported[-1]["cursor"] == feed["next_cursor"]
    after = client.get("/v1/changes", params={"cursor": exported[2]["cursor"], "limit": 100}).json()
    assert after["items"] == feed["items"][3:]


def test_the_end_leads_to_what_changes_later(client: Client) -> None:
    end = lines(client.get("/v1/export?of=facts").text)[-1]
    later = client.get("/v1/changes", params={"cursor": end["cursor"]}).json()
    assert (later["items"], later["has_more"]) == ([], False)


@pytest.mark.parametrize("of", ["facts", "briefings", "changes", "deadlines"])
@pytest.mark.parametrize("format", ["ndjson", "csv"])
def test_each_line_goes_on_after_itself(client: Client, of: str, format: str) -> None:
    def text(cursor: str | None) -> str:
        params = {"of": of, "format": format} | ({"cursor": cursor} if cursor else {})
        return client.get("/v1/export", params=params).text

    def cursors(text: str) -> list[str]:
        read = csv.DictReader(io.StringIO(text)) if format == "csv" else lines(text)
        return [line["cursor"] for line in read]

    everything = cursors(text(None))
    for place, cursor in enumerate(everything[:-1], 1):
        assert cursors(text(cursor)) == everything[place:]


@pytest.mark.parametrize("asked", [{"params": {"format": "csv"}}, {"headers": {"Accept": "text/csv"}}])
def test_as_a_table(client: Client, asked: dict[str, Any]) -> None:
    answer = client.get("/v1/export", **asked)
    assert answer.headers["Content-Type"] == "text/csv; header=present; charset=utf-8"
    *rows, end = csv.DictReader(io.StringIO(answer.text))
    assert end["type"] == "end" and end["id"] == ""
    [fifteen] = [row for row in rows if row["type"] == "figure" and row["value"] == "15.0"]
    assert (fifteen["unit"], fifteen["date.edtf"]) == ("%", "")


@pytest.mark.parametrize("of", ["briefings", "changes", "conflicts"])
def test_all_that_is_no_fact_is_a_table_too(client: Client, of: str) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"/v1/export?of={of}&format=csv").text)))
    assert [row["id"] for row in rows[:-1]] == list(things_of(client, of))
    assert all(None not in row and None not in row.values() for row in rows)


def things_of(client: Client, of: str) -> Iterator[str]:
    return (line["item"]["id"] for line in lines(client.get(f"/v1/export?of={of}").text)[:-1])


def test_a_cursor_of_something_else_is_refused(client: Client) -> None:
    cursor = lines(client.get("/v1/export?of=facts").text)[0]["cursor"]
    for wrong in (
        {"of": "deadlines", "cursor": cursor},
        {"of": "changes", "cursor": cursor},
        {"cursor": "x"},
    ):
        answer = client.get("/v1/export", params=wrong)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-cursor")


def test_what_there_is_not_is_refused(client: Client) -> None:
    for wrong in ("of=keys", "format=xml", "limit=10"):
        assert client.get(f"/v1/export?{wrong}").status_code == 400
    assert client.get("/v1/export", headers={"Accept": "text/html"}).status_code == 406


def test_head_sends_nothing(client: Client) -> None:
    answer = client.head("/v1/export?format=csv")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"].startswith("text/csv")


def test_of_every_kind_there_is_one() -> None:
    assert {kinds for of, kinds in KINDS_OF.items() if of != "facts"} == {
        *((kind.name,) for kind in KINDS),
        ("conflict",),
    }


@ON_SQLITE
def test_a_caller_holds_so_many_open(database_url: str) -> None:
    settings = Settings(database_url=database_url, auth="required", admin_key=KEY, stream_limit=1)
    with running(settings) as client:
        assert [client.get("/v1/export").status_code for _ in range(3)] == [200, 200, 200]


def test_what_changes_meanwhile_is_among_the_changes_after_it(database_url: str) -> None:
    """Exports of one line a time, between which anything is written, with the changes after them: the database."""
    engine = connect(database_url)
    chance = random.Random(7)
    history(database_url, chance, actions=6)
    for _ in range(3):
        copy = Follower()
        for of in ("facts", "conflicts", "briefings"):
            copy.things |= resumed(engine, of, database_url, chance)
        # That of the first export: it is older than those of the others.
        copy.cursor = copy.things.pop("end of facts")["cursor"]
        copy.things = {id: thing for id, thing in copy.things.items() if not id.startswith("end of")}
        copy.follow(engine)
        now = listed(engine)
        assert {id: thing for id, thing in copy.things.items() if not id.startswith("brf_")} == {
            id: thing for id, thing in now.items() if not id.startswith("brf_")
        }
        assert {id for id in copy.things if id.startswith("brf_")} == {
            id for id in now if id.startswith("brf_")
        }
    engine.dispose()


def resumed(engine: Engine, of: ExportOf, url: str, chance: random.Random) -> dict[str, Any]:
    """What an export gives that is cut at random and goes on after its last line, while others write."""
    cursor: str | None = None
    found: dict[str, Any] = {}
    while True:
        batch = next(export(engine, of, cursor))
        for line in batch[: chance.randrange(1, 1 + len(batch))]:
            if line.kind == "end":
                return found | {f"end of {of}": {"cursor": line.cursor}}
            item = json.loads(line.item)
            found[item["id"]] = item
            cursor = line.cursor
        if chance.random() < 0.2:
            history(url, chance, actions=2)


@ON_SQLITE
def test_a_stream_that_is_killed_has_no_end_and_goes_on(database_url: str, tmp_path: Path) -> None:
    fill(database_url)
    port, slow = (
        free_port(),
        (
            "import store.export as s, time; real = s._facts_of; s._FACTS = 3\n"
            "def slowly(kinds):\n"
            "    read = real(kinds)\n"
            "    return lambda session, after: (time.sleep(0.2), read(session, after))[1]\n"
            "s._facts_of = slowly"
        ),
    )
    address = f"http://127.0.0.1:{port}/v1/export"
    first = b""
    with (
        api(database_url, tmp_path, port, before=slow) as process,
        pytest.raises(httpx.TransportError),
        httpx.stream("GET", address) as answer,
    ):
        for chunk in answer.iter_raw():
            first += chunk
            if first.count(b"\n") > 4:
                process.kill()
    whole = first.decode().rpartition("\n")[0]
    assert lines(whole)[-1]["type"] != "end"
    with api(database_url, tmp_path, port):
        rest = httpx.get(address, params={"cursor": lines(whole)[-1]["cursor"]})
        everything = httpx.get(address)
    assert whole + "\n" + rest.text == everything.text


@ON_SQLITE
def test_the_client_of_the_docs_goes_on_where_it_was_cut(database_url: str, tmp_path: Path) -> None:
    fill(database_url)
    [_, code, *_] = re.split(
        r"```python\n(.*?)```", (ROOT / "docs/export.md").read_text(encoding="utf-8"), flags=re.S
    )
    names: dict[str, Any] = {}
    exec(code, names)
    port, file = free_port(), tmp_path / "facts.ndjson"
    with api(database_url, tmp_path, port):
        base = f"http://127.0.0.1:{port}"
        everything = httpx.get(f"{base}/v1/export").content
        file.write_bytes(everything[: len(everything) // 2])
        cursor = names["export"](base, "none", str(file))
    assert file.read_bytes() == everything
    assert cursor == lines(everything.decode())[-1]["cursor"]


@ON_SQLITE
def test_a_stream_ends_when_its_reader_leaves(database_url: str, tmp_path: Path) -> None:
    fill(database_url)
    endless = (
        "import store.export as s\n"
        "whole = s._facts_of\n"
        "s._facts_of = lambda kinds: lambda session, _: whole(kinds)(session, ('', '', ''))"
    )
    port = free_port()
    address = f"http://127.0.0.1:{port}/v1/export"
    with api(database_url, tmp_path, port, before=endless, stream_limit="1"):
        with httpx.stream("GET", address) as answer:
            chunks = answer.iter_raw()
            assert next(chunks)
            assert httpx.get(address).json()["type"] == "/problems/too-many-streams"
        until(lambda: _begins(address))


def _begins(address: str) -> bool:
    with httpx.stream("GET", address) as answer:
        return answer.status_code == 200

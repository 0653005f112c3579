"""Search over HTTP."""

import csv
import io
from typing import Any

import msgspec
import pytest

from schemas import SearchPage
from tests.api.conftest import Client
from tests.api.filled import second
from tests.store.invented import BRIEFING


def found(client: Client, **params: Any) -> SearchPage:
    answer = client.get("/v1/search", params=params)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=SearchPage)


def test_a_hit_whole(client: Client) -> None:
    said = second().statements[0]
    answer = client.get("/v1/search", params={"q": "sign", "kind": "statement"})
    assert answer.json() == {
        "items": [
            {
                "kind": "statement",
                "id": said.id,
                "briefing_id": BRIEFING,
                "heading": "Ana Example",
                "text": "We will sign\nlapse",
                "heading_highlights": [],
                "text_highlights": [{"start": 8, "end": 12}],
                "score": 0.4286,
            }
        ],
        "next_cursor": None,
        "capped": False,
    }


def test_briefings_and_facts_are_found_together_and_apart(client: Client) -> None:
    assert {hit.kind for hit in found(client, q="salmon").items} == {"briefing", "stake", "figure"}
    assert {hit.kind for hit in found(client, q="salmon", kind="stake").items} == {"stake"}
    assert found(client, q="kava", party="NO").items == []
    assert {hit.kind for hit in found(client, q="kava", party="FJ").items} == {"briefing", "deadline"}


def test_pages_join_up(client: Client) -> None:
    whole = found(client, q="salmon").items
    first = found(client, q="salmon", limit=2)
    rest = found(client, q="salmon", cursor=first.next_cursor)
    assert first.items + rest.items == whole
    answer = client.get("/v1/search", params={"q": "kava", "cursor": first.next_cursor})
    assert answer.json()["type"] == "/problems/bad-cursor"


def test_nothing_is_an_empty_page(client: Client) -> None:
    for q in ("tuvalu", "*", '"', "-"):
        assert client.get("/v1/search", params={"q": q}).json() == {
            "items": [],
            "next_cursor": None,
            "capped": False,
        }


@pytest.mark.parametrize(("query", "detail"), [("", "required"), ("?q=", "Expected `str` of length >= 1")])
def test_there_is_no_search_for_nothing(client: Client, query: str, detail: str) -> None:
    answer = client.get(f"/v1/search{query}")
    assert (answer.status_code, answer.json()["errors"]) == (400, [{"pointer": "q", "detail": detail}])


def test_a_query_that_is_too_long_is_told(client: Client) -> None:
    assert found(client, q="x" * 500).items == []
    assert client.get("/v1/search", params={"q": "x" * 501}).status_code == 400


def test_hits_as_csv(client: Client) -> None:
    answer = client.get("/v1/search", params={"q": "kava quota"}, headers={"Accept": "text/csv"})
    header, hit = csv.reader(io.StringIO(answer.text))
    assert header[:5] == ["kind", "id", "briefing_id", "heading", "text"]
    assert header[5:] == ["heading_highlights", "text_highlights", "score"]
    assert (hit[0], hit[3:6]) == (
        "deadline",
        ["Kava quota", "then\nlapse", '[{"start":0,"end":4},{"start":5,"end":10}]'],
    )

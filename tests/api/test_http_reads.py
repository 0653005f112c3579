"""Briefings, documents and facts over HTTP: the stored bytes, in pages, filtered."""

from typing import Any

import msgspec
import pytest

from schemas import FACT_PAGES, BriefingPage, ConflictPage, NegotiationPage, NegotiationRecord
from schemas.kinds import KINDS
from store.read_index import summary_of
from tests.api.conftest import Client
from tests.api.filled import OTHER, first, second, third
from tests.store.invented import BRIEFING, hexed, info, readout, text_of


def wire(value: object) -> Any:
    """What a struct looks like as JSON."""
    return msgspec.json.decode(msgspec.json.encode(value))


def names(client: Client, path: str) -> list[str]:
    """The `what` of each deadline or event of a list."""
    return [item["what"] for item in client.get(path).json()["items"]]


def test_a_briefing_by_id_is_the_stored_bytes(client: Client) -> None:
    answer = client.get(f"/v1/briefings/{BRIEFING}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.content == msgspec.json.encode(second())


def test_a_briefing_by_slug(client: Client) -> None:
    assert client.get("/v1/briefings/no-cl").content == client.get(f"/v1/briefings/{BRIEFING}").content


def test_a_briefing_as_it_was(client: Client) -> None:
    assert client.get("/v1/briefings/no-cl/revisions/1").content == msgspec.json.encode(first())
    assert client.get(f"/v1/briefings/{BRIEFING}/revisions/2").content == msgspec.json.encode(second())


def cause(kind: str) -> dict[str, Any]:
    return {"kind": kind, "document_ids": [hexed("a")], "reason": None}


def test_the_revisions_of_a_briefing_are_listed_newest_first(client: Client) -> None:
    assert client.get("/v1/briefings/no-cl/revisions").json() == {
        "items": [
            {
                "revision": 2,
                "slug": "no-cl",
                "cause": cause("read_again"),
                "created_at": "2031-03-01T13:00:00Z",
            },
            {"revision": 1, "slug": "no-cl", "cause": cause("added"), "created_at": "2031-03-01T12:00:00Z"},
        ],
        "next_cursor": None,
    }
    page = client.get("/v1/briefings/no-cl/revisions?limit=1").json()
    rest = client.get("/v1/briefings/no-cl/revisions", params={"cursor": page["next_cursor"]}).json()
    assert [item["revision"] for item in page["items"] + rest["items"]] == [2, 1]


def test_briefings_are_listed_newest_first(client: Client) -> None:
    assert client.get("/v1/briefings").json() == {
        "items": [wire(summary_of(third())), wire(summary_of(second()))],
        "next_cursor": None,
    }


def test_briefings_of_a_party(client: Client) -> None:
    found = client.get("/v1/briefings?party=CL&status=published").json()
    assert [item["id"] for item in found["items"]] == [BRIEFING]


def test_no_briefing_is_an_empty_page(client: Client) -> None:
    assert client.get("/v1/briefings?party=JP").json() == {"items": [], "next_cursor": None}


def test_pages_follow_the_cursor_to_the_end(client: Client) -> None:
    first_page = client.get("/v1/briefings?limit=1").json()
    last_page = client.get("/v1/briefings", params={"limit": 1, "cursor": first_page["next_cursor"]}).json()
    assert [item["id"] for item in first_page["items"] + last_page["items"]] == [OTHER, BRIEFING]
    assert last_page["next_cursor"] is None


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/briefings", BriefingPage),
        *((f"/v1/{kind.plural}", FACT_PAGES[kind.name]) for kind in KINDS),
        ("/v1/conflicts", ConflictPage),
        ("/v1/negotiations", NegotiationPage),
    ],
)
def test_every_list_has_the_shape_that_is_documented(client: Client, path: str, shape: type[Any]) -> None:
    page = msgspec.json.decode(client.get(path).content, type=shape)
    assert page.items and page.next_cursor is None


def test_facts_are_those_of_the_briefings(client: Client) -> None:
    briefing = wire(second())
    members = [member for side in briefing["delegations"] for member in side["members"]]

    def items(path: str) -> list[Any]:
        found: list[Any] = client.get(path).json()["items"]
        return found

    assert items("/v1/delegates") == members
    assert items("/v1/stakes") == briefing["stakes"]
    assert items("/v1/figures") == briefing["figures"]
    assert items("/v1/statements") == briefing["statements"]
    assert items("/v1/events") == briefing["events"]
    assert items("/v1/conflicts") == briefing["conflicts"]


def test_deadlines_come_by_date_across_briefings_undated_last(client: Client) -> None:
    assert names(client, "/v1/deadlines") == ["Data", "Sign the protocol", "Kava quota", "Review"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"briefing_id={OTHER}", ["Kava quota"]),
        ("party=TO", ["Kava quota"]),
        ("kind=review", ["Review"]),
        ("status=pending&kind=signing", ["Sign the protocol", "Kava quota"]),
        ("certainty=confirmed", []),
        ("date_from=2031-04-01", ["Sign the protocol", "Kava quota"]),
        ("date_from=2031-03-31&date_to=2031-04-01", ["Data", "Sign the protocol"]),
        ("kind=review,data_release&party=NO", ["Data", "Review"]),
        ("party=TO,CL&kind=signing", ["Sign the protocol", "Kava quota"]),
    ],
)
def test_deadlines_by_filter(client: Client, query: str, expected: list[str]) -> None:
    assert names(client, f"/v1/deadlines?{query}") == expected


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/v1/delegates?party=NO", 1),
        ("/v1/stakes?topic=tariffs", 1),
        ("/v1/figures?unit=%25", 2),
        ("/v1/figures?measure=trade_value&unit=NOK&status=proposed", 1),
        ("/v1/statements?direct=true", 1),
        ("/v1/statements?direct=false&speaker=Ben%20Beispiel", 1),
        ("/v1/events?status=scheduled&date_to=2031-03-14", 1),
        ("/v1/conflicts?kind=value", 1),
        (f"/v1/conflicts?briefing_id={OTHER}", 0),
    ],
)
def test_other_facts_by_filter(client: Client, path: str, count: int) -> None:
    assert len(client.get(path).json()["items"]) == count


def test_a_document(client: Client) -> None:
    assert client.get(f"/v1/documents/{hexed('a')}").json() == wire(info("a"))


def test_the_text_of_a_document_is_its_canonical_text(client: Client) -> None:
    answer = client.get(f"/v1/documents/{hexed('a')}/text")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content == text_of("a").encode()


def test_the_readout_of_a_document_is_the_stored_bytes(client: Client) -> None:
    assert client.get(f"/v1/documents/{hexed('a')}/readout").content == msgspec.json.encode(readout("a"))


def test_a_document_about_something_else_has_a_readout_without_facts(client: Client) -> None:
    assert client.get(f"/v1/documents/{hexed('c')}/readout").json() == wire(readout("c", None))


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_negotiation_is_all_rounds_between_the_same_sides(client: Client) -> None:
    [kava, salmon] = client.get("/v1/negotiations").json()["items"]
    assert (kava["id"], kava["name"], kava["parties"]) == ("fj_to", "Fiji–Tonga trade talks", ["FJ", "TO"])
    assert (salmon["id"], salmon["rounds"], salmon["updated_at"]) == ("cl_no", 1, "2031-03-01T13:00:00Z")
    assert salmon["latest"] == wire(summary_of(second()))
    assert salmon["next_deadline"]["what"] == "Data"
    answer = client.get("/v1/negotiations/cl_no")
    record = msgspec.json.decode(answer.content, type=NegotiationRecord)
    assert (record.id, record.parties, record.changes) == ("cl_no", ["CL", "NO"], [])
    assert record.rounds == [summary_of(second())]
    assert [due.what for due in record.deadlines] == ["Data", "Sign the protocol", "Review"]
    again = client.get("/v1/negotiations/cl_no", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("id", ["no_cl", "cl", "jp_no", "CL_NO"])
def test_sides_that_have_no_round(client: Client, id: str) -> None:
    assert client.get(f"/v1/negotiations/{id}").status_code == 404

"""Lists over HTTP: every filter and order that is described, alone and together."""

from typing import Any

import pytest

from tests.api.conftest import Client
from tests.api.described import DESCRIBED
from tests.api.filled import OTHER
from tests.store.invented import BRIEFING, hexed

LISTS = [
    "/v1/briefings",
    *(
        f"/v1/{kind}"
        for kind in ("delegates", "stakes", "deadlines", "figures", "statements", "events", "conflicts")
    ),
]


def parameters(path: str) -> dict[str, Any]:
    """Schemas of the query parameters of a list, by name."""
    schemas = DESCRIBED["components"]["schemas"]
    found = {}
    for parameter in DESCRIBED["paths"][path]["get"]["parameters"]:
        if parameter.get("in") == "query":
            schema = parameter["schema"]
            name = schema.get("$ref", "").rsplit("/", 1)[-1]
            found[parameter["name"]] = schemas[name] if name else schema
    return found


def values(schema: dict[str, Any]) -> list[str]:
    if "enum" in schema:
        return list(schema["enum"])
    if schema["type"] == "boolean":
        return ["true", "false"]
    return [str(one) for one in schema.get("examples", ["x" if schema["type"] == "string" else "1"])]


def names(client: Client, path: str) -> list[str]:
    found = client.get(path)
    assert found.status_code == 200, found.text
    words = ("what", "name", "summary", "text", "as_written", "about", "title")
    return [next(item[word] for word in words if word in item) for item in found.json()["items"]]


@pytest.mark.parametrize("path", LISTS)
def test_every_filter_and_order_that_is_described_is_there(client: Client, path: str) -> None:
    """In each order with each filter, from page to page."""
    described = parameters(path)
    orders = values(described.pop("sort"))
    del described["limit"], described["cursor"]
    for order in orders:
        for name, schema in described.items():
            for value in values(schema):
                params = {"limit": "1", "sort": order, name: value}
                page = client.get(path, params=params)
                assert page.status_code == 200, page.text
                while page.json()["next_cursor"] is not None:
                    page = client.get(path, params=params | {"cursor": page.json()["next_cursor"]})
                    assert (page.status_code, len(page.json()["items"])) == (200, 1)


@pytest.mark.parametrize("path", LISTS)
def test_all_filters_together(client: Client, path: str) -> None:
    described = parameters(path)
    del described["limit"], described["cursor"]
    answer = client.get(path, params={name: values(schema)[0] for name, schema in described.items()})
    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=created_at", ["Salmon", "Kava"]),
        ("sort=-updated_at", ["Kava", "Salmon"]),
        ("updated_since=2031-03-02T00:00:00Z", ["Kava"]),
        ("updated_since=2031-03-01T12:30:00%2B00:00", ["Salmon", "Kava"]),
        ("topic=tariffs", ["Salmon"]),
        ("topic=energy", []),
        (f"document_id={hexed('b')}", ["Kava"]),
        ("party=FJ&status=published", ["Kava"]),
        ("venue=Suva", []),
        ("date_from=2031-01-01", []),
    ],
)
def test_briefings(client: Client, query: str, expected: list[str]) -> None:
    assert names(client, f"/v1/briefings?{query}") == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("deadlines?sort=-date", ["Kava quota", "Sign the protocol", "Data", "Review"]),
        (f"deadlines?document_id={hexed('b')}", ["Kava quota"]),
        ("deadlines?party=NO&date_from=2031-03-15", ["Data", "Sign the protocol"]),
        ("deadlines?updated_since=2031-03-01T13:00:00Z&party=NO", ["Data"]),
        ("deadlines?updated_since=2031-03-01T13:00:00Z", ["Data", "Kava quota"]),
        ("figures?value_min=12&value_max=15", ["twelve", "fifteen"]),
        ("figures?value_min=12.5&unit=%25", ["fifteen"]),
        ("figures?value_min=1e9", ["two"]),
        ("figures?value_max=-1", []),
        ("figures?sort=-value", ["two", "fifteen", "twelve"]),
        ("figures?date_from=2031-01-01", []),
        ("figures?proof=full", ["fifteen", "two"]),
        ("figures?proof=quoted&party=NO", ["twelve"]),
        ("stakes?proof=quoted", []),
        (f"stakes?min_origins=1&briefing_id={BRIEFING}&sort=updated_at", ["Salmon duties", "Port fees"]),
        ("stakes?min_origins=2", []),
        ("conflicts?party=CL", ["the duty"]),
        (f"conflicts?document_id={hexed('a')}&sort=-updated_at", ["the duty"]),
        (f"conflicts?briefing_id={OTHER}", []),
    ],
)
def test_facts(client: Client, path: str, expected: list[str]) -> None:
    assert names(client, f"/v1/{path}") == expected


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("figures?value_min=much", "value_min"),
        ("figures?value_max=nan", "value_max"),
        ("figures?value_max=inf", "value_max"),
        ("stakes?min_origins=0", "min_origins"),
        ("stakes?proof=half", "proof"),
        ("stakes?sort=value", "sort"),
        ("stakes?sort=", "sort"),
        ("deadlines?date_from=2031-02-30", "date_from"),
        ("deadlines?date_to=20310314", "date_to"),
        ("deadlines?sort=colour", "sort"),
        ("statements?direct=yes", "direct"),
        ("deadlines?updated_since=2031-03-01T12:00:00", "updated_since"),
        ("briefings?sort=origins", "sort"),
        ("briefings?document_id=x", "document_id"),
        ("briefings?date_to=x", "date_to"),
    ],
)
def test_a_value_that_a_filter_cannot_have_is_named(client: Client, path: str, pointer: str) -> None:
    answer = client.get(f"/v1/{path}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-parameter")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]

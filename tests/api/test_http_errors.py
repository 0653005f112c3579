"""Bad input over HTTP: each gets a problem with a stable type, and the service goes on."""

import logging
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http.problems import CATALOGUE
from api.http.requests import MAX_BODY
from pipeline.documents.formats import MAX_BYTES
from schemas import Problem
from store.paging import encode_cursor, scope_of
from tests.api.conftest import Client, serving

DOCS = Path(__file__).parents[2] / "docs" / "errors.md"
UNKNOWN_DOCUMENT = f"/v1/documents/{'0' * 64}"
JSON = {"Content-Type": "application/json"}


def problem(answer: httpx.Response) -> dict[str, Any]:
    """What a problem says, once its shape and its headers have been checked."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert list(body) == list(Problem.__struct_fields__)
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return {name: body[name] for name in body if name not in ("status", "request_id", "title")}


def test_an_unknown_path(client: Client) -> None:
    answer = client.get("/v2/briefings")
    assert answer.status_code == 404
    assert problem(answer) == {
        "type": "/problems/not-found",
        "detail": "There is nothing at this path.",
        "instance": "/v2/briefings",
        "errors": [],
    }


@pytest.mark.parametrize(
    "path",
    [
        "/v1/briefings/nothing-of-the-kind",
        "/v1/briefings/brf_ffffffffffffffff",
        "/v1/briefings/nothing-of-the-kind/revisions",
        "/v1/briefings/no-cl/revisions/9",
        UNKNOWN_DOCUMENT,
        f"{UNKNOWN_DOCUMENT}/text",
        f"{UNKNOWN_DOCUMENT}/readout",
        f"/v1/jobs/ingest-{'0' * 64}",
    ],
)
def test_an_unknown_id(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert problem(answer)["type"] == "/problems/not-found"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/briefings/NO_SUCH",
        "/v1/briefings/%00",
        "/v1/briefings/no-cl/revisions/0",
        "/v1/briefings/no-cl/revisions/two",
        "/v1/briefings/no-cl/revisions/1.0",
        "/v1/documents/abc",
        "/v1/documents/%2e%2e/text",
        "/v1/jobs/17",
    ],
)
def test_an_id_that_cannot_be_one_is_not_found(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert problem(answer)["type"] == "/problems/not-found"


def test_cancelling_an_unknown_job(client: Client) -> None:
    assert problem(client.delete(f"/v1/jobs/ingest-{'0' * 64}"))["type"] == "/problems/not-found"


def test_a_method_that_the_resource_does_not_have(client: Client) -> None:
    answer = client.put("/v1/briefings")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert problem(answer)["type"] == "/problems/method-not-allowed"


def test_unknown_query_parameters_are_all_named(client: Client) -> None:
    answer = client.get("/v1/briefings?colour=red&limit=5&shape=round")
    assert answer.status_code == 400
    assert problem(answer) == {
        "type": "/problems/unknown-parameter",
        "detail": "This resource takes limit, cursor, party, venue, topic, status, document_id, date_from, date_to, "
        "updated_since, sort.",
        "instance": "/v1/briefings",
        "errors": [{"pointer": "colour", "detail": "unknown"}, {"pointer": "shape", "detail": "unknown"}],
    }


@pytest.mark.parametrize("path", [UNKNOWN_DOCUMENT, "/health/live", "/openapi.json"])
def test_a_single_resource_takes_no_query_parameter(client: Client, path: str) -> None:
    answer = client.get(f"{path}?limit=5")
    assert answer.status_code == 400
    assert problem(answer)["detail"] == "This resource takes no parameters."


def test_a_repeated_parameter(client: Client) -> None:
    answer = client.get("/v1/deadlines?limit=5&limit=6")
    assert answer.status_code == 400
    assert problem(answer) == {
        "type": "/problems/repeated-parameter",
        "detail": "Give each parameter once.",
        "instance": "/v1/deadlines",
        "errors": [{"pointer": "limit", "detail": "repeated"}],
    }


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=ten",
        "limit=5.0",
        "limit=1e1",
        "limit=%2B5",
        "limit=",
        "limit=null",
        "party=Norway",
        "party=NO%0A",
        "certainty=sure",
        "certainty=null",
        "briefing_id=1",
        "date_from=tomorrow",
        "date_from=2031-02-30",
        "date_to=0000-01-01",
        "kind=Signing!",
        "status=",
    ],
)
def test_a_parameter_with_a_wrong_value(client: Client, query: str) -> None:
    answer = client.get(f"/v1/deadlines?{query}")
    assert answer.status_code == 400
    body = problem(answer)
    assert body["type"] == "/problems/invalid-parameter"
    assert [error["pointer"] for error in body["errors"]] == [query.split("=")[0]]


@pytest.mark.parametrize(
    "path", ["figures?unit=%00", "figures?unit=", "statements?speaker=%00", "stakes?topic=%00"]
)
def test_nothing_is_filtered_by_what_no_fact_can_hold(client: Client, path: str) -> None:
    answer = client.get(f"/v1/{path}")
    assert answer.status_code == 400
    assert problem(answer)["type"] == "/problems/invalid-parameter"


def test_a_verbatim_filter_is_true_or_false(client: Client) -> None:
    for word in ("1", "True", "yes", ""):
        assert problem(client.get(f"/v1/statements?direct={word}"))["type"] == "/problems/invalid-parameter"


def test_every_wrong_parameter_is_named(client: Client) -> None:
    body = problem(client.get("/v1/deadlines?limit=0&party=Norway&certainty=sure"))
    assert [error["pointer"] for error in body["errors"]] == ["limit", "party", "certainty"]


@pytest.mark.parametrize("cursor", ["a", "%00", "WyJ4Il0", "../../etc", "x" * 512, "é"])
def test_a_bad_cursor(client: Client, cursor: str) -> None:
    answer = client.get(f"/v1/deadlines?cursor={cursor}")
    assert answer.status_code == 400
    assert problem(answer)["type"] == "/problems/bad-cursor"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/v1/jobs", [10**17, "x"]),
        ("/v1/jobs", [10**30, "x"]),
        ("/v1/deadlines", ["2031-03-01", "x", 10**30, "x"]),
        ("/v1/deadlines", ["10000-01-01", "x", 1, "x"]),
    ],
)
def test_a_cursor_that_was_made_up(writer: Client, path: str, key: list[str | int]) -> None:
    collection = {"/v1/jobs": "jobs", "/v1/deadlines": "deadline"}[path]
    answer = writer.get(path, params={"cursor": encode_cursor(scope_of(collection, {}), tuple(key))})
    assert answer.status_code == 400
    assert problem(answer)["type"] == "/problems/bad-cursor"


def test_a_cursor_of_another_list(client: Client) -> None:
    cursor = client.get("/v1/deadlines?limit=1").json()["next_cursor"]
    assert problem(client.get(f"/v1/figures?cursor={cursor}"))["type"] == "/problems/bad-cursor"


def test_a_cursor_with_other_filters(client: Client) -> None:
    cursor = client.get("/v1/deadlines?limit=1").json()["next_cursor"]
    answer = client.get(f"/v1/deadlines?cursor={cursor}&kind=review")
    assert problem(answer)["type"] == "/problems/bad-cursor"


@pytest.mark.parametrize("etag", ["", "abc", '"abc', 'w/"abc"', '*, "abc"', '"a" "b"', ","])
def test_a_bad_etag(client: Client, etag: str) -> None:
    answer = client.get("/v1/briefings/no-cl", headers={"If-None-Match": etag})
    assert answer.status_code == 400
    assert problem(answer)["type"] == "/problems/bad-etag"


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"text": "a"} x', b"\xff\xfe", b'{"text": "\xff"}', b"{'text': 1}"], ids=repr
)
def test_malformed_json(client: Client, body: bytes) -> None:
    answer = client.post("/v1/documents", content=body, headers=JSON)
    assert answer.status_code == 400
    assert problem(answer)["type"] == "/problems/malformed-json"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ('{"text": "a", "colour": "red"}', "/colour"),
        ('{"text": "a", "a/b~c": 1}', "/a~1b~0c"),
        ("{}", "/text"),
        ('{"text": ""}', "/text"),
        ('{"text": 1}', "/text"),
        ('{"text": null}', "/text"),
        ('{"text": "a", "title": ""}', "/title"),
        (f'{{"text": "a", "title": "{"a" * 501}"}}', "/title"),
        ('{"text": "a", "title": "Talks\\u0000"}', "/title"),
        ('{"text": "a", "title": "Talks\\nin Oslo"}', "/title"),
        ('{"text": "a", "title": "\\u001b[2JTalks"}', "/title"),
        (f'{{"text": "a", "publisher": "{"a" * 1_000_000}"}}', "/publisher"),
        ('{"text": "a", "publisher": "The\\u007fTimes"}', "/publisher"),
        ('{"text": "a", "url": "javascript:alert(1)"}', "/url"),
        ('{"text": "a", "url": "https://a b"}', "/url"),
        ('{"text": "a", "url": "https://a\\n"}', "/url"),
        ('{"text": "a", "published": "March"}', "/published"),
        ('{"text": "a", "published": "2031-02-30"}', "/published"),
        ('{"text": "a", "published": "2031-02-03\\n"}', "/published"),
        ("[]", ""),
        ("null", ""),
    ],
)
def test_a_body_that_breaks_a_rule(client: Client, body: str, pointer: str) -> None:
    answer = client.post("/v1/documents", content=body, headers=JSON)
    assert answer.status_code == 422
    found = problem(answer)
    assert found["type"] == "/problems/invalid-body"
    assert [error["pointer"] for error in found["errors"]] == [pointer]


def test_a_title_that_is_too_long_is_told_so(client: Client) -> None:
    for sent in (
        client.post("/v1/documents", json={"text": "Talks.", "title": "a" * 1_000_000}),
        client.post("/v1/documents", data={"title": "a" * 501}, files={"file": b"Talks."}),
    ):
        assert problem(sent)["errors"] == [
            {"pointer": "/title", "detail": "Expected `str` of length <= 500"},
        ]


def test_an_unknown_field_is_named_in_words(client: Client) -> None:
    answer = client.post("/v1/documents", json={"text": "Talks.", "colour": "red"})
    assert problem(answer) == {
        "type": "/problems/invalid-body",
        "detail": "Object contains unknown field `colour`",
        "instance": "/v1/documents",
        "errors": [{"pointer": "/colour", "detail": "Object contains unknown field `colour`"}],
    }


@pytest.mark.parametrize("text", [" \n\t ", "talks\0talks", "\x01" * 50])
def test_a_text_that_cannot_be_read(client: Client, text: str) -> None:
    answer = client.post("/v1/documents", json={"text": text})
    assert answer.status_code == 422
    body = problem(answer)
    assert body["type"] == "/problems/unreadable-document"
    assert [error["pointer"] for error in body["errors"]] == ["/text"]


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 \x01", b"\x89PNG\r\n\x1a\n\0\0", b"\0\1\2\3" * 99, b"", b"  "], ids=repr
)
def test_a_file_that_cannot_be_read(client: Client, data: bytes) -> None:
    answer = client.post("/v1/documents", files={"file": ("talks.txt", data)})
    assert answer.status_code == 422
    body = problem(answer)
    assert body["type"] == "/problems/unreadable-document"
    assert [error["pointer"] for error in body["errors"]] == ["/file"]


def test_a_document_that_is_too_large(client: Client) -> None:
    answer = client.post("/v1/documents", json={"text": "a" * (MAX_BYTES + 1)})
    assert answer.status_code == 413
    assert problem(answer)["type"] == "/problems/too-large"


@pytest.mark.parametrize("headers", [JSON, {"Content-Type": "multipart/form-data; boundary=x"}])
def test_a_body_of_twenty_megabytes(client: Client, headers: dict[str, str]) -> None:
    assert MAX_BODY < 20_000_000
    answer = client.post("/v1/documents", content=b" " * 20_000_000, headers=headers)
    assert answer.status_code == 413
    assert problem(answer)["type"] == "/problems/too-large"


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "?"],
)
def test_a_body_of_another_type(client: Client, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = client.post("/v1/documents", content=b"Talks.", headers=headers)
    assert answer.status_code == 415
    assert problem(answer)["type"] == "/problems/unsupported-media-type"


def test_a_form_that_is_no_form(client: Client) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/v1/documents", content=b"--y\r\nno form", headers=headers)
    assert answer.status_code == 400
    assert problem(answer)["type"] == "/problems/bad-request"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({}, "/file"),
        ({"file": "Talks.", "colour": "red"}, "/colour"),
        ({"file": "Talks.", "published": "March"}, "/published"),
        ({"file": "Talks.", "title": ""}, "/title"),
        ({"file": ["Talks.", "More talks."]}, "/file"),
    ],
)
def test_a_form_that_breaks_a_rule(client: Client, fields: dict[str, str | list[str]], pointer: str) -> None:
    parts = [
        (name, (None, value.encode()))
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    answer = client.post("/v1/documents", files=parts or [("title", (None, b"Talks"))])
    assert answer.status_code == 422
    body = problem(answer)
    assert body["type"] == "/problems/invalid-body"
    assert [error["pointer"] for error in body["errors"]] == [pointer]


def test_a_failure_is_logged_and_tells_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is in the log")

    monkeypatch.setattr("api.http.resources.facts.page_facts", fail)
    with caplog.at_level(logging.ERROR, "readout.api"):
        answer = client.get("/v1/deadlines?limit=97")
    assert answer.status_code == 500
    assert problem(answer) == {
        "type": "/problems/internal",
        "detail": "The log of the service has the cause under this request's id.",
        "instance": "/v1/deadlines",
        "errors": [],
    }
    assert answer.headers["X-Request-Id"] in caplog.text
    assert "RuntimeError: the secret is in the log" in caplog.text


def test_a_database_without_tables(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path}/empty.db") as client:
        answer = client.get("/v1/briefings")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert problem(answer)["type"] == "/problems/store-unavailable"


def test_the_service_goes_on(client: Client) -> None:
    for body in (b"{", b'{"text": 1}', b'{"text": " "}'):
        assert client.post("/v1/documents", content=body, headers=JSON).status_code >= 400
        assert client.get("/v1/briefings?colour=red").status_code == 400
        assert client.get("/v1/briefings").status_code == 200


def test_every_type_of_problem_is_documented() -> None:
    table = DOCS.read_text(encoding="utf-8")
    documented = re.findall(r"^\| `(/problems/[a-z-]+)` \| (\d+) \| \S", table, re.M)
    assert documented == [(kind.type, str(kind.status)) for kind in CATALOGUE.values()]

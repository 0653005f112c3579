"""What holds for every resource: entity tags, conditional reads, HEAD, and the headers of every answer."""

import re

import pytest

from tests.api.conftest import Client
from tests.store.invented import BRIEFING, hexed

READS = [
    "/v1/briefings",
    "/v1/briefings/no-cl",
    "/v1/briefings/no-cl/revisions",
    "/v1/briefings/no-cl/revisions/1",
    f"/v1/documents/{hexed('a')}",
    f"/v1/documents/{hexed('a')}/text",
    f"/v1/documents/{hexed('a')}/readout",
    "/v1/delegates",
    "/v1/stakes",
    "/v1/deadlines",
    "/v1/figures",
    "/v1/statements",
    "/v1/events",
    "/v1/conflicts",
    "/v1/search?q=salmon",
    "/v1/changes",
    "/v1/jobs",
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/openapi.yaml",
]


@pytest.mark.parametrize("path", READS)
def test_every_read_has_a_strong_etag_and_answers_304_to_it(client: Client, path: str) -> None:
    etag = client.get(path).headers["ETag"]
    assert re.fullmatch(r'"[!#-~]+"', etag)
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    assert again.headers["Cache-Control"] == "no-cache"
    assert "Content-Type" not in again.headers and "Content-Length" not in again.headers


@pytest.mark.parametrize("path", READS)
def test_every_read_answers_head_as_get_without_the_body(client: Client, path: str) -> None:
    def steady(headers: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in headers.items() if name != "x-request-id"}

    as_it_is = {"Accept-Encoding": "identity"}
    got, head = client.get(path, headers=as_it_is), client.head(path, headers=as_it_is)
    assert (head.status_code, head.content) == (200, b"")
    assert steady(dict(head.headers)) == steady(dict(got.headers))
    assert head.headers["Content-Length"] == str(len(got.content))


def test_head_of_what_is_not_there(client: Client) -> None:
    answer = client.head("/v1/briefings/nothing-of-the-kind")
    assert (answer.status_code, answer.content) == (404, b"")


def test_the_etag_of_a_briefing_tells_its_revision(client: Client) -> None:
    current = client.get(f"/v1/briefings/{BRIEFING}").headers["ETag"]
    assert current.startswith('"r2-')
    assert client.get(f"/v1/briefings/{BRIEFING}/revisions/2").headers["ETag"] == current
    assert client.get(f"/v1/briefings/{BRIEFING}/revisions/1").headers["ETag"].startswith('"r1-')


def test_the_etag_of_a_page_is_that_of_its_content(client: Client) -> None:
    whole = client.get("/v1/deadlines").headers["ETag"]
    assert client.get("/v1/deadlines?limit=100").headers["ETag"] == whole
    assert client.get("/v1/deadlines?limit=1").headers["ETag"] != whole


@pytest.mark.parametrize("condition", ["*", '"other", {}', "W/{}", ' "a" ,{} , W/"b"', '"other",,{},'])
def test_conditions_that_match(client: Client, condition: str) -> None:
    etag = client.get("/v1/briefings/no-cl").headers["ETag"]
    headers = {"If-None-Match": condition.replace("{}", etag)}
    assert client.get("/v1/briefings/no-cl", headers=headers).status_code == 304
    assert client.head("/v1/briefings/no-cl", headers=headers).status_code == 304


@pytest.mark.parametrize("condition", ['"other"', 'W/"other"', '""', '"r2", "08"'])
def test_conditions_that_do_not_match(client: Client, condition: str) -> None:
    answer = client.get("/v1/briefings/no-cl", headers={"If-None-Match": condition})
    assert answer.status_code == 200


def test_conditions_in_several_headers(client: Client) -> None:
    etag = client.get("/v1/briefings/no-cl").headers["ETag"]
    headers = [("If-None-Match", '"other"'), ("If-None-Match", etag)]
    assert client.get("/v1/briefings/no-cl", headers=headers).status_code == 304


def test_what_is_not_there_is_no_match_for_the_asterisk(client: Client) -> None:
    assert client.get("/v1/briefings/nope", headers={"If-None-Match": "*"}).status_code == 404


@pytest.mark.parametrize("path", [*READS, "/v1/briefings/nope", "/v1/briefings?x=1", "/nowhere"])
def test_every_answer_has_its_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-Id"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-cache"


def test_your_own_request_id_is_kept(client: Client) -> None:
    answer = client.get("/nowhere", headers={"X-Request-Id": "build-17.a:b_c"})
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == "build-17.a:b_c"


@pytest.mark.parametrize("given", ["", "a b", "a" * 129, "<script>", "a\tb"])
def test_a_request_id_that_could_do_harm_is_replaced(client: Client, given: str) -> None:
    answer = client.get("/v1/briefings", headers={"X-Request-Id": given})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])


def test_options_tells_the_methods(client: Client) -> None:
    answer = client.options("/v1/documents")
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert client.options(f"/v1/jobs/ingest-{hexed('a')}").headers["Allow"] == "DELETE, GET, HEAD, OPTIONS"
    assert client.options("/v1/briefings").headers["Allow"] == "GET, HEAD, OPTIONS"

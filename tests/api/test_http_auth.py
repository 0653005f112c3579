"""Who may come in: holders of the key, or this machine alone."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.conftest import KEY, Client, local, serving
from tests.store.invented import hexed

TALKS = {"text": "Norway and Chile opened trade talks in Oslo."}


def kind(answer: httpx.Response) -> str:
    """The type of a problem."""
    found: str = answer.json()["type"]
    return found


@pytest.fixture
def anonymous(filled_url: str) -> Iterator[Client]:
    """A client without the key."""
    with serving(filled_url) as client:
        del client.headers["Authorization"]
        yield client


@pytest.mark.parametrize(
    "path", ["/v1/briefings", f"/v1/documents/{hexed('a')}/text", "/v1/jobs", "/openapi.json", "/"]
)
def test_nothing_is_read_without_the_key(anonymous: Client, path: str) -> None:
    answer = anonymous.get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="readout"'
    assert kind(answer) == "/problems/unauthorized"


def test_nothing_is_written_without_the_key(anonymous: Client) -> None:
    assert anonymous.post("/v1/documents", json=TALKS).status_code == 401
    assert anonymous.delete(f"/v1/jobs/ingest-{hexed('a')}").status_code == 401


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {KEY}", KEY, f"Bearer {KEY}x", "Bearer é"],
)
def test_a_wrong_key(anonymous: Client, given: str) -> None:
    headers = [(b"Authorization", given.encode())]
    assert anonymous.get("/v1/briefings", headers=headers).status_code == 401


def test_the_name_of_the_scheme_may_be_written_either_way(anonymous: Client) -> None:
    answer = anonymous.get("/v1/briefings", headers={"Authorization": f"bearer {KEY}"})
    assert answer.status_code == 200


def test_the_key_is_asked_for_before_the_query_is_looked_at(anonymous: Client) -> None:
    assert anonymous.get("/v1/briefings?colour=red").status_code == 401


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_needs_no_key(anonymous: Client, path: str) -> None:
    assert anonymous.get(path).status_code == 200


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_local_mode_is_open_to_this_machine(filled_url: str, peer: str) -> None:
    with local(filled_url, peer) as client:
        assert client.get("/v1/briefings").status_code == 200


@pytest.mark.parametrize("peer", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.7", "testclient"])
def test_local_mode_refuses_other_machines(filled_url: str, peer: str) -> None:
    with local(filled_url, peer) as client:
        answer = client.get("/v1/briefings")
        assert (answer.status_code, kind(answer)) == (403, "/problems/not-local")
        assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000", "LOCALHOST."])
def test_local_mode_goes_by_the_names_of_this_machine(filled_url: str, host: str) -> None:
    with local(filled_url) as client:
        assert client.get("/v1/briefings", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["rebound.example", "rebound.example:8000", "127.0.0.1.rebound.example", "10.0.0.1"]
)
def test_local_mode_refuses_other_names(filled_url: str, host: str) -> None:
    with local(filled_url) as client:
        answer = client.get("/v1/briefings", headers={"Host": host})
        assert (answer.status_code, kind(answer)) == (403, "/problems/not-local")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_other_sites_cannot_write(empty_url: str, headers: dict[str, str]) -> None:
    with local(empty_url) as client:
        answer = client.post("/v1/documents", json=TALKS, headers=headers)
        assert (answer.status_code, kind(answer)) == (403, "/problems/cross-origin")
        assert client.get("/v1/jobs").json()["items"] == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://127.0.0.1:8000"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
)
def test_programs_and_own_pages_can_write(empty_url: str, headers: dict[str, str]) -> None:
    with local(empty_url) as client:
        assert client.post("/v1/documents", json=TALKS, headers=headers).status_code == 202

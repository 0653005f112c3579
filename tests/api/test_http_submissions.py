"""Documents brought with an idempotency key, in batches, and to a service that has enough to do."""

import json
import socket
import subprocess
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.http.requests import MAX_BODY
from api.settings import Settings
from store import KeyInUse, KeyReused
from store.engine import connect
from store.idempotency import KEY_KEPT, claim_key, keep_answer, release_key
from tests.api.conftest import KEY, Client, running
from tests.serving import api, free_port
from tests.waiting import PATIENCE, until
from worker.jobs import submit

TEXT = "Norway and Chile opened trade talks."
SENT_WITH = {"Idempotency-Key": "3f0c6c2e-5d0b-4f43-9a55-0b6f1f0f7a11"}
NDJSON = {"Content-Type": "application/x-ndjson"}
NOW = datetime(2031, 3, 14, tzinfo=UTC)


def id_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def accepted(text: str, status: str = "queued") -> dict[str, Any]:
    return {"job_id": f"ingest-{id_of(text)}", "document_id": id_of(text), "status": status, "parts": []}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


def test_a_request_that_is_sent_again_gets_the_same_answer(writer: Client) -> None:
    first = writer.post("/v1/documents", json={"text": TEXT}, headers=SENT_WITH)
    writer.delete(first.headers["Location"])
    second = writer.post("/v1/documents", json={"text": TEXT}, headers=SENT_WITH)
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (202, accepted(TEXT))
    assert first.headers["Location"] == second.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert writer.get(first.headers["Location"]).json()["status"] == "cancelled"


def test_a_form_that_is_sent_again_gets_the_same_answer(writer: Client) -> None:
    for replayed in (None, "true"):  # with another boundary each time
        answer = writer.post("/v1/documents", files={"file": ("talks.txt", TEXT.encode())}, headers=SENT_WITH)
        assert (answer.json(), answer.headers.get("Idempotency-Replayed")) == (accepted(TEXT), replayed)


@pytest.mark.parametrize("other", [{"text": "Other talks."}, {"text": TEXT, "title": "Talks"}], ids=str)
def test_a_key_that_came_with_another_request(writer: Client, other: dict[str, str]) -> None:
    writer.post("/v1/documents", json={"text": TEXT}, headers=SENT_WITH)
    answer = writer.post("/v1/documents", json=other, headers=SENT_WITH)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_the_same_text_is_the_same_document_whatever_the_key(writer: Client) -> None:
    for key in ("one", "two"):
        answer = writer.post("/v1/documents", json={"text": TEXT}, headers={"Idempotency-Key": key})
        assert answer.json() == accepted(TEXT)
    assert len(writer.get("/v1/jobs").json()["items"]) == 1


def test_what_was_refused_may_be_corrected_under_the_same_key(writer: Client) -> None:
    assert writer.post("/v1/documents", json={"text": " "}, headers=SENT_WITH).status_code == 422
    assert writer.post("/v1/documents", json={"text": TEXT}, headers=SENT_WITH).json() == accepted(TEXT)


@pytest.mark.parametrize("keys", [[""], ["x" * 256], ["a b"], ["a", "b"]], ids=len)
def test_what_is_no_key(writer: Client, keys: list[str]) -> None:
    headers = [("Idempotency-Key", key) for key in keys]
    answer = writer.post("/v1/documents", json={"text": TEXT}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-idempotency-key")


def test_of_requests_at_the_same_time_one_is_carried_out(engine: Engine) -> None:
    def ask(_: int) -> str:
        try:
            return "carried out" if claim_key(engine, "key", "meaning") else ""
        except KeyInUse:
            return "in use"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == ["carried out", *["in use"] * 7]


def test_a_key_in_use_is_told(writer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    inner: list[httpx.Response] = []

    def slow(*given: Any) -> Any:
        if not inner:
            inner.append(writer.post("/v1/documents", json={"text": TEXT}, headers=SENT_WITH))
        return submit(*given)

    monkeypatch.setattr("api.http.requests.submit", slow)
    assert writer.post("/v1/documents", json={"text": TEXT}, headers=SENT_WITH).status_code == 202
    assert (inner[0].status_code, inner[0].json()["type"]) == (409, "/problems/idempotency-key-in-use")
    assert inner[0].headers["Retry-After"] == "1"


def test_an_answer_is_kept_for_a_day(engine: Engine) -> None:
    token = claim_key(engine, "key", "meaning", NOW)
    assert isinstance(token, str)
    keep_answer(engine, "key", token, b"answer")
    assert claim_key(engine, "key", "meaning", NOW + KEY_KEPT - timedelta(seconds=1)) == b"answer"
    with pytest.raises(KeyReused):
        claim_key(engine, "key", "another", NOW + KEY_KEPT - timedelta(seconds=1))
    assert isinstance(claim_key(engine, "key", "another", NOW + KEY_KEPT), str)


def test_a_key_whose_request_was_cut_off_is_free_again_and_the_late_answer_is_not_kept(
    engine: Engine,
) -> None:
    first = claim_key(engine, "key", "meaning", NOW)
    second = claim_key(engine, "key", "meaning", NOW + timedelta(minutes=3))
    assert isinstance(first, str) and isinstance(second, str)
    keep_answer(engine, "key", first, b"late")
    release_key(engine, "key", first)
    with pytest.raises(KeyInUse):
        claim_key(engine, "key", "meaning", NOW + timedelta(minutes=3))


def batch(client: Client | httpx.Client, body: bytes | Iterable[bytes]) -> list[dict[str, Any]]:
    answer = client.post("/v1/documents/batch", content=body, headers=NDJSON)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.content.splitlines()]


def test_a_line_that_is_refused_does_not_stop_the_others(writer: Client) -> None:
    one, two = "Round one of the talks.", "Round two of the talks."
    body = f'{{"text": "{one}"}}\n{{"text": 1}}\n\nno json\r\n{{"text": "{two}", "title": "Two"}}'
    first, second, third, fourth = batch(writer, body.encode())
    assert first == {"line": 1, "added": accepted(one), "problem": None}
    assert fourth == {"line": 5, "added": accepted(two), "problem": None}
    assert (second["line"], second["added"], second["problem"]["type"]) == (2, None, "/problems/invalid-body")
    assert second["problem"]["errors"] == [{"pointer": "/text", "detail": "Expected `str`, got `int`"}]
    assert (third["line"], third["problem"]["type"]) == (4, "/problems/malformed-json")
    assert writer.get(f"/v1/documents/{id_of(two)}").json()["source"]["title"] == "Two"


def test_a_line_that_is_too_long_does_not_stop_the_others(writer: Client) -> None:
    def body() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(MAX_BODY // 1_000_000 + 1):
            yield b"x" * 1_000_000
        yield b'"}\n' + json.dumps({"text": TEXT}).encode()

    first, second = batch(writer, body())
    assert (first["line"], first["problem"]["type"]) == (1, "/problems/too-large")
    assert second == {"line": 2, "added": accepted(TEXT), "problem": None}


def test_a_batch_of_mere_bytes(writer: Client) -> None:
    kind = {"Content-Type": "application/octet-stream"}
    answer = writer.post("/v1/documents/batch", json={"text": TEXT}, headers=kind)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind["Content-Type"])
    assert answer.json() == {"line": 1, "added": accepted(TEXT), "problem": None}


def test_an_empty_batch(writer: Client) -> None:
    assert batch(writer, b"\n \n") == []


def test_a_batch_that_is_sent_again_makes_no_new_jobs(writer: Client) -> None:
    body = b"".join(json.dumps({"text": f"Round {n} of the talks."}).encode() + b"\n" for n in range(5))
    assert batch(writer, body) == batch(writer, body)
    assert len(writer.get("/v1/jobs").json()["items"]) == 5


def test_a_batch_of_another_type(writer: Client) -> None:
    answer = writer.post("/v1/documents/batch", json={"text": TEXT})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_a_batch_larger_than_any_buffer_leaves_the_memory_as_it_was(
    database_url: str, tmp_path: Path
) -> None:
    line = json.dumps({"text": "\0" * 50_000}).encode() + b"\n"  # refused, so that it is quick: 300,000 bytes
    port = free_port()

    def peak(process: "subprocess.Popen[bytes]") -> int:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024

    with (
        api(database_url, tmp_path, port) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):
        assert len(batch(client, (line for _ in range(10)))) == 10
        before = peak(process)
        results = batch(client, (line for _ in range(700)))
        assert peak(process) - before < 50_000_000 < 700 * len(line)
    assert [one["line"] for one in results] == list(range(1, 701))
    assert {one["problem"]["type"] for one in results} == {"/problems/unreadable-document"}


def test_a_batch_that_is_cut_off_keeps_what_came_whole(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    with api(database_url, tmp_path, port), httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            head = (
                f"Host: 127.0.0.1\r\nContent-Type: {NDJSON['Content-Type']}\r\nContent-Length: 1000\r\n\r\n"
            )
            body = json.dumps({"text": TEXT}) + '\n{"text": "Half'
            connection.sendall(f"POST /v1/documents/batch HTTP/1.1\r\n{head}{body}".encode())
            # A document is kept before its job is made, and its job is what the answer names.
            until(lambda: client.get(f"/v1/jobs/ingest-{id_of(TEXT)}").status_code == 200)
        assert client.get(f"/v1/documents/{id_of(TEXT)}").status_code == 200
        assert client.get("/v1/jobs").json()["items"][0]["status"] == "queued"
        assert batch(client, json.dumps({"text": TEXT}).encode()) == [
            {"line": 1, "added": accepted(TEXT), "problem": None}
        ]


def limited(url: str, queue_limit: int) -> AbstractContextManager[Client]:
    return running(Settings(database_url=url, auth="required", admin_key=KEY, queue_limit=queue_limit))


def test_a_full_queue_refuses_what_is_new_and_says_when_to_come_again(database_url: str) -> None:
    with limited(database_url, 2) as client:
        jobs = [client.post("/v1/documents", json={"text": f"Round {n}."}) for n in range(3)]
        assert [answer.status_code for answer in jobs] == [202, 202, 429]
        assert jobs[2].json()["type"] == "/problems/queue-full"
        assert jobs[2].json()["detail"] == "2 documents wait to be read, and no more may."
        assert jobs[2].headers["Retry-After"] == "5"
        assert client.get(f"/v1/documents/{id_of('Round 2.')}").status_code == 404
        assert client.post("/v1/documents", json={"text": "Round 1."}).status_code == 202
        client.delete(jobs[0].headers["Location"])
        assert client.post("/v1/documents", json={"text": "Round 2."}).status_code == 202


def test_a_full_queue_refuses_lines_of_a_batch(database_url: str) -> None:
    with limited(database_url, 1) as client:
        lines = [json.dumps({"text": f"Round {n}."}) for n in range(2)]
        first, second = batch(client, "\n".join(lines).encode())
        assert (first["added"]["status"], second["problem"]["type"]) == ("queued", "/problems/queue-full")
        assert batch(client, lines[0].encode()) == [first]

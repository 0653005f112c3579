"""Jobs over HTTP: filtered, retried, and listened to by clients that are cut off."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.conftest import Client
from tests.serving import api, free_port, worker
from tests.waiting import PATIENCE
from tests.worker.stand_in import go

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNKNOWN = f"/v1/jobs/ingest-{'0' * 64}"
# The job waits; it is taken up; three steps; it is over.
WHOLE = ["0.0", "1.0", "1.1", "1.2", "1.3", "1.3.done"]


def add(client: Client | httpx.Client, text: str = "Norway and Chile opened talks.") -> str:
    """Where the job of a document is."""
    return client.post("/v1/documents", json={"text": text}).raise_for_status().headers["Location"]


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of an API process that has no worker yet, and that says soon that it is still there."""
    port = free_port()
    impatient = "import api.http.resources.jobs; api.http.resources.jobs.KEEP_ALIVE = 0.3; api.http.resources.jobs.LOOK_EVERY = 0.1"
    with (
        api(database_url, tmp_path, port, before=impatient),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):
        yield client


class Cut(Exception):
    """The connection was cut."""


def events(
    client: httpx.Client, path: str, last: str | None = None, patience: float = PATIENCE
) -> Iterator[Any]:
    """Events of a job as they come: id, name, data. Raises Cut after so many seconds."""
    headers = {"Last-Event-ID": last} if last else {}
    until = time.monotonic() + patience
    with client.stream("GET", f"{path}/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
            elif "data" in fields:
                yield fields["id"], fields["event"], json.loads(fields["data"])
                fields = {}
            if time.monotonic() > until:  # a comment comes now and then, if nothing else does
                raise Cut


def test_the_jobs_of_a_document_and_since_a_moment(writer: Client) -> None:
    first, second = add(writer, "Round one of the talks."), add(writer, "Round two of the talks.")
    one = writer.get(first).json()
    found = writer.get("/v1/jobs", params={"document_id": one["document_id"]}).json()
    assert found == {"items": [one], "next_cursor": None}
    since = {"created_since": one["created_at"]}
    assert {job["links"]["job"] for job in writer.get("/v1/jobs", params=since).json()["items"]} == {
        first,
        second,
    }
    later = {"created_since": "2999-01-01T00:00:00+02:00"}
    assert writer.get("/v1/jobs", params=later).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("moment", ["yesterday", "17", "2031-03-14T09:30:00", "2031-02-30T00:00:00Z"])
def test_a_moment_that_is_none(client: Client, moment: str) -> None:
    answer = client.get("/v1/jobs", params={"created_since": moment})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-parameter")


def test_a_cancelled_job_is_retried(writer: Client) -> None:
    job = add(writer)
    writer.delete(job)
    answer = writer.post(f"{job}/retry")
    assert (answer.status_code, answer.headers["Location"], answer.json()["status"]) == (202, job, "queued")
    assert answer.json() == writer.get(job).json()


def test_a_retry_that_is_sent_again_is_one(writer: Client) -> None:
    job, key = add(writer), {"Idempotency-Key": "once"}
    refused = writer.post(f"{job}/retry", headers=key)
    writer.delete(job)
    first, again = (writer.post(f"{job}/retry", headers=key) for _ in range(2))
    assert (refused.status_code, first.status_code) == (409, 202)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")


def test_a_job_that_waits_cannot_be_retried(writer: Client) -> None:
    answer = writer.post(f"{add(writer)}/retry")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/job-not-retryable")
    assert answer.json()["detail"] == "The job is queued, so there is nothing to retry."


def test_an_unknown_job_is_neither_retried_nor_listened_to(client: Client) -> None:
    for answer in (client.post(f"{UNKNOWN}/retry"), client.get(f"{UNKNOWN}/events")):
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@ON_SQLITE
def test_a_failed_job_says_why_and_is_retried(
    service: httpx.Client, database_url: str, tmp_path: Path
) -> None:
    with worker(database_url, tmp_path):
        job = add(service, "Norway and Chile: garbled.")
        *_, (_, name, failed) = events(service, job)
        assert (name, failed["status"]) == ("finished", "failed")
        assert failed["error"] == {
            "type": "/problems/work-failed",
            "title": "The work on the document failed",
            "status": 500,
            "detail": "The extraction of this document failed: the text is garbled (ValueError).",
            "instance": job,
        }
        assert service.post(f"{job}/retry").status_code == 202
        *_, (_, _, again) = events(service, job)
        assert (again["status"], again["attempts"]) == ("failed", 1)


def test_every_event_comes_once_to_a_client_that_is_cut_ten_times(
    service: httpx.Client, database_url: str, tmp_path: Path
) -> None:
    job = add(service, "Norway and Chile are patient.")
    seen: list[Any] = []
    cuts = 0
    with worker(database_url, tmp_path):
        while not seen or seen[-1][1] != "finished":
            try:
                for event in events(service, job, seen[-1][0] if seen else None, patience=0.2):
                    seen.append(event)
                    if len(seen) % 2:
                        break  # cut right behind an event, too
            except Cut:
                pass
            cuts += 1
            if cuts == 10:
                go(tmp_path / "begun").touch()
    assert [id for id, _, _ in seen] == WHOLE
    assert [name for _, name, _ in seen] == ["progress"] * 5 + ["finished"]
    jobs = [data for _, _, data in seen]
    assert [one["status"] for one in jobs] == ["queued", "running", "running", "running", "running", "done"]
    assert [one["step"] for one in jobs] == [None, None, "read", "extract", "merge", "merge"]
    assert [one["progress"] for one in jobs] == [0.0, 0.0, 0.33, 0.67, 1.0, 1.0]
    assert jobs[-1] == service.get(job).json()
    assert jobs[-1]["links"]["readout"] == f"/v1/documents/{jobs[-1]['document_id']}/readout"


@ON_SQLITE
def test_who_comes_late_gets_all_events_and_who_has_them_gets_none(
    service: httpx.Client, database_url: str, tmp_path: Path
) -> None:
    job = add(service)
    with worker(database_url, tmp_path):
        assert [id for id, _, _ in events(service, job)] == WHOLE
    assert [id for id, _, _ in events(service, job)] == WHOLE
    assert [id for id, _, _ in events(service, job, last="1.1")] == WHOLE[3:]
    assert [id for id, _, _ in events(service, job, last="no id of ours")] == WHOLE
    answer = service.get(f"{job}/events", headers={"Last-Event-ID": WHOLE[-1]})
    assert (answer.status_code, answer.content) == (204, b"")


@ON_SQLITE
def test_silence_is_broken_by_comments(service: httpx.Client) -> None:
    job = add(service)
    comments = []
    with service.stream("GET", f"{job}/events") as answer:
        for line in answer.iter_lines():
            comments += [line] if line.startswith(":") else []
            if len(comments) == 3:
                break
    assert comments == [": still there"] * 3
    service.delete(job)
    assert [id for id, _, _ in events(service, job, last="0.0")] == ["0.0.cancelled"]


@ON_SQLITE
def test_many_listeners_are_one_task(service: httpx.Client, database_url: str, tmp_path: Path) -> None:
    job = add(service)
    streams = [events(service, job) for _ in range(30)]
    assert [next(stream)[0] for stream in streams] == ["0.0"] * 30
    with worker(database_url, tmp_path):
        assert {tuple(id for id, _, _ in stream) for stream in streams} == {tuple(WHOLE[1:])}


def test_the_head_of_a_stream_ends(writer: Client) -> None:
    answer = writer.head(f"{add(writer)}/events")
    assert (answer.status_code, answer.content) == (200, b"")

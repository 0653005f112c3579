"""A running service, asked over HTTP."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

import httpx
from msgspec import DecodeError, json

from api.inputs import Failed, Refused
from api.settings import LOOPBACK
from pipeline.document import Document
from schemas import Briefing, DocumentAdded, Job, Problem

_PAUSE = 0.2
_AT_A_TIME = 20
Watch = Callable[[], None]


def connect(server: str, key: str | None) -> httpx.Client:
    """A client of the service at `server`. A proxy of the environment is not asked about this machine."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(f"{server!r} is not the address of a service: write it as http://127.0.0.1:8000")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(
        base_url=server, headers=headers, timeout=30, trust_env=parts.hostname not in LOOPBACK
    )


def _ask(
    client: httpx.Client,
    method: str,
    path: str,
    form: Mapping[str, str] | None = None,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
) -> bytes:
    try:
        answer = client.request(method, path, data=form, files=files)
    except httpx.HTTPError as error:
        raise Refused(
            f"{client.base_url}: no service answers ({error}): "
            "start one with `readout up`, or name one with --server"
        ) from None
    if answer.is_success:
        return answer.content
    try:
        problem = json.decode(answer.content, type=Problem)
    except DecodeError:
        raise Refused(
            f"{client.base_url}: it answers {answer.status_code}, and not as Readout does"
        ) from None
    if problem.status >= 500:
        raise Failed(f"{client.base_url}: {problem.title} (request {problem.request_id}): {problem.detail}")
    raise Refused(problem.detail or problem.title)


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/health/ready", timeout=2).is_success
    except httpx.HTTPError:
        return False


def add(client: httpx.Client, name: str, document: Document, published: str | None = None) -> DocumentAdded:
    """Sends a document. Raises Refused, which names the file."""
    form = {"published": published} if published else None
    file = (document.file or "document.txt", document.text.encode(), "text/plain; charset=utf-8")
    try:
        return json.decode(_ask(client, "POST", "/v1/documents", form, {"file": file}), type=DocumentAdded)
    except Refused as refused:
        raise Refused(f"{name}: {refused.message}") from None


def finished(client: httpx.Client, job_ids: Iterable[str], watch: Watch = lambda: None) -> Iterator[Job]:
    """Jobs as they finish, whatever their order. `watch` is called while waiting, and may raise."""
    waiting = list(dict.fromkeys(job_ids))
    while waiting:
        done = []
        for job_id in waiting[:_AT_A_TIME]:
            job = json.decode(_ask(client, "GET", f"/v1/jobs/{job_id}"), type=Job)
            if job.finished_at is not None:
                done.append(job_id)
                yield job
        waiting = [job_id for job_id in waiting if job_id not in done]
        watch()
        if waiting and not done:
            time.sleep(_PAUSE)


def briefing(client: httpx.Client, briefing_id: str) -> Briefing:
    return json.decode(_ask(client, "GET", f"/v1/briefings/{briefing_id}"), type=Briefing)

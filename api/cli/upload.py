"""Documents sent to a service and followed until they are read: as many at a time as memory and service bear."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any, NamedTuple

from msgspec import Struct

from api.cli.client import Service, Unusable, Watch, add, get_job
from api.cli.fetching import fetched, file_name, is_address
from api.cli.inputs import Failed, Refused, complain, document, readable_text
from api.cli.progress import Progress, progress
from schemas import Job

_SENDERS = 8
_UNFINISHED = 256  # documents sent and not yet read
_LOOKED_AT = 20  # jobs a look
_PAUSE = 0.2  # seconds between looks where nothing has finished
_SILENCE = 60.0  # seconds after which it is said what may be missing


class Outcome(Struct):
    """What became of the documents: briefings they support, in order, and how many went wrong."""

    briefing_ids: list[str] = []
    read: int = 0
    known: int = 0
    refused: int = 0
    failed: int = 0


class _Sent(NamedTuple):
    job_id: str
    known: Job | None


def send(
    service: Service,
    names: Sequence[str],
    published: str | None = None,
    watch: Watch = lambda: None,
    hint: str = "",
    outcome: Outcome | None = None,
) -> Outcome:
    """Sends the documents and waits until each is read, already was, or failed.

    `watch` is called now and then, and may raise; `hint` is said once where nothing is read for a minute. `outcome`
    is kept up to date, for who interrupts this.
    """
    outcome = outcome or Outcome()
    with progress(len(names)) as bar, ThreadPoolExecutor(_SENDERS) as pool:
        try:
            _Sending(service, pool, bar, published, outcome).run(iter(names), watch, hint)
            return outcome
        except BaseException:
            service.stop.set()
            pool.shutdown(cancel_futures=True)
            raise


class _Sending:
    """What is under way: documents being sent, jobs being waited for, and one look at the latter."""

    def __init__(
        self,
        service: Service,
        pool: ThreadPoolExecutor,
        bar: Progress,
        published: str | None,
        outcome: Outcome,
    ) -> None:
        self.service, self.pool, self.bar = service, pool, bar
        self.published = published
        self.outcome = outcome
        self.sending: dict[Future[_Sent], str] = {}
        self.waiting: dict[str, list[str]] = {}
        self.order: deque[str] = deque()
        self.look: Future[list[Job]] | None = None
        self.look_at = 0.0
        self.last_change = time.monotonic()

    def run(self, names: Iterator[str], watch: Watch, hint: str) -> None:
        while self._fill(names) or self.sending or self.waiting:
            under_way: list[Future[Any]] = [*self.sending, *([self.look] if self.look else [])]
            if under_way:
                wait(under_way, timeout=_PAUSE, return_when=FIRST_COMPLETED)
            else:
                time.sleep(_PAUSE / 2)
            watch()
            for future in [future for future in self.sending if future.done()]:
                self._sent(self.sending.pop(future), future)
            self._follow()
            if hint and time.monotonic() - self.last_change > _SILENCE:
                complain(hint)
                hint = ""

    def _fill(self, names: Iterator[str]) -> bool:
        free = min(2 * _SENDERS - len(self.sending), _UNFINISHED - len(self.sending) - len(self.waiting))
        chosen = list(islice(names, max(free, 0)))
        for name in chosen:
            self.sending[self.pool.submit(_bring, self.service, name, self.published)] = name
        return bool(chosen)

    def _sent(self, name: str, future: "Future[_Sent]") -> None:
        try:
            sent = future.result()
        except Unusable:
            raise
        except Failed as failed:
            self.outcome.failed += 1
            self.bar.failed(f"{name}: {failed.message}")
            return
        except Refused as refused:
            self.outcome.refused += 1
            self.bar.refused(refused.message)
            return
        if sent.known:
            self._finished(name, sent.known, known=True)
        elif sent.job_id in self.waiting:
            self.waiting[sent.job_id].append(name)
        else:
            self.waiting[sent.job_id] = [name]
            self.order.append(sent.job_id)

    def _follow(self) -> None:
        """Look at the jobs that wait longest, as they are read first; at others where none of these finished."""
        if self.look and self.look.done():
            finished = {job.id: job for job in self.look.result()}
            self.look = None
            for job in finished.values():
                for name in self.waiting.pop(job.id):
                    self._finished(name, job, known=False)
            if finished:
                self.order = deque(id for id in self.order if id not in finished)
            else:
                self.order.rotate(-_LOOKED_AT)
                self.look_at = time.monotonic() + _PAUSE
        if self.look is None and self.order and time.monotonic() > self.look_at:
            ids = list(islice(self.order, _LOOKED_AT))
            self.look = self.pool.submit(_over, self.service, ids)

    def _finished(self, name: str, job: Job, known: bool) -> None:
        self.last_change = time.monotonic()
        outcome = self.outcome
        if job.status != "done":
            outcome.failed += 1
            self.bar.failed(f"{name}: {job.status}" + (f", {job.error.detail}" if job.error else ""))
            return
        outcome.known += known
        outcome.read += not known
        outcome.briefing_ids += [id for id in job.briefing_ids if id not in outcome.briefing_ids]
        about = "" if job.briefing_ids else ", not about a trade negotiation"
        self.bar.read(f"{name}: {'already read' if known else 'read'}{about}")


def _bring(service: Service, name: str, published: str | None) -> _Sent:
    about = {"published": published} if published else {}
    if is_address(name):
        found = readable_text(name, fetched(name), file_name(name), published)
        about["url"] = name
    else:
        found = document(name, published)
    try:
        added = add(service, found.file or "document.txt", found.text.encode(), about)
    except Refused as refused:
        raise type(refused)(f"{name}: {refused.message}") from None
    return _Sent(added.job_id, get_job(service, added.job_id) if added.status == "done" else None)


def _over(service: Service, job_ids: Sequence[str]) -> list[Job]:
    return [job for job in (get_job(service, id) for id in job_ids) if job.finished_at is not None]

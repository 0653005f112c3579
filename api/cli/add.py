"""`readout add`: documents to a running service, many at a time, followed until they are read."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, get_args

import click
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from api.cli import Failed, Refused, Unusable, complain, options
from api.cli.client import Service, Tick
from api.cli.inputs import contents, documents_from, file_name, in_folders, is_address
from schemas import Job
from schemas.vocabulary import Reliability

_HINT = "still waiting: a service reads with `readout work` beside `readout serve`"


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.server
@options.published
@click.option("--title", metavar="TEXT", help="Title of the one FILE.")
@click.option("--publisher", metavar="NAME", help="Who published them.")
@click.option("--rights", metavar="TEXT", help="A licence (SPDX), its address, or words.")
@click.option(
    "--reliability", type=click.Choice(get_args(Reliability)), help="How far to trust their source."
)
@click.option(
    "--embargo",
    metavar="MOMENT",
    callback=options.moment,
    help="Until when they are held back, such as 2031-03-14T09:30:00Z.",
)
def add_command(files: tuple[str, ...], server: str | None, **about: str | None) -> int:
    """Send FILEs to a running service and wait until they are read.

    A FILE may be a folder (its files, and those below it), an address on the web, which the service fetches, or -
    for standard input. Stop it when you like and run it again: what is read already is not read again. A service
    that is restarted is waited for. The exit status is 2 if a file was refused, 1 if one could not be worked on.

    What the options say goes before what a document says of itself. Add it again to say otherwise.
    """
    from api.cli.client import service_at
    from api.settings import base_url

    settings = options.settings()
    names = in_folders(files)
    if about["title"] and len(names) > 1:
        raise Refused("--title is that of one document: name one FILE")
    outcome = Upload(reviewed=settings.publish == "reviewed")
    stopped = False
    with service_at(server or base_url(settings), settings.admin_key) as service:
        try:
            stated = {name: value for name, value in about.items() if value}
            send(service, names, stated, hint=_HINT, outcome=outcome)
        except KeyboardInterrupt:
            stopped = True
    click.echo(f"{outcome.read} read, {outcome.known} already read, {outcome.failed} failed")
    if stopped:
        click.echo("readout: stopped: the same command goes on where this one was", err=True)
        return 130
    if outcome.refused or not names:
        return 2
    return 1 if outcome.failed else 0


_SENDERS = 8
_UNFINISHED = 256  # documents sent and not yet read
_LOOKED_AT = 20  # jobs a look
_PAUSE = 0.2  # seconds between looks where nothing has finished
_SILENCE = 60.0  # seconds after which it is said what may be missing
_FEW = 100  # documents of which each gets its line beside the bar


class Upload(Struct):
    """What became of the documents: briefings they support, in order, and how many went wrong.

    `reviewed`: whether they support drafts first, of which nothing is known here.
    """

    reviewed: bool = False
    briefing_ids: list[str] = []
    read: int = 0
    known: int = 0
    refused: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Progress:
    """What to call as each document is done with: with what is to be said of it; `more` with how many come along."""

    read: Callable[[str], None]
    failed: Callable[[str], None]
    refused: Callable[[str], None]
    more: Callable[[int], None]


class _Sent(NamedTuple):
    """A document that came under a name, or in what is under it, and the job that it had already finished."""

    name: str
    job_id: str
    known: Job | None


class _Brought(NamedTuple):
    sent: list[_Sent]
    refused: list[str]


def send(
    service: Service,
    names: Sequence[str],
    about: Mapping[str, str] | None = None,
    watch: Tick = lambda: None,
    hint: str = "",
    outcome: Upload | None = None,
) -> Upload:
    """Sends the documents and waits until each is read, already was, or failed. `about`: what is stated of them all.

    `watch` is called now and then, and may raise; `hint` is said once where nothing is read for a minute. `outcome`
    is kept up to date, for who interrupts this.
    """
    outcome = outcome or Upload()
    with _progress(len(names)) as shown, ThreadPoolExecutor(_SENDERS) as pool:
        try:
            _Sending(service, pool, shown, about or {}, outcome).run(iter(names), watch, hint)
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
        progress: _Progress,
        about: Mapping[str, str],
        outcome: Upload,
    ) -> None:
        self.service, self.pool, self.progress = service, pool, progress
        self.about = about
        self.outcome = outcome
        self.sending: dict[Future[_Brought], str] = {}
        self.waiting: dict[str, list[str]] = {}
        self.order: deque[str] = deque()
        self.look: Future[list[Job]] | None = None
        self.look_at = 0.0
        self.last_change = time.monotonic()

    def run(self, names: Iterator[str], watch: Tick, hint: str) -> None:
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
            self.sending[self.pool.submit(_bring, self.service, name, self.about)] = name
        return bool(chosen)

    def _sent(self, name: str, future: "Future[_Brought]") -> None:
        try:
            brought = future.result()
        except Unusable:
            raise
        except Failed as failed:
            self.outcome.failed += 1
            self.progress.failed(f"{name}: {failed.message}")
            return
        except Refused as refused:
            self.outcome.refused += 1
            self.progress.refused(refused.message)
            return
        self.progress.more(len(brought.sent) + len(brought.refused) - 1)
        for problem in brought.refused:
            self.outcome.refused += 1
            self.progress.refused(problem)
        for sent in brought.sent:
            if sent.known:
                self._finished(sent.name, sent.known, known=True)
            elif sent.job_id in self.waiting:
                self.waiting[sent.job_id].append(sent.name)
            else:
                self.waiting[sent.job_id] = [sent.name]
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
            self.progress.failed(f"{name}: {job.status}" + (f", {job.error.detail}" if job.error else ""))
            return
        outcome.known += known
        outcome.read += not known
        outcome.briefing_ids += [id for id in job.briefing_ids if id not in outcome.briefing_ids]
        about = "" if job.briefing_ids or outcome.reviewed else ", not about a trade negotiation"
        self.progress.read(f"{name}: {'already read' if known else 'read'}{about}")


def _bring(service: Service, name: str, about: Mapping[str, str]) -> _Brought:
    if is_address(name):
        bring = partial(service.fetch, name, about)
    else:
        data = contents(name)
        # What the service would refuse is refused here, even where there is no service.
        documents_from(data, name, about.get("published"))
        bring = partial(service.add, file_name(name) or "document.txt", data, about)
    try:
        added = bring()
    except Refused as refused:
        raise type(refused)(f"{name}: {refused.message}") from None
    statuses: dict[str, tuple[str, str | None]] = {added.job_id: (name, added.status)}
    statuses |= {part.job_id: (part.file, part.status) for part in reversed(added.parts) if part.job_id}
    return _Brought(
        sent=[
            _Sent(called, job_id, service.job(job_id) if status == "done" else None)
            for job_id, (called, status) in statuses.items()
        ],
        refused=[f"{part.file}: {part.problem}" for part in added.parts if part.problem],
    )


def _over(service: Service, job_ids: Sequence[str]) -> list[Job]:
    return [job for job in map(service.job, job_ids) if job.finished_at is not None]


@contextmanager
def _progress(total: int) -> Iterator[_Progress]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Progress(_on_stderr, _on_stderr, complain, lambda count: None)
        return
    with bar("Reading", console) as shown:
        task = shown.add_task("Reading", total=total)

        def more(count: int) -> None:
            nonlocal total
            total += count
            shown.update(task, total=total)

        def say_and_go_on(line: str) -> None:
            shown.console.print(line, style="dim", markup=False, highlight=False)
            shown.advance(task)

        def go_on(line: str) -> None:
            if total <= _FEW:
                shown.console.print(line, style="dim", markup=False, highlight=False)
            shown.advance(task)

        yield _Progress(go_on, say_and_go_on, lambda line: say_and_go_on(f"readout: {line}"), more)


def _on_stderr(line: str) -> None:
    click.echo(line, err=True)


def bar(label: str, console: Console) -> Bar:
    """A bar that tells how many are done, how long it took, and how long it will."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Bar(*columns, TextColumn("left"), TimeRemainingColumn(), console=console)

"""`readout up`: the API and a worker together, each a process of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType

import click

from api.cli import Failed, Refused, Stopped, complain, options
from api.cli.add import Upload, send
from api.cli.client import Service, Tick, service_at
from api.cli.inputs import contents, documents_from, in_folders, is_address
from api.cli.options import GRACE
from api.rendering.terminal import console, table
from api.settings import Settings, base_url, check_address, check_serving, reading_model

_STARTUP = 60  # seconds
_READOUT = (sys.executable, "-P", "-m", "api.cli.main")
_CALM = {"READOUT_ACCESS_LOG": "off", "MALLOC_ARENA_MAX": "2"}
"""Of what is not set otherwise: the terminal is for what was read, and a dozen threads share what memory was freed."""


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1)
@options.host
@options.port
@options.database
@options.extractor
def up_command(
    files: tuple[str, ...], host: str | None, port: str | None, database: str | None, extractor: str | None
) -> int:
    """Migrate the database, start the API and a worker, read FILEs, print their briefings.

    Of a folder, its files and those below it are read. Then it serves until Ctrl-C. What was read before is not
    read again.
    """
    given = {"host": host, "port": port, "database": database, "extractor": extractor}
    settings = options.settings(**given)
    reading_model(settings)
    check_serving(settings)
    check_address(settings.host, settings.port)
    names = _from_the_first_readable(in_folders(files))
    if files and not names:
        raise Refused("none of the files can be read, so nothing was started")
    _stop_on_signals()
    try:
        _run(settings, options.environment(**given), names)
    except Stopped:
        click.echo("stopped", err=True)
    return 0


def _from_the_first_readable(names: Sequence[str]) -> Sequence[str]:
    """The names without those before the first that can be read. They are told on stderr."""
    for place, name in enumerate(names):
        if name == "-" or is_address(name):
            return names[place:]
        try:
            documents_from(contents(name), name)
        except Refused as refused:
            complain(refused.message)
        else:
            return names[place:]
    return []


def _run(settings: Settings, env: Mapping[str, str], names: Sequence[str]) -> None:
    _migrate(env)
    base = base_url(settings)
    commands = {"API": ["serve"], "worker": ["work"]}
    with _together(commands, env) as children, service_at(base, settings.admin_key) as service:

        def watch() -> None:
            for child in children:
                child.check()

        _until_ready(service, watch)
        if names:
            outcome = Upload(reviewed=settings.publish == "reviewed")
            send(service, names, watch=watch, outcome=outcome)
            if not outcome.read and outcome.known:
                click.echo("nothing new to read", err=True)
            _show(service, outcome)
        click.echo(f"Briefings to read   {base}/")
        click.echo(f"API                 {base}/v1/briefings")
        if settings.publish == "reviewed":
            click.echo(f"Drafts to publish   {base}/v1/drafts")
        click.echo("Ctrl-C stops everything.")
        while True:
            watch()
            time.sleep(0.2)


def _migrate(env: Mapping[str, str]) -> None:
    """In a process of its own, so that what that takes of memory is not held for as long as all runs."""
    done = subprocess.run([*_READOUT, "migrate"], env=env, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise click.exceptions.Exit(done.returncode)
    click.echo(f"database: {done.stdout.strip()}", err=True)


def _until_ready(service: Service, watch: Tick) -> None:
    until = time.monotonic() + _STARTUP
    while not service.is_ready():
        watch()
        if time.monotonic() > until:
            raise Failed(f"the API was not ready within {_STARTUP} s: its last words are above")
        time.sleep(0.1)


def _show(service: Service, outcome: Upload) -> None:
    screen = console()
    for briefing_id in outcome.briefing_ids:
        screen.print(table(service.briefing(briefing_id)))
    if outcome.read + outcome.known and not outcome.briefing_ids and not outcome.reviewed:
        click.echo("None of these documents is about a trade negotiation, so there is no briefing.")


class _Child:
    """A `readout` command as a process group of its own, which a terminal's Ctrl-C does not reach."""

    def __init__(self, name: str, arguments: list[str], env: Mapping[str, str]) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [*_READOUT, *arguments, "--guarded"],
            env=_CALM | dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        self.relay = threading.Thread(target=self._relay, daemon=True)
        self.relay.start()

    def _relay(self) -> None:
        """Says what the child says, line by line, so that it does not write into a progress bar."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with contextlib.suppress(OSError):
                sys.stderr.write(line)

    def check(self) -> None:
        """Raises Failed if it is gone."""
        status = self.process.poll()
        if status is not None:
            self.relay.join(timeout=1)
            raise Failed(f"the {self.name} stopped by itself (status {status}): its last words are above")

    def stop(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        """Ends it and whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.relay.join(timeout=1)


@contextlib.contextmanager
def _together(commands: Mapping[str, list[str]], env: Mapping[str, str]) -> Iterator[list[_Child]]:
    """Runs the commands by name, and leaves none running."""
    children: list[_Child] = []
    try:
        for name, arguments in commands.items():
            children.append(_Child(name, arguments, env))
        yield children
    finally:
        _ignore_signals()
        for child in children:
            child.stop()
        until = time.monotonic() + GRACE
        while time.monotonic() < until and any(child.process.poll() is None for child in children):
            time.sleep(0.02)
        for child in children:
            child.kill()


def _stop_on_signals() -> None:
    """SIGINT, SIGTERM and a closed terminal end the main thread with Stopped."""

    def stop(signum: int, frame: FrameType | None) -> None:
        _ignore_signals()
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, stop)


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)

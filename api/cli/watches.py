"""`readout watch`: feeds, sitemaps and pages that a running service looks at again and again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from api.cli import options
from schemas.watches import Watch, WatchItem

if TYPE_CHECKING:
    from api.cli.client import Service

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LEAST, _MOST = 60, 30 * 86_400


@contextmanager
def _service(server: str | None) -> Iterator["Service"]:
    from api.cli.client import service_at
    from api.settings import base_url

    settings = options.settings()
    with service_at(server or base_url(settings), settings.admin_key) as service:
        yield service


def seconds(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Reads `--every`: `90s`, `15m`, `6h`, `1d`."""
    told = re.fullmatch("([1-9][0-9]{0,6})([smhd])", value)
    every = int(told[1]) * _SECONDS[told[2]] if told else 0
    if not _LEAST <= every <= _MOST:
        raise click.BadParameter(f"{value!r} is not a time like 15m, 6h or 1d, from 60s to 30d")
    return every


@click.group()
def watch_command() -> None:
    """Watch feeds, sitemaps and pages: what is new or changed there is fetched and read."""


@watch_command.command()
@click.argument("url")
@click.option("--every", metavar="TIME", default="15m", show_default=True, callback=seconds,
              help="How often it is looked at: 15m, 6h, 1d.")  # fmt: skip
@options.server
def add(url: str, every: int, server: str | None) -> None:
    """Look at URL from now on. Of one that is watched already, how often is changed."""
    with _service(server) as service:
        click.echo(_line(service.watch(url, every)))


@watch_command.command(name="list")
@click.argument("watch", metavar="[WATCH]", required=False)
@options.server
def list_watches(watch: str | None, server: str | None) -> None:
    """List watches; of WATCH, an id or an address, everything that it found, and what became of it."""
    with _service(server) as service:
        if watch is None:
            for one in service.watches():
                click.echo(_line(one))
        else:
            for item in service.watch_items(_id(service, watch)):
                click.echo(_item(item))


@watch_command.command()
@click.argument("watch")
@options.server
def remove(watch: str, server: str | None) -> None:
    """Look at WATCH, an id or an address, no more. Documents that were taken stay."""
    with _service(server) as service:
        id = _id(service, watch)
        service.remove_watch(id)
    click.echo(f"removed {id}")


@watch_command.command()
@click.argument("watch")
@options.server
def pause(watch: str, server: str | None) -> None:
    """Look at WATCH, an id or an address, not until it is resumed."""
    with _service(server) as service:
        click.echo(_line(service.pause_watch(_id(service, watch), True)))


@watch_command.command()
@click.argument("watch")
@options.server
def resume(watch: str, server: str | None) -> None:
    """Look at WATCH, an id or an address, again, and now."""
    with _service(server) as service:
        click.echo(_line(service.pause_watch(_id(service, watch), False)))


def _id(service: "Service", watch: str) -> str:
    """The id of the watch that is named by its id or its address."""
    return next((one.id for one in service.watches() if one.url == watch), watch)


def _every(seconds: int) -> str:
    unit = next(unit for unit in "dhms" if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _line(watch: Watch) -> str:
    state = f"{watch.status}: {watch.last_error}" if watch.last_error else watch.status
    seen = f"seen {watch.last_look_at:%Y-%m-%d %H:%M}" if watch.last_look_at else "not seen yet"
    return f"{watch.id}  {_every(watch.every):>4}  {watch.format or '-':<7}  {seen:<21}  {watch.url}  {state}"


def _item(item: WatchItem) -> str:
    why = f"  {item.reason}: {item.detail}" if item.reason else ""
    return f"{item.status:<7}  {item.url}  {item.title or ''}{why}".rstrip()

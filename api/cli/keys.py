"""`readout keys`: who may use the service."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, get_args

import click

from api.cli import Refused, options
from schemas.jobs import Key, Scope

if TYPE_CHECKING:
    from sqlalchemy import Engine

_FORMAT = click.Choice(["table", "ndjson"])


@contextmanager
def _database(url: str | None) -> Iterator["Engine"]:
    from api.cli.setup import check_migrated, reached

    settings = options.settings(database=url)
    check_migrated(settings)
    with reached(settings.database_url) as engine:
        yield engine


def expiry(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Reads `--expires`: `90d`, or a day like `2031-03-14`, from whose beginning (UTC) the key is refused."""
    if value is None:
        return None
    now = datetime.now(UTC)
    try:
        if days := re.fullmatch("([1-9][0-9]{0,4})d", value):
            return now + timedelta(days=int(days[1]))
        until = datetime.combine(date.fromisoformat(value), time(), UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{value!r} is neither days like 90d nor a day like 2031-03-14") from None
    if until <= now:
        raise click.BadParameter(f"{value} is not in the future")
    return until


@click.group()
def keys_command() -> None:
    """Make, list and revoke API keys. They matter where READOUT_AUTH is `required`."""


@keys_command.command()
@click.argument("name")
@click.option("--scope", "scopes", metavar="SCOPE", multiple=True, required=True,
              type=click.Choice(get_args(Scope)),
              help=f"What the key may do: {', '.join(get_args(Scope))}. May be given again.")  # fmt: skip
@click.option("--expires", metavar="WHEN", callback=expiry,
              help="From when on it is refused: 90d, or a day like 2031-03-14.")  # fmt: skip
@options.database
def create(name: str, scopes: tuple[Scope, ...], expires: datetime | None, database: str | None) -> None:
    """Make a key and print it. It is shown this once."""
    from msgspec import ValidationError, convert

    from schemas.jobs import NewKey
    from store.keys import create_key

    try:
        new = convert({"name": name, "scopes": list(dict.fromkeys(scopes)), "expires_at": expires}, NewKey)
    except ValidationError:
        raise Refused("the name of a key has 1 to 100 printable characters") from None
    with _database(database) as engine:
        made = create_key(engine, name=new.name, scopes=new.scopes, expires_at=new.expires_at)
    click.echo(made.key)
    click.echo("Keep it: it is not shown again. Send it as `Authorization: Bearer KEY`.", err=True)


@keys_command.command(name="list")
@click.option("--format", "form", type=_FORMAT, default="table", show_default=True, help="table or ndjson.")
@options.database
def list_keys(form: str, database: str | None) -> None:
    """List keys, oldest first."""
    from msgspec import json

    from store.keys import starting_with

    with _database(database) as engine:
        keys = starting_with(engine, "")
    for key in keys:
        click.echo(json.encode(key) if form == "ndjson" else _line(key))


@keys_command.command()
@click.argument("prefix")
@options.database
def revoke(prefix: str, database: str | None) -> None:
    """Revoke the key that begins with PREFIX. A service takes it for ten more seconds at the most."""
    from store.keys import revoke_key, starting_with

    with _database(database) as engine:
        keys = [key for key in starting_with(engine, prefix) if key.revoked_at is None]
        if len(keys) != 1:
            several = ", ".join(key.prefix for key in keys)
            raise Refused(
                f"{prefix}: {f'several keys begin so ({several})' if keys else 'no key in force begins so'}: "
                "see readout keys list"
            )
        revoke_key(engine, keys[0].id)
    click.echo(f"revoked {keys[0].prefix} ({keys[0].name})")


def _line(key: Key) -> str:
    state = "in force"
    if key.revoked_at:
        state = f"revoked {key.revoked_at:%Y-%m-%d}"
    elif key.expires_at:
        over = key.expires_at <= datetime.now(UTC)
        state = f"{'expired' if over else 'expires'} {key.expires_at:%Y-%m-%d}"
    used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
    return f"{key.prefix}  {','.join(key.scopes):<16}  {state:<18}  {used:<21}  {key.name}"

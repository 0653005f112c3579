"""Files that are named on the command line: found, read, and refused in one line."""

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from pipeline.documents.document import Document
from pipeline.documents.read import MAX_BYTES, read
from pipeline.errors import Unreadable


class Refused(click.ClickException):
    """Input that cannot be used: one line on stderr, exit status 2."""

    exit_code = 2


class Failed(click.ClickException):
    """Something went wrong that is not the input's fault: exit status 1."""


def complain(message: str) -> None:
    click.echo(f"readout: {message}", err=True)


def contents(name: str) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises Refused: which file, and what to do."""
    if name == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    path = Path(name)
    try:
        if path.is_dir():
            raise Refused(f"{name}: it is a folder: name its files, for example {path}/*.txt")
        if path.is_file() and (size := path.stat().st_size) > MAX_BYTES:
            raise Refused(f"{name}: it has {size:,} bytes, the limit is {MAX_BYTES:,}: split it")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise Refused(f"{name}: there is no such file: check the name") from None
    except PermissionError:
        raise Refused(f"{name}: it may not be read: change its permissions (chmod u+r)") from None
    except (OSError, ValueError) as error:
        raise Refused(f"{name}: it cannot be read ({error}): name a text file") from None


def document(name: str, published: str | None = None) -> Document:
    """A document from a file. Raises Refused."""
    return readable_text(name, contents(name), None if name == "-" else Path(name).name, published)


def readable_text(name: str, data: bytes, file: str | None, published: str | None = None) -> Document:
    """A document from its bytes. Raises Refused, which names it by `name`."""
    try:
        return read(data, file=file, published=published)
    except Unreadable as error:
        raise Refused(f"{name}: {error}") from None


def documents(names: Sequence[str], published: str | None = None) -> Iterator[tuple[str, Document | None]]:
    """Each file in its order with its document; None where it was refused, which is said on stderr."""
    for name in names:
        try:
            yield name, document(name, published)
        except Refused as refused:
            complain(refused.message)
            yield name, None


def readable(
    names: Sequence[str], published: str | None, refused: list[str]
) -> Iterator[tuple[str, Document]]:
    """The documents that can be read; the names of the others go to `refused`."""
    for name, found in documents(names, published):
        if found is None:
            refused.append(name)
        else:
            yield name, found


def in_folders(names: Sequence[str]) -> list[str]:
    """The names, with each folder replaced by the files in it and below it. Hidden ones are left out."""
    found: list[str] = []
    for name in names:
        if not Path(name).is_dir():
            found.append(name)
        elif inside := list(_below(name)):
            found += inside
        else:
            complain(f"{name}: there is no file in it")
    return found


def _below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (os.path.join(place, name) for name in sorted(files) if not name.startswith("."))


def day(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Checks `--published`: a calendar day, `YYYY-MM-DD`."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a day: write it as 2031-03-14", ctx, param) from None

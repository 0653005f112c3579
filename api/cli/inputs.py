"""Documents that are named on the command line: found, read, and refused in one line."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from api.cli import Refused, complain
from pipeline import Unreadable
from pipeline.documents.document import Document
from pipeline.documents.formats import MAX_BYTES
from pipeline.documents.noise import noise_of
from pipeline.documents.read import Enclosed, read, read_all
from schemas import AboutDocument


def readable(
    names: Sequence[str], published: str | None, refused: list[str]
) -> Iterator[tuple[str, Document]]:
    """The documents that can be read, by name; the others are told on stderr, and their names go to `refused`.

    A page that stands in place of a document is among the others.
    """
    for name in names:
        try:
            brought = documents_from(contents(name), name, published)
        except Refused as error:
            complain(error.message)
            refused.append(name)
            continue
        for one in brought:
            problem = one.problem
            if one.document and (noise := noise_of(one.document)):
                problem = f"{noise.reason[0].lower()}{noise.reason[1:-1]}: there is nothing to read"
            if one.document and problem is None:
                yield part_name(one, name), one.document
            else:
                complain(f"{part_name(one, name)}: {problem}")
                refused.append(part_name(one, name))


def file_document(name: str, published: str | None = None) -> Document:
    """A document from a file, or from standard input for `-`. Raises Refused."""
    try:
        return read(contents(name), file=file_name(name), published=published)
    except Unreadable as error:
        raise Refused(f"{name}: {error}") from None


def documents_from(data: bytes, name: str, published: str | None = None) -> list[Enclosed]:
    """What is under a name: a file's, an address, or `-`. Raises Refused where nothing of it can be read."""
    try:
        return read_all(data, file=file_name(name), about=AboutDocument(published=published))
    except Unreadable as error:
        raise Refused(f"{name}: {error}") from None


def part_name(one: Enclosed, name: str) -> str:
    """What to call a document that came in what is under a name."""
    return one.file if one.inside and one.file else name


def file_name(name: str) -> str | None:
    return None if name == "-" else Path(name).name


def is_address(name: str) -> bool:
    return name.startswith(("http://", "https://"))


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
        raise Refused(f"{name}: it cannot be read ({error}): name a file") from None


def in_folders(names: Sequence[str]) -> list[str]:
    """The names, with each folder replaced by the files in it and below it. Hidden ones are left out."""
    files: list[str] = []
    for name in names:
        if not Path(name).is_dir():
            files.append(name)
        elif inside := list(_below(name)):
            files += inside
        else:
            complain(f"{name}: there is no file in it")
    return files


def _below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (os.path.join(place, name) for name in sorted(files) if not name.startswith("."))

"""ZIP archives: each file in one is a document of its own. Nothing is written to a disk, and names are names alone."""

from pipeline import Unreadable
from pipeline.documents.formats import MAX_BYTES, MOST_MEMBERS, Content, Member, visible
from pipeline.documents.formats.container import Container

_MOST_UNPACKED = 50_000_000
"""Bytes of all files together."""
_SYSTEM_FOLDER = "__MACOSX"


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    container = Container(data, "archive")
    names = [name for name in container.names() if not _is_hidden(name)]
    if not names:
        raise Unreadable("it is an empty archive: there is nothing to read")
    if len(names) > MOST_MEMBERS:
        raise Unreadable(f"it holds {len(names):,} files, the limit is {MOST_MEMBERS}: split it")
    members = []
    unpacked = 0
    for name in names:
        try:
            part = container.part(name, MAX_BYTES) or b""
            members.append(Member(file=_cleaned(name), data=part))
        except Unreadable as error:
            members.append(Member(file=_cleaned(name), problem=str(error)))
            part = b""
        unpacked += len(part)
        if unpacked > _MOST_UNPACKED:
            raise Unreadable(f"it has more than {_MOST_UNPACKED:,} bytes when it is unpacked: split it")
    return Content(text="", members=tuple(members))


def _is_hidden(name: str) -> bool:
    steps = name.split("/")
    return _SYSTEM_FOLDER in steps or any(step.startswith(".") and step.strip(".") for step in steps)


def _cleaned(name: str) -> str:
    """A name that leads nowhere: `../../etc/passwd` is `etc/passwd`."""
    steps = name.replace("\\", "/").split("/")
    return "/".join(visible(step) for step in steps if step.strip(". ")) or "document"

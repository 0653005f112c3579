"""Files that were damaged at random: each is read or refused in a sentence, and none takes long.

A few hundred of each format here, `make fuzz` thousands. The number of a case makes it again.
"""

import io
import os
import time
import zipfile
from collections.abc import Callable
from random import Random

import pytest

from pipeline import ReaderFault, Unreadable
from pipeline.documents.formats import FORMATS, format_of
from pipeline.documents.formats.sandbox import parse_here
from tests.pipeline.documents.files import FILES

CASES = int(os.environ.get("READOUT_FUZZ_CASES", "150"))
MOST_SECONDS = 5.0
"""Of processor time, for one file."""
SEEDS = [path.read_bytes() for path in FILES]


def flipped(data: bytearray, random: Random) -> None:
    for _ in range(random.randint(1, 8)):
        data[random.randrange(len(data))] = random.randrange(256)


def cut_off(data: bytearray, random: Random) -> None:
    del data[random.randint(1, len(data)) :]


def spliced(data: bytearray, random: Random) -> None:
    """A piece of this or of another file over a piece of it, sometimes many times."""
    other = random.choice([bytes(data), random.choice(SEEDS)])
    start = random.randrange(len(other))
    piece = other[start : start + random.randint(1, 400)] * random.choice([0, 1, 1, 40])
    at = random.randrange(len(data))
    data[at : at + random.randint(0, 400)] = piece


def renumbered(data: bytearray, random: Random) -> None:
    """Other numbers: of objects, offsets and lengths, as far as they are written in digits."""
    digits = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    for at in random.sample(digits, min(len(digits), random.randint(1, 12))):
        data[at] = random.randint(48, 57)


def nested(data: bytearray, random: Random) -> None:
    """What is between two brackets, of any kind, again inside of itself."""
    opening = random.choice([b"<", b"{", b"["])
    starts = [at for at, byte in enumerate(data) if byte == opening[0]]
    if starts:
        start = random.choice(starts)
        data[start:start] = data[start : start + random.randint(1, 60)] * random.choice([1, 30, 3000])


DAMAGE: list[Callable[[bytearray, Random], None]] = [flipped, cut_off, spliced, renumbered, nested]


def damaged(data: bytes, random: Random) -> bytes:
    """A file with some damage; one that is a ZIP file often with damage inside of a part that is packed again."""
    packed = zipfile.is_zipfile(io.BytesIO(data)) and zipfile.ZipFile(io.BytesIO(data)).namelist()
    if packed and random.random() < 0.7:
        return repacked(data, random)
    changed = bytearray(data)
    for _ in range(random.randint(1, 3)):
        if changed:
            random.choice(DAMAGE)(changed, random)
    return bytes(changed)


def repacked(data: bytes, random: Random) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w") as new:
        harmed = random.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name) if not old.getinfo(name).flag_bits & 1 else b""
            new.writestr(name, damaged(part, random) if name == harmed and part else part)
    return written.getvalue()


@pytest.mark.parametrize("format", ["text", *FORMATS])
def test_damage_of_any_kind_is_a_sentence(format: str) -> None:
    seeds = [data for data in SEEDS if format_of(data) == format]
    for case in range(CASES):
        random = Random(f"{format} {case}")
        data = damaged(random.choice(seeds), random)
        began = time.process_time()
        try:
            content = parse_here(format, data)
        except ReaderFault as fault:
            raise AssertionError(f"case {case}") from fault
        except Unreadable as refused:
            assert str(refused).startswith("it") and "\n" not in str(refused), case
        else:
            assert content.text.strip() or content.members, case
            content.text.encode()
        assert time.process_time() - began < MOST_SECONDS, case

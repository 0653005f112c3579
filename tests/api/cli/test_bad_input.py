"""Bad files: one line on stderr that names the file and what to do, exit status 2, never a traceback."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.cli import Refused
from api.cli.inputs import contents
from tests.api.cli.conftest import Run

TEXT = "Norwegische Delegation: Zölle über 15 % für Käse, Gespräche in Tromsø. " * 5


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda p: p.write_bytes(b""), "it is empty: there is nothing to read"),
    "blank": (lambda p: p.write_bytes(b" \n\n"), "it is empty: there is nothing to read"),
    "pdf": (
        lambda p: p.write_bytes(b"%PDF-1.7\n"),
        "it is a PDF file that is damaged: export it as UTF-8 text",
    ),
    "binary": (lambda p: p.write_bytes(bytes(range(256)) * 9), "save it as UTF-8"),
    "utf16-damaged": (lambda p: p.write_bytes(b"\xff\xfe\x00\xd8"), "save it as UTF-8"),
    "huge": (
        lambda p: p.write_bytes(b"talks " * 3_500_000),
        "it has 21,000,000 bytes, the limit is 5,000,000: split it",
    ),
    "folder": (lambda p: p.mkdir(), "it is a folder: name its files, for example "),
    "missing": (lambda p: None, "there is no such file: check the name"),
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("command", ["extract", "brief", "verify", "add"])
def test_a_bad_file_is_one_line(command: str, kind: str, run: Run, tmp_path: Path) -> None:
    make, said = BAD[kind]
    path = tmp_path / "talks.txt"
    make(path)
    if (command, kind) == ("add", "folder"):
        said = "there is no file in it"
    done = run(command, path)
    assert (done.returncode, done.stdout.replace(b"0 read, 0 already read, 0 failed\n", b"")) == (2, b"")
    line = (
        done.stderr.decode()
        .removesuffix("\n")
        .removesuffix("\nreadout: none of these documents is about a trade negotiation")
    )
    assert line.startswith(f"readout: {path}: ")
    assert said in line
    assert "\n" not in line


@pytest.fixture
def forbidden(tmp_path: Path) -> Iterator[Path]:
    """A file that may not be read. Root may read everything, so the test becomes somebody who may not."""
    path = tmp_path / "talks.txt"
    path.write_text(TEXT, encoding="utf-8")
    path.chmod(0)
    before = os.geteuid()
    os.seteuid(before or 65534)
    yield path
    os.seteuid(before)


def test_a_file_that_may_not_be_read_is_refused(forbidden: Path) -> None:
    with pytest.raises(Refused) as refused:
        contents(str(forbidden))
    assert refused.value.message == f"{forbidden}: it may not be read: change its permissions (chmod u+r)"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-32"])
def test_text_in_other_encodings_is_read(encoding: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "talks.txt"
    path.write_bytes(TEXT.encode(encoding))
    done = run("verify", path, stdin='{"exact": "Zölle über 15 % für Käse"}'.encode())
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_name_that_is_no_name(run: Run) -> None:
    done = run("extract", "x" * 5000)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"File name too long" in done.stderr


def test_add_without_a_service(run: Run, samples: dict[str, Path]) -> None:
    done = run("add", "--server", "http://127.0.0.1:9", samples["rail-strike-settlement"])
    assert done.returncode == 2
    assert done.stderr.decode().startswith(
        f"readout: {samples['rail-strike-settlement']}: http://127.0.0.1:9: "
    )
    assert "start one with `readout up`" in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("server", ["127.0.0.1:9", "nonsense", "ftp://127.0.0.1/"])
def test_add_to_no_address(server: str, run: Run, samples: dict[str, Path]) -> None:
    done = run("add", "--server", server, samples["rail-strike-settlement"])
    said = f"readout: {server!r} is not the address of a service: write it as http://127.0.0.1:8000\n"
    assert (done.returncode, done.stderr.decode()) == (2, said)


@pytest.mark.parametrize("command", ["extract", "brief"])
def test_a_page_that_stands_in_place_of_a_document_is_named(command: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "wall.txt").write_text("404\n\nPage not found\n")
    done = run(command, "wall.txt")
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[0] == (
        "readout: wall.txt: it is a page that says that there is nothing at the address: there is nothing to read"
    )

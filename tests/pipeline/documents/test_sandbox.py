"""A parser that crashes, loops or swells takes down no more than its own process, and is told nothing."""

import os
from pathlib import Path

import pytest

from pipeline import Unreadable
from pipeline.bounded import BoundedWork
from pipeline.documents.formats import FORMATS, sandbox
from pipeline.documents.formats.sandbox import parse_apart

TOO_MUCH = "it is a broken format that takes more time or memory than it may: export it as UTF-8 text"
DAMAGED = "it is a broken format that is damaged: export it as UTF-8 text"
FAULT = "it is a broken format at which Readout itself fails, as its log tells: export it as UTF-8 text"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A reader whose code is the file that it reads, in place of one that has these faults."""
    package = tmp_path / "pipeline/documents/formats"
    package.mkdir(parents=True)
    (package / "broken.py").write_text("def parse(data):\n    exec(data.decode())\n")
    hook = "import pipeline.documents.formats as formats\nformats.FORMATS['broken'] = 'a broken format'\n"
    (tmp_path / "sitecustomize.py").write_text(f"{hook}formats.__path__.append({str(package)!r})\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(FORMATS, "broken", "a broken format")
    # Processes that are there already know nothing of it.
    monkeypatch.setattr(
        sandbox, "_WORK", BoundedWork(f"{sandbox.__name__}:parser_of", sandbox._BOUNDS, quiet=True)
    )


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("import os; os.kill(os.getpid(), 11)", TOO_MUCH),
        ("import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass", TOO_MUCH),
        ("words = bytearray(4_000_000_000)", TOO_MUCH),
        ("(lambda deeper: deeper(deeper))(lambda deeper: deeper(deeper))", TOO_MUCH),
        ("import json; json.loads('{')", DAMAGED),
        ("1 / 0", FAULT),
        ("import tempfile; tempfile.TemporaryFile('w').write('words' * 9000)", DAMAGED),
    ],
)
def test_what_goes_wrong_is_a_sentence(broken: None, fault: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_apart("broken", fault.encode())
    assert str(refused.value) == said


def test_a_fault_of_ours_is_logged_with_its_place(broken: None, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unreadable, match="Readout itself fails"):
        parse_apart("broken", b"1 / 0")
    [record] = caplog.records
    assert "broken.py" in record.getMessage() and "ZeroDivisionError" in record.getMessage()


def test_a_process_that_waits_is_ended(broken: None) -> None:
    with pytest.raises(Unreadable, match="more time or memory than it may"):
        parse_apart("broken", b"import time; time.sleep(3600)", seconds=1)


def test_keys_and_settings_are_not_told(broken: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READOUT_ADMIN_KEY", "rk_invented_0123456789abcdef")
    look = "import os\nfrom pipeline import Unreadable\nraise Unreadable('it knows ' + ' '.join(sorted(os.environ)))"
    with pytest.raises(Unreadable) as refused:
        parse_apart("broken", look.encode())
    assert "READOUT_ADMIN_KEY" in os.environ
    assert "READOUT" not in str(refused.value)

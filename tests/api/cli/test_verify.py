"""`readout verify`: which quotations stand in a document, in its own characters."""

import json
from pathlib import Path

import pytest

from tests.api.cli.conftest import Run

TEXT = "“We’ll  sign\nin May,” she said — but\nnot before 5,864.60 tons. “We’ll see,” she said."


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "talks.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def verify(run: Run, source: Path, *quotes: str) -> tuple[int, list[dict[str, object]]]:
    lines = "".join(json.dumps({"exact": quote}) + "\n" for quote in quotes)
    done = run("verify", source, stdin=lines.encode())
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_typography_and_line_breaks_may_differ(run: Run, source: Path) -> None:
    assert verify(run, source, '"We\'ll sign in May," she said - but not') == (
        0,
        [{"found": True, "start": 0, "end": 40, "exact": "“We’ll  sign\nin May,” she said — but\nnot"}],
    )


@pytest.mark.parametrize(
    "changed",
    [
        "in June,” she said",
        "sign in May,” he said",
        "but before 5,864.60 tons",
        "not before 5,864 tons",
        "before 5,864",
        "We’ll not sign",
    ],
)
def test_a_changed_word_or_number_is_missing(changed: str, run: Run, source: Path) -> None:
    assert verify(run, source, changed, "she said") == (
        1,
        [
            {"found": False, "start": None, "end": None, "exact": None},
            {"found": True, "start": 22, "end": 30, "exact": "she said"},
        ],
    )


def test_start_tells_which_place_is_meant(run: Run, source: Path) -> None:
    done = run("verify", source, stdin=b'{"exact": "she said", "start": 70}\n\n')
    assert json.loads(done.stdout) == {"found": True, "start": 76, "end": 84, "exact": "she said"}


def test_missing_lines_are_named(run: Run, source: Path) -> None:
    done = run("verify", source, stdin=b'{"exact": "a"}\n{"exact": "We"}\n{"exact": "b"}\n')
    assert done.stderr.decode() == f"readout: not in {source}: line 1, 3\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"May", "it is not JSON (JSON is malformed: invalid character (byte 0))"),
        (b'{"exact": "\xff"}', "it is not JSON"),
        (b'{"quote": "May"}', 'Object missing required field `exact`: write {"exact": "…"}'),
        (b'{"exact": 5}', 'Expected `str`, got `int` - at `$.exact`: write {"exact": "…"}'),
        (b"[]", 'Expected `object`, got `array`: write {"exact": "…"}'),
        (b'{"exact": " "}', "`exact` is empty: give the words to look for"),
    ],
)
def test_a_bad_line_is_named(line: bytes, said: str, run: Run, source: Path) -> None:
    done = run("verify", source, stdin=b'{"exact": "she said"}\n' + line + b"\n")
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"readout: standard input, line 2: {said}")
    assert done.stderr.count(b"\n") == 1
    assert len(done.stdout.splitlines()) == 1


def test_no_quotation_at_all_is_fine(run: Run, source: Path) -> None:
    assert verify(run, source) == (0, [])

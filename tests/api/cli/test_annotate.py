"""`readout annotate` as its contract has it."""

import json
from pathlib import Path

from tests.api.cli.conftest import Run

TEXT = (
    "Ferries stop\n\nCrews of the 😀 ferries stopped on Monday, said Transport Minister Ana Moura of Portugal. “We want twelve **per cent** "
    "enough,” she said.\n"
)
KEYS = {
    "sentences": set(),
    "quantities": {"value", "value_high", "comparator", "unit"},
    "dates": {"edtf", "basis"},
    "quotations": {"speaker", "speaker_start", "speaker_end"},
    "people": {"name", "office", "party"},
    "parties": {"code"},
}


def test_each_document_is_an_object_with_exact_offsets(run: Run, tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    done = run("annotate", "one.txt", "two.txt", "--published", "2031-05-07")
    assert (done.returncode, done.stderr) == (0, b"")
    one, two = map(json.loads, done.stdout.splitlines())
    assert one == two | {"file": one["file"]}
    assert set(one) == {"file", *KEYS}
    for kind, fields in KEYS.items():
        for annotation in one[kind]:
            assert set(annotation) == {"start", "end", "exact", *fields}
            assert TEXT[annotation["start"] : annotation["end"]] == annotation["exact"]
    assert [(d["exact"], d["edtf"], d["basis"]) for d in one["dates"]] == [
        ("Monday", "2031-05-05", "relative")
    ]
    assert [(q["value"], q["unit"]) for q in one["quantities"]] == [(12.0, "%")]
    assert [p["code"] for p in one["parties"]] == ["PT"]
    assert [(p["name"], p["office"]) for p in one["people"]] == [("Ana Moura", "Transport Minister")]


def test_without_a_day_of_publication_a_weekday_stays_open(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Crews stopped on Monday.", encoding="utf-8")
    done = run("annotate", "one.txt")
    assert [(d["edtf"], d["basis"]) for d in json.loads(done.stdout)["dates"]] == [(None, "unresolved")]


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    done = run("annotate", "none.txt", "one.txt")
    assert done.returncode == 2
    assert b"none.txt" in done.stderr and done.stderr.count(b"\n") == 1
    assert len(done.stdout.splitlines()) == 1

"""Twelve invented documents of varied kinds: each class is read at least this well, and the same every time."""

import hashlib
import os
import subprocess
import sys

import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from tests.pipeline.extraction.corpus.marks import marks, read_all

FLOORS = {"delegates": 0.94, "stakes": 0.92, "deadlines": 0.94, "figures": 0.95, "core": 0.95, "parties": 1.0}


@pytest.fixture(scope="module")
def readouts(documents):
    return read_all(documents)


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items(), ids=list(FLOORS))
def test_each_class_is_read_at_least_this_well(readouts, documents, gold, kind, floor):
    assert marks(readouts, documents[0].parent, gold)[kind] >= floor


def test_every_quote_stands_where_it_says(readouts, documents):
    for path in documents:
        text = path.read_text(encoding="utf-8")
        found = readouts[path.stem]
        members = [member for delegation in found.delegations for member in delegation.members]
        facts = [*members, *found.stakes, *found.deadlines, *found.figures, *found.statements, *found.events]
        assert [e for f in facts for e in f.evidence if text[e.start : e.end] != e.exact] == []
        assert [f.id for f in facts if not f.evidence] == []


def test_what_is_no_trade_talk_gives_nothing(readouts):
    for name in ("negative-merger", "negative-peace"):
        found = readouts[name]
        assert found.negotiation is None
        assert (found.delegations, found.stakes, found.deadlines, found.figures) == ([], [], [], [])


_DIGEST = """
import hashlib, pathlib, sys, msgspec
from pipeline.extraction.readout import readout
from pipeline.documents.read import read
whole = hashlib.sha256()
for name in sys.argv[1:]:
    whole.update(msgspec.json.encode(readout(read(pathlib.Path(name).read_bytes(), file=name))))
print(whole.hexdigest())
"""


def _digest(documents, seed):
    run = subprocess.run(
        [sys.executable, "-c", _DIGEST, *map(str, documents)],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def test_the_same_bytes_give_the_same_readout_in_every_process(documents):
    here = hashlib.sha256()
    for path in documents:
        here.update(msgspec.json.encode(readout(read(path.read_bytes(), file=str(path)))))
    assert _digest(documents, "1") == _digest(documents, "4242") == here.hexdigest()

"""`readout eval`: what docs/evaluation.md says of it, and what it does with files that are none."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec import toml

from pipeline.language.lexicons.schema import Relevance, Stakes
from schemas import ReviewFact
from store.engine import connect
from tests.api.cli.conftest import Run
from tests.conftest import ROOT
from tests.worker.rounds_archive import bring, current, documents
from worker.jobs import prepare
from worker.reviews import review_fact

PAGE = (ROOT / "docs" / "evaluation.md").read_text("utf-8")


def indented(after: str) -> str:
    """The block of the page behind these words."""
    block = re.search(r"((?:\n(?: {4}.*)?)+)", PAGE[PAGE.index(after) + len(after) :])
    assert block is not None
    return re.sub(r"^ {4}", "", block[1], flags=re.MULTILINE).strip() + "\n"


GOLD = json.loads(indented("a gold file is:"))


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """`gold` and `docs` with the page's own example."""
    for name in ("gold", "docs"):
        (tmp_path / name).mkdir()
    (tmp_path / "docs" / "talks.txt").write_text(indented("For this document:"))
    annotate(tmp_path, GOLD)
    return tmp_path


def annotate(folders: Path, gold: dict[str, Any]) -> None:
    (folders / "gold" / "talks.json").write_text(json.dumps(gold))


def scored(run: Run, folders: Path) -> dict[str, Any]:
    done = run("eval", folders / "gold", folders / "docs", "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_the_example_is_read_as_it_is_annotated(run: Run, folders: Path) -> None:
    result = scored(run, folders)
    assert (result["missing"], result["wrong"], result["extra"]) == ([], [], [])
    assert (result["talks"], result["parties"], result["documents"], result["ungrounded"]) == (1, 1, 1, 0)
    assert {name: tally["found"] for name, tally in result["kinds"].items()} == {
        "delegates": 1,
        "stakes": 1,
        "deadlines": 1,
        "figures": 1,
        "statements": 1,
    }


def test_a_value_that_is_not_so_is_missing_and_wrong(run: Run, folders: Path) -> None:
    annotate(folders, GOLD | {"figures": [GOLD["figures"][0] | {"value": 5}]})
    result = scored(run, folders)
    [wrong], [missing] = result["wrong"], result["missing"]
    assert (wrong["kind"], wrong["wanted"], wrong["told"]) == ("figure", "5 %", "4 %")
    assert (missing["kind"], missing["wanted"], missing["reason"]) == ("figure", "5 %", None)


def test_what_nobody_annotated_is_told(run: Run, folders: Path) -> None:
    annotate(folders, GOLD | {"figures": []})
    [extra] = scored(run, folders)["extra"]
    assert (extra["document"], extra["kind"], extra["told"]) == ("talks.txt", "figure", "4 %")


def test_a_kind_that_is_left_out_is_not_scored(run: Run, folders: Path) -> None:
    annotate(folders, {name: value for name, value in GOLD.items() if name != "figures"})
    assert "figures" not in scored(run, folders)["kinds"]


def test_of_a_document_that_is_about_no_talks_all_is_made_up(run: Run, folders: Path) -> None:
    annotate(folders, {"negotiation": {"is_negotiation": False}})
    result = scored(run, folders)
    assert (result["talks"], result["missing"]) == (0, [])
    assert {fault["kind"] for fault in result["extra"]} >= {"figure", "deadline", "delegate", "stake"}


def test_background_is_neither_asked_for_nor_held_against_it(run: Run, folders: Path) -> None:
    annotate(folders, GOLD | {"figures": [GOLD["figures"][0] | {"in_scope": False}]})
    assert scored(run, folders)["kinds"]["figures"] == {"wanted": 0, "found": 0, "told": 0, "right": 0}


def test_a_run_is_compared_with_one_before(run: Run, folders: Path) -> None:
    worse = GOLD | {"figures": [*GOLD["figures"], {"value": 9, "unit": "t", "quote": "Norway and Chile"}]}
    annotate(folders, worse)
    before = run("eval", folders / "gold", folders / "docs", "--format", "json").stdout
    (folders / "before.json").write_bytes(before)
    annotate(folders, GOLD)
    done = run("eval", folders / "gold", folders / "docs", "--compare", folders / "before.json")
    [figures] = [line for line in done.stdout.decode().splitlines() if line.lstrip().startswith("figures")]
    assert figures.split()[:4] == ["figures", "1.000", "(+0.333)", "1.000"]


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ("{", "talks.json: "),
        ('{"figures": [{"value": "four", "unit": "%", "quote": "x"}]}', "Expected `float`"),
        ('{"deadlines": [{"date_edtf": "next week", "quote": "x"}]}', "$.deadlines[0].date_edtf"),
    ],
)
def test_a_gold_file_that_is_none_is_told(gold: str, said: str, run: Run, folders: Path) -> None:
    (folders / "gold" / "talks.json").write_text(gold)
    done = run("eval", folders / "gold", folders / "docs")
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode() and len(done.stderr.splitlines()) == 1


def test_a_gold_file_without_its_document_is_told(run: Run, folders: Path) -> None:
    (folders / "docs" / "talks.txt").unlink()
    done = run("eval", folders / "gold", folders / "docs")
    assert done.returncode == 2
    assert done.stderr.endswith(b"docs has no document talks.txt for it\n")


def test_a_folder_that_is_none_is_told(run: Run, folders: Path) -> None:
    done = run("eval", folders / "nowhere", folders / "docs")
    assert (done.returncode, done.stderr.decode()) == (
        2,
        f"readout: {folders}/nowhere: there is no such folder\n",
    )


def test_annotations_teach_what_a_stake_is(run: Run, tmp_path: Path) -> None:
    corpus = ROOT / "tests/pipeline/extraction/corpus"
    for name in ("blog-uk-vietnam", "british-gcc", "negative-peace"):
        for kind, end in (("docs", "txt"), ("gold", "json")):
            (tmp_path / kind).mkdir(exist_ok=True)
            shutil.copy(corpus / kind / f"{name}.{end}", tmp_path / kind)
    done = run("eval", tmp_path / "gold", tmp_path / "docs", "--learn")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Learnt from 2 documents" in done.stdout
    assert toml.decode(done.stdout, type=Stakes).weights


def test_annotations_teach_what_is_about_trade_talks(run: Run, tmp_path: Path) -> None:
    pages = ROOT / "tests/pipeline/extraction/corpus/pages"
    names = (
        "709-logs-lao-bao",
        "734-mercosur-gulf-to-start",
        "403-neg-nile-kampala-round",
        "404-neg-goma-ceasefire",
    )
    for kind, end in (("docs", "txt"), ("gold", "json")):
        (tmp_path / kind).mkdir()
        for name in names:
            shutil.copy(pages / kind / f"{name}.{end}", tmp_path / kind)
    done = run("eval", tmp_path / "gold", tmp_path / "docs", "--learn", "talks")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Learnt from 2 documents about such talks and 2 others" in done.stdout
    weights = toml.decode(done.stdout, type=Relevance)
    assert weights.weights["other"] < 0 < weights.weights["goods"]


def test_talks_alone_do_not_teach_what_is_none(run: Run, folders: Path) -> None:
    done = run("eval", folders / "gold", folders / "docs", "--learn", "talks")
    assert done.returncode == 2 and b"about talks, and two not" in done.stderr


def test_one_document_teaches_nothing(run: Run, folders: Path) -> None:
    done = run("eval", folders / "gold", folders / "docs", "--learn")
    assert done.returncode == 2 and b"two documents at least" in done.stderr


def test_what_editors_decided_scores_an_extractor_without_folders(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    engine = connect(url)
    none = run("eval", "--from-reviews", "--database", url)
    assert (none.returncode, none.stderr) == (
        *(2, b"readout: no editor has decided about a fact that an annotation can tell\n"),
    )
    [id] = bring(engine, documents()["oslo"])
    [briefing] = [one for one in current(engine) if one.id == id]
    asked = ReviewFact(verdict="corrected", values={"value": 7}, reason="By telephone.")
    review_fact(engine, briefing.figures[0].id, asked, by="desk", is_current=lambda _: True)
    engine.dispose()
    done = run("eval", "--from-reviews", "--database", url, "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    result = json.loads(done.stdout)
    assert result["kinds"] == {"figures": {"wanted": 1, "found": 0, "told": 1, "right": 0}}
    assert [(one["wanted"], one["told"]) for one in result["wrong"]] == [("not 6 %", "6 %")]


def test_decisions_go_with_no_folders(run: Run, folders: Path) -> None:
    both = run("eval", "--from-reviews", folders / "gold", folders / "docs")
    assert both.returncode == 2 and b"--from-reviews goes with neither folders" in both.stderr
    neither = run("eval")
    assert neither.returncode == 2 and b"give GOLD_DIR and DOCS_DIR, or --from-reviews" in neither.stderr

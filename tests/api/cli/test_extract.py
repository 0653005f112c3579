"""`readout extract`: the proven facts of each document, in the order given."""

from pathlib import Path

import pytest
from msgspec import json

from schemas import Briefing, DocumentReadout
from schemas.kinds import facts_of
from tests.api.cli.conftest import Run
from tests.conftest import ROOT


def test_one_readout_a_line_in_the_order_given(run: Run, samples: dict[str, Path]) -> None:
    names = ["rail-strike-settlement", "eu-india-1-preview"]
    done = run("extract", *(samples[name] for name in names))
    assert (done.returncode, done.stderr) == (0, b"")
    found = [json.decode(line, type=DocumentReadout) for line in done.stdout.splitlines()]
    assert [readout.document.file for readout in found] == [f"{name}.txt" for name in names]


def test_every_fact_is_a_span_of_the_document(run: Run, samples: dict[str, Path]) -> None:
    talks = [path for name, path in samples.items() if name != "rail-strike-settlement"]
    done = run("extract", "--format", "json", *talks)
    for path, readout in zip(talks, json.decode(done.stdout, type=list[DocumentReadout]), strict=True):
        text = path.read_text(encoding="utf-8")
        proofs = [evidence for fact in facts_of(readout) for evidence in fact.evidence]
        assert proofs
        assert [text[e.start : e.end] for e in proofs] == [e.exact for e in proofs]


def test_the_table_names_the_file_and_quotes_it(run: Run, samples: dict[str, Path]) -> None:
    shown = run("extract", "--format", "table", samples["eu-india-2-opening"]).stdout.decode()
    assert "eu-india-2-opening.txt" in shown
    assert "India charges a duty of 100 per cent on" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_an_archive_gives_the_readout_of_each_of_its_files(run: Run) -> None:
    done = run("extract", ROOT / "tests/documents/msg/attachments.msg")
    names = [json.decode(line, type=DocumentReadout).document.file for line in done.stdout.splitlines()]
    assert names == ["attachments.msg", "attachments.msg/fact sheet.pdf"]
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "readout: attachments.msg/notes.bin: it has NUL characters, so it is binary or damaged: save it as UTF-8 text\n"
    )


def test_standard_input_has_no_file_name(run: Run) -> None:
    done = run("extract", "-", stdin=b"The trains in Oslo were late again on Tuesday.\n")
    document = json.decode(done.stdout, type=DocumentReadout).document
    assert (document.file, document.chars) == (None, 47)


def test_published_is_where_relative_dates_are_counted_from(run: Run) -> None:
    text = b"Norway and Chile will open a new round of trade talks in Oslo next Monday.\n"
    done = run("extract", "--published", "2031-03-06", "-", stdin=text)
    readout = json.decode(done.stdout, type=DocumentReadout)
    assert readout.document.published is not None
    assert readout.document.published.edtf == "2031-03-06"
    assert readout.negotiation is not None
    assert readout.negotiation.start is not None
    assert readout.negotiation.start.edtf == "2031-03-10"


@pytest.mark.parametrize("day", ["yesterday", "2031-02-30", "2031-3-6"])
def test_a_wrong_day_is_one_line(day: str, run: Run) -> None:
    done = run("extract", "--published", day, "-")
    assert done.returncode == 2
    assert done.stderr.decode() == (
        f"readout extract: Invalid value for '--published': '{day}' is not a day: write it as 2031-03-14 "
        "(see readout extract --help)\n"
    )


@pytest.mark.parametrize("command", ["extract", "brief"])
def test_a_model_that_is_not_configured_is_refused(command: str, run: Run, samples: dict[str, Path]) -> None:
    done = run(command, "--extractor", "model", samples["eu-india-1-preview"])
    said = (
        "readout: the model extractor needs READOUT_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL: set them, "
        "or use --extractor embedded\n"
    )
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)


def test_a_bad_file_does_not_stop_the_others(run: Run, samples: dict[str, Path]) -> None:
    done = run("extract", "missing.txt", samples["rail-strike-settlement"])
    assert done.returncode == 2
    assert done.stderr == b"readout: missing.txt: there is no such file: check the name\n"
    assert len(done.stdout.splitlines()) == 1


def test_brief_merges_the_documents_of_a_round(run: Run, samples: dict[str, Path]) -> None:
    done = run("brief", "--format", "json", *samples.values())
    briefings = {
        tuple(sorted(b.negotiation.parties)): b for b in json.decode(done.stdout, type=list[Briefing])
    }
    assert {parties: len(b.sources) for parties, b in briefings.items()} == {("EU", "IN"): 3, ("CA", "ID"): 1}


@pytest.mark.parametrize(
    ("form", "begins"), [("md", "# "), ("html", "<!doctype html>\n"), ("table", "━"), ("json", "[\n")]
)
def test_brief_in_every_format(form: str, begins: str, run: Run, samples: dict[str, Path]) -> None:
    done = run("brief", "--format", form, samples["eu-india-2-opening"])
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith(begins)
    assert "Christophe Kiener" in done.stdout.decode()


def test_brief_of_nothing_about_trade_talks(run: Run, samples: dict[str, Path]) -> None:
    done = run("brief", "--format", "json", samples["rail-strike-settlement"])
    said = b"readout: none of these documents is about a trade negotiation\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, b"[]\n", said)


def test_a_document_in_another_language_is_kept_and_the_reason_told(run: Run) -> None:
    text = "Le ministre du Commerce a déclaré que les négociations avec la Suisse se poursuivent à Genève.\n"
    done = run("extract", "-", stdin=text.encode())
    readout = json.decode(done.stdout, type=DocumentReadout)
    why = "the document is in French, which the embedded extractor does not read"
    assert (readout.document.language, readout.unread, list(facts_of(readout))) == ("fr", why, [])
    assert why in done.stderr.decode()

"""Files of every format over HTTP: the text that was read out of each is kept, and the pages of what it proves."""

from pathlib import Path

import pytest

from pipeline.extraction.readout import readout
from store.engine import connect
from tests.api.conftest import Client, serving
from tests.conftest import ROOT
from worker.ingest import load

DOCUMENTS = ROOT / "tests/documents"
STORIES = sorted((DOCUMENTS / "story").iterdir())
OPENING = "Negotiators from India and the European Union began the 13th round of free trade talks in New Delhi on Monday"


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.suffix)
def test_a_file_is_kept_as_the_text_that_is_in_it(writer: Client, path: Path) -> None:
    added = writer.post("/v1/documents", files={"file": ("talks", path.read_bytes())})
    assert added.status_code == 202
    at = f"/v1/documents/{added.json()['document_id']}"
    assert OPENING in writer.get(f"{at}/text").text
    assert writer.get(at).json()["source"]["published"]["edtf"] == "2025-09-08"


def test_a_file_that_is_sent_again_is_the_same_document(writer: Client) -> None:
    data = (DOCUMENTS / "story/story.pdf").read_bytes()
    first, second = (
        writer.post("/v1/documents", files={"file": (name, data)}).json() for name in ("a.pdf", "b.txt")
    )
    assert first["document_id"] == second["document_id"]


def test_text_as_json_is_never_taken_for_another_format(writer: Client) -> None:
    text = (DOCUMENTS / "story/story.html").read_text("utf-8")
    added = writer.post("/v1/documents", json={"text": text}).json()
    assert writer.get(f"/v1/documents/{added['document_id']}/text").text == text


def test_the_pages_of_a_stored_document_are_there_when_it_is_read(database_url: str) -> None:
    data = (DOCUMENTS / "pdf/pages.pdf").read_bytes()
    with serving(database_url) as client:
        added = client.post("/v1/documents", files={"file": ("talks.pdf", data)}).json()
    engine = connect(database_url)
    document = load(engine, added["document_id"])
    engine.dispose()
    assert [page.number for page in document.pages] == [1, 2]
    told = readout(document)
    assert {proof.page for fact in told.deadlines for proof in fact.evidence} <= {1, 2}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pdf/scan.pdf", "it has no text layer, as scans have none: run text recognition (OCR) on it first"),
        ("pdf/encrypted.pdf", "it is a PDF file with a password: save it without one"),
        (
            "docx/entities.docx",
            "it declares entities (a DTD), which no office program does: export it as UTF-8 text",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_that_says_why(writer: Client, name: str, said: str) -> None:
    answer = writer.post("/v1/documents", files={"file": ("talks", (DOCUMENTS / name).read_bytes())})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unreadable-document")
    assert answer.json()["errors"] == [{"pointer": "/file", "detail": said}]

"""What holds for every format: the same story gives the same values, offsets hold, and no damage does harm."""

import io
import json
import zipfile
from functools import cache
from typing import Any

import msgspec
import pytest

from pipeline import Unreadable
from pipeline.documents.document import Document
from pipeline.documents.formats import format_of
from pipeline.documents.formats.sandbox import parse_apart, parse_here
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import DocumentReadout
from tests.pipeline.documents.files import FILES, FOLDER, READABLE

STORIES = sorted(path.name for path in (FOLDER / "story").iterdir())


@cache
def story(name: str) -> tuple[Document, DocumentReadout]:
    document = read((FOLDER / "story" / name).read_bytes())
    return document, readout(document)


def values(name: str) -> Any:
    """What was read, without what tells one file from another."""
    told = msgspec.to_builtins(story(name)[1])
    places = {"document", "evidence", "id", "document_id", "usage"}

    def stripped(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: stripped(each) for key, each in value.items() if key not in places}
        return [stripped(each) for each in value] if isinstance(value, list) else value

    kept = stripped(told)
    return {
        key: sorted(each, key=lambda fact: json.dumps(fact, sort_keys=True))
        if isinstance(each, list)
        else each
        for key, each in kept.items()
        if key != "rejected"
    }


@pytest.mark.parametrize("name", STORIES)
def test_the_same_story_gives_the_same_values_in_every_format(name: str) -> None:
    assert values(name)["deadlines"] and values(name)["delegations"] and values(name)["figures"]
    assert values(name) == values("story.txt")
    published = story(name)[0].published
    assert published and published.edtf == "2025-09-08"


@pytest.mark.parametrize("name", STORIES)
def test_what_is_proven_stands_in_the_text(name: str) -> None:
    document, told = story(name)
    proofs = [proof for fact in [*told.deadlines, *told.figures, *told.statements] for proof in fact.evidence]
    assert proofs
    for proof in proofs:
        assert document.text[proof.start : proof.end] == proof.exact
        assert proof.page == (1 if name == "story.pdf" else None)


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_what_is_read_twice_is_the_same(path: Any) -> None:
    data = path.read_bytes()
    content = parse_here(format_of(data), data)
    assert content == parse_here(format_of(data), data)
    assert content.text == content.text.encode().decode()
    assert all(0 <= mark.start < mark.end for mark in content.marks)
    assert [page.start for page in content.pages] == sorted(page.start for page in content.pages)


@pytest.mark.parametrize("name", STORIES)
def test_a_process_of_its_own_reads_the_same(name: str) -> None:
    data = (FOLDER / "story" / name).read_bytes()
    if (format := format_of(data)) != "text":
        assert parse_apart(format, data) == parse_here(format, data)


def test_formats_are_told_by_what_they_are() -> None:
    told = {
        path.suffix: {format_of(one.read_bytes()) for one in FILES if one.suffix == path.suffix}
        for path in FILES
    }
    assert told == {
        ".docx": {"docx"}, ".eml": {"email"}, ".html": {"html"}, ".msg": {"msg"}, ".odt": {"odt"}, ".pdf": {"pdf"},
        ".rtf": {"rtf"}, ".srt": {"subtitles"}, ".ttml": {"subtitles"}, ".txt": {"text"}, ".vtt": {"subtitles"},
        ".zip": {"archive"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "From: Ana\nDate: Monday\nSubject: talks\n\nNorway and Chile met.\n",
        "<p align=center>A logo</p>\n\n# Talks\n",
        "<div>\n\n# Talks\n",
        "---\ntitle: <html>\n---\nNorway and Chile met.\n",
        "WEBVTT is a format of subtitles.\n",
        "{\\field} of a formula, {\\rm x}.\n",
        "A file begins with %PDF-1.7, a page with <html>.\n",
    ],
)
def test_text_that_tells_of_other_formats_is_text(text: str) -> None:
    assert format_of(text.encode()) == "text"
    assert read(text.encode()).text == text


def test_a_file_that_is_larger_when_it_is_unpacked_is_refused() -> None:
    data = io.BytesIO()
    with (
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("word/document.xml", "w") as part,
    ):
        for _ in range(70):
            part.write(b" " * 1_000_000)
    with pytest.raises(Unreadable, match="more than 60,000,000 bytes when it is unpacked"):
        read(data.getvalue())

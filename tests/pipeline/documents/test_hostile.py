"""Files that somebody made to do harm: each is a sentence, or its text, and nothing outside of it is touched."""

import io
import socket
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipeline import Unreadable
from pipeline.documents.formats import format_of
from pipeline.documents.formats.sandbox import parse_apart
from pipeline.documents.read import read, read_all

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY l0 "laugh">{LAUGHS}]>'
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
STORY = "Norway and Chile opened trade talks in Oslo on Monday."


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as file:
        for name, data in parts.items():
            file.writestr(zipfile.ZipInfo(name), data, method)
    return written.getvalue()


def pdf_of(*objects: bytes, root: int = 1) -> bytes:
    """A PDF file of some objects, numbered from 1."""
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, root, len(data),
    )  # fmt: skip


def stream(words: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(words), more, words)


CONTENT = stream(b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % STORY.encode())
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>%s>>"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("word/document.xml", f"<w:document {WORD}><w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>"),
        ("content.xml", f"<office:document-content {OFFICE}><office:body>&l9;</office:body></office:document-content>"),
    ],
)  # fmt: skip
def test_entities_of_entities_are_not_unfolded(name: str, part: str) -> None:
    parts = {"mimetype": b"application/vnd.oasis.opendocument.text"} if name == "content.xml" else {}
    data = zipped({**parts, name: f"{BOMB}{part}".encode()}, zipfile.ZIP_STORED)
    with pytest.raises(Unreadable, match=r"it declares entities \(a DTD\)|that is damaged"):
        read(data)


def test_entities_of_entities_in_subtitles_are_not_unfolded() -> None:
    data = f'{BOMB}<tt xmlns="http://www.w3.org/ns/ttml"><body><p>&l9;</p></body></tt>'.encode()
    with pytest.raises(Unreadable, match=r"it declares entities \(a DTD\)|that is damaged"):
        parse_apart("subtitles", data)


def test_a_page_keeps_its_entities_folded() -> None:
    page = f"{BOMB}<html><body><p>{STORY}</p><p>&l9;</p></body></html>"
    assert format_of(page.encode()) != "html" or len(read(page.encode()).text) < 1_000


@pytest.mark.parametrize("part", ["word/document.xml", "notes.txt"])
def test_a_zip_bomb_is_not_unpacked(part: str) -> None:
    """A thousandth of what it unpacks to, which its directory denies."""
    size = 80_000_000
    bomb = zipped({part: b" " * size})
    with pytest.raises(Unreadable, match="bytes when it is unpacked"):
        read_all(bomb)
    with pytest.raises(Unreadable, match="that is damaged"):
        read_all(bomb.replace(struct.pack("<I", size), struct.pack("<I", 1_000)))


@pytest.mark.parametrize(
    "objects",
    [
        (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"),
        (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1000000/Kids[3 0 R]>>", b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 9>>"),
        (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", PAGE % b"", b"4 0 R", FONT),
        (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", PAGE % b"", stream(b"/X Do", b"/Type/XObject/Subtype/Form/Resources<</XObject<</X 4 0 R>>>>"), FONT),
        (stream(b"1 0", b"/Type/ObjStm/N 1/First 3/Extends 1 0 R"),),
    ],
    ids=["pages in themselves", "pages in each other", "a stream that is itself", "a form in itself", "streams that go on in themselves"],
)  # fmt: skip
def test_what_goes_in_circles_in_a_pdf_ends(objects: tuple[bytes, ...]) -> None:
    with pytest.raises(
        Unreadable,
        match=r"it is a PDF file that is damaged|it has no text layer|it has [\d,]+ pages|page 1 is damaged",
    ):
        read(pdf_of(*objects))


def test_a_stream_that_swells_in_a_pdf_is_a_sentence() -> None:
    packed = zlib.compressobj(1)
    data = b"".join(packed.compress(b" " * 10_000_000) for _ in range(40)) + packed.flush()
    bomb = stream(data, b"/Filter/FlateDecode")
    pages = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    with pytest.raises(Unreadable, match=r"more time or memory than it may|no text layer|damaged"):
        read(pdf_of(*pages, PAGE % b"", bomb, FONT))


def test_scripts_and_attachments_of_a_pdf_are_passed_over() -> None:
    script = b"<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9/'\\); while\\(true\\){})>>"
    launch = b"/AA<</O<</S/Launch/F(/bin/sh)>>>>"
    attached = b"<</Names[(a.txt) <</Type/Filespec/F(a.txt)/EF<</F 6 0 R>>>>]>>"
    data = pdf_of(
        b"<</Type/Catalog/Pages 2 0 R/OpenAction %s/Names<</EmbeddedFiles %s>>>>" % (script, attached),
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        PAGE % launch, CONTENT, FONT, stream(b"Peru and Kenya met."),
    )  # fmt: skip
    assert read(data).text == f"{STORY}\n"


@contextmanager
def listening() -> Iterator[tuple[str, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", server


def test_nothing_that_a_file_names_is_fetched() -> None:
    with listening() as (address, server):
        page = (
            f'<!DOCTYPE html SYSTEM "{address}"><html><head><link rel="stylesheet" href="{address}">'
            f'<meta http-equiv="refresh" content="0; {address}"></head><body><script src="{address}"></script>'
            f'<img src="{address}"><iframe src="{address}"></iframe><p>{STORY}</p></body></html>'
        )
        word = (
            f'<w:document {WORD} xmlns:xi="http://www.w3.org/2001/XInclude"><w:body><w:p><w:r><w:t>{STORY}</w:t>'
            f'</w:r></w:p><xi:include href="{address}"/></w:body></w:document>'
        )
        outside = f'<!DOCTYPE b SYSTEM "{address}"><w:document {WORD}/>'
        rich = f'{{\\rtf1 {{\\field{{\\*\\fldinst INCLUDETEXT "{address}"}}{{\\fldrslt {STORY}}}}}\\par}}'
        mail = (
            "From: a@b.example\r\nDate: Mon, 08 Sep 2025 18:00:00 +0530\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/html\r\n\r\n{page}"
        )
        assert STORY in read(page.encode()).text
        assert read(zipped({"word/document.xml": word.encode()})).text == f"{STORY}\n"
        with pytest.raises(Unreadable, match="declares entities"):
            read(zipped({"word/document.xml": outside.encode()}))
        assert read(rich.encode()).text == f"{STORY}\n"
        assert STORY in read(mail.encode()).text
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("opening", [b"{", b"{\\footnote ", b"{\\field{\\*\\fldinst{"])
def test_brackets_without_end_in_rich_text_end(opening: bytes) -> None:
    data = b"{\\rtf1 Talks went on.\\par" + opening * 60_000
    assert read(data).text == "Talks went on.\n"


def test_messages_around_messages_end() -> None:
    message = f"Subject: talks\r\n\r\n{STORY}\r\n"
    for n in range(60):
        message = (
            f"From: a@b.example\r\nDate: Mon, 08 Sep 2025 18:00:00 +0530\r\nMIME-Version: 1.0\r\n"
            f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\nContent-Type: message/rfc822\r\n\r\n'
            f"{message}\r\n--b{n}--\r\n"
        )
    with pytest.raises(Unreadable, match=r"^it "):
        read_all(message.encode())

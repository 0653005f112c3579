"""Files that hold others: each is a document of its own, or a reason why it is none."""

import io
import zipfile

import pytest

from pipeline import Unreadable
from pipeline.documents.read import Enclosed, read, read_all
from schemas import AboutDocument
from tests.pipeline.documents.files import FOLDER

TITLE = "India, EU begin new round of trade talks as year-end target nears"
FACT_SHEET = "Norway and Chile open trade talks in Oslo"
DAMAGED_ARCHIVE = "it is a ZIP archive that is damaged: export it as UTF-8 text"
BINARY = "it has NUL characters, so it is binary or damaged: save it as UTF-8 text"


def members_of(path: str) -> list[Enclosed]:
    return read_all((FOLDER / path).read_bytes(), file=path.split("/")[-1])


def told(brought: list[Enclosed]) -> dict[str | None, str | None]:
    """Of each file its title, or why there is none."""
    return {one.file: one.document.title if one.document else one.problem for one in brought}


def archive_of(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return written.getvalue()


def test_each_file_of_an_archive_is_a_document() -> None:
    assert told(members_of("archive/round.zip")) == {
        "round.zip/round/story.txt": TITLE,
        "round.zip/round/fact sheet.pdf": FACT_SHEET,
        "round.zip/round/story.docx": TITLE,
        "round.zip/round/attachment.eml": TITLE,
        "round.zip/round/attachment.eml/talks.pdf": "it is a PDF file that is damaged: export it as UTF-8 text",
        "round.zip/round/budget.xlsx": DAMAGED_ARCHIVE,
    }


def test_an_archive_in_an_archive_is_opened() -> None:
    assert list(told(members_of("archive/nested.zip")))[-2:] == [
        "nested.zip/inner.zip/round/budget.xlsx",
        "nested.zip/note.txt",
    ]


def test_what_is_attached_to_a_message_is_a_document_and_its_pictures_are_not() -> None:
    assert told(members_of("msg/attachments.msg")) == {
        "attachments.msg": TITLE,
        "attachments.msg/fact sheet.pdf": FACT_SHEET,
        "attachments.msg/notes.bin": BINARY,
    }


def test_a_message_with_nothing_but_what_is_attached_is_no_document() -> None:
    assert told(members_of("email/attachment-only.eml")) == {"attachment-only.eml/talks.pdf": FACT_SHEET}
    with pytest.raises(Unreadable, match="it holds several documents and is none itself"):
        read((FOLDER / "email/attachment-only.eml").read_bytes())


def test_a_newsletter_of_outlook_is_read_as_the_mail_that_it_was() -> None:
    document = read((FOLDER / "msg/newsletter.msg").read_bytes())
    assert (document.title, document.publisher) == (TITLE, "Deccan Business Daily")
    assert document.published and document.published.edtf == "2025-09-08"


def test_the_day_that_is_said_is_of_all_and_the_address_of_none_in_an_archive() -> None:
    about = AboutDocument(
        published="2031-04-01", publisher="Desk", title="Ours", url="https://desk.example/a"
    )
    brought = read_all((FOLDER / "archive/names.zip").read_bytes(), about=about)
    said = {
        (one.document.publisher, one.document.published and one.document.published.edtf, one.document.url)
        for one in brought
        if one.document
    }
    assert said == {("Desk", "2031-04-01", None)}


def test_names_lead_nowhere() -> None:
    assert [one.file for one in members_of("archive/names.zip")] == [
        "names.zip/etc/passwd.txt",
        "names.zip/root/ab.txt",
        "names.zip/C:/talks/c.txt",
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "it is an empty archive: there is nothing to read"),
        ({f"{n}.txt": b"Talks." for n in range(51)}, "it holds 51 files, the limit is 50: split it"),
        ({f"{n}.txt": b"0" * 4_999_999 for n in range(11)}, "it has more than 50,000,000 bytes when it is unpacked"),
        ({"a.txt": b" " * 5_000_001}, "it holds nothing that can be read: a.txt: it has more than 5,000,000 bytes"),
        (
            {f"{n}.zip": archive_of({f"{m}.txt": b"Talks." for m in range(30)}) for n in range(2)},
            "it holds more than 50 files: split it",
        ),
    ],
)  # fmt: skip
def test_what_is_too_much_is_refused(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_all(archive_of(files))
    assert str(refused.value).startswith(said)


def test_files_around_files_end_somewhere() -> None:
    data = b"Norway and Chile met.\n"
    for _ in range(5):
        data = archive_of({"inner.zip": data})
    with pytest.raises(Unreadable, match="it is too deep inside of other files"):
        read_all(data)


def test_a_password_is_told() -> None:
    with pytest.raises(Unreadable, match=r"secret\.txt: it has a password: save it without one"):
        members_of("archive/password.zip")

"""Adding a document over HTTP: as JSON or as a file, once; and the job that comes of it."""

import json
from hashlib import sha256
from typing import Any

import pytest

from pipeline.documents.formats import MAX_BYTES
from tests.api.conftest import Client
from tests.conftest import ROOT

TEXT = "OSLO - Norway and Chile opened trade talks on 3 March 2031. “We will sign”, Ana Example said.\n"
ID = sha256(TEXT.encode()).hexdigest()
ADDED = {"job_id": f"ingest-{ID}", "document_id": ID, "status": "queued", "parts": []}
ABOUT = {
    "title": "Talks open",
    "publisher": "The Invented Times",
    "url": "https://times.example/talks",
    "published": "2031-03-04",
}
MORE = {"rights": "CC-BY-4.0", "reliability": "usually_reliable", "embargo": None}
SOON = {"embargo": "2131-03-14T09:30:00Z"}


def source(client: Client, document: str) -> dict[str, Any]:
    """What the service knows of where a document came from."""
    found: dict[str, Any] = client.get(f"/v1/documents/{document}").json()["source"]
    return found | {"published": found["published"] and found["published"]["edtf"]}


def test_text_as_json_is_accepted(writer: Client) -> None:
    answer = writer.post("/v1/documents", json={"text": TEXT})
    assert (answer.status_code, answer.json()) == (202, ADDED)
    assert answer.headers["Location"] == f"/v1/jobs/ingest-{ID}"
    assert answer.headers["Retry-After"] == "1"


def test_a_file_is_accepted(writer: Client) -> None:
    answer = writer.post("/v1/documents", files={"file": ("talks.txt", TEXT.encode())})
    assert (answer.status_code, answer.json()) == (202, ADDED)
    assert writer.get(f"/v1/documents/{ID}").json()["file"] == "talks.txt"


def test_what_is_in_an_archive_is_accepted_file_by_file(writer: Client) -> None:
    archive = (ROOT / "tests/documents/archive/names.zip").read_bytes()
    answer = writer.post("/v1/documents", files={"file": ("talks.zip", archive)})
    added = answer.json()
    assert answer.status_code == 202
    assert [part["file"] for part in added["parts"]] == [
        "talks.zip/etc/passwd.txt",
        "talks.zip/root/ab.txt",
        "talks.zip/C:/talks/c.txt",
    ]
    assert {part["problem"] for part in added["parts"]} == {None}
    assert added["document_id"] == added["parts"][0]["document_id"]
    assert answer.headers["Location"] == f"/v1/jobs/{added['parts'][0]['job_id']}"
    for part in added["parts"]:
        assert writer.get(f"/v1/documents/{part['document_id']}").json()["file"] == part["file"]
        assert writer.get(f"/v1/jobs/{part['job_id']}").json()["status"] == "queued"


def test_what_cannot_be_read_of_a_message_is_told_beside_what_can(writer: Client) -> None:
    message = (ROOT / "tests/documents/msg/attachments.msg").read_bytes()
    added = writer.post("/v1/documents", files={"file": ("desk.msg", message)}).json()
    assert [(part["file"], part["job_id"] is None, part["problem"]) for part in added["parts"]] == [
        ("desk.msg/fact sheet.pdf", False, None),
        (
            "desk.msg/notes.bin",
            True,
            "it has NUL characters, so it is binary or damaged: save it as UTF-8 text",
        ),
    ]
    assert writer.get(f"/v1/documents/{added['document_id']}").json()["file"] == "desk.msg"


def test_a_document_is_there_at_once(writer: Client) -> None:
    writer.post("/v1/documents", json={"text": TEXT})
    assert writer.get(f"/v1/documents/{ID}/text").text == TEXT
    assert writer.get(f"/v1/documents/{ID}/readout").status_code == 404


def test_the_location_is_the_job(writer: Client) -> None:
    location = writer.post("/v1/documents", json={"text": TEXT}).headers["Location"]
    job = writer.get(location).json()
    assert job.pop("created_at").endswith("Z")
    assert job == {
        "id": f"ingest-{ID}",
        "document_id": ID,
        "status": "queued",
        "step": None,
        "progress": 0.0,
        "attempts": 0,
        "error": None,
        "briefing_ids": [],
        "cost": None,
        "links": {
            "job": location,
            "events": f"{location}/events",
            "document": f"/v1/documents/{ID}",
            "readout": None,
            "briefings": [],
        },
        "started_at": None,
        "finished_at": None,
    }


def test_the_same_document_has_one_job_whichever_way_it_comes(writer: Client) -> None:
    first = writer.post("/v1/documents", json={"text": TEXT}).json()
    second = writer.post("/v1/documents", files={"file": ("again.txt", TEXT.encode())}).json()
    assert first == second == ADDED
    assert len(writer.get("/v1/jobs").json()["items"]) == 1


def test_what_the_sender_knows_is_kept(writer: Client) -> None:
    writer.post("/v1/documents", json={"text": TEXT, **ABOUT})
    assert source(writer, ID).items() >= ABOUT.items()


def test_what_the_sender_of_a_file_knows_is_kept(writer: Client) -> None:
    writer.post("/v1/documents", files={"file": ("talks.txt", TEXT.encode())}, data=ABOUT)
    assert source(writer, ID).items() >= ABOUT.items()


MATTER = "---\ntitle: Said by itself\npublisher: Itself\ndate: 2031-03-01\n---\n"


@pytest.mark.parametrize("way", ["JSON", "a file", "a batch"])
def test_what_the_sender_says_counts_and_what_the_document_says_is_beside_it(
    writer: Client, way: str
) -> None:
    about = ABOUT | {name: value for name, value in MORE.items() if value}
    match way:
        case "JSON":
            answer = writer.post("/v1/documents", json={"text": MATTER + TEXT, **about}).json()
        case "a file":
            files = {"file": ("talks.txt", (MATTER + TEXT).encode())}
            answer = writer.post("/v1/documents", files=files, data=about).json()
        case _:
            line = json.dumps({"text": MATTER + TEXT, **about})
            headers = {"Content-Type": "application/x-ndjson"}
            answer = writer.post("/v1/documents/batch", content=line, headers=headers).json()["added"]
    document = answer["document_id"]
    assert source(writer, document).items() >= ABOUT.items()
    told = writer.get(f"/v1/documents/{document}").json()
    assert told["stated"] == ABOUT | MORE
    detected = told["detected"]
    assert (detected["title"], detected["publisher"], detected["url"]) == ("Said by itself", "Itself", None)
    assert detected["published"]["edtf"] == "2031-03-01"


@pytest.mark.parametrize(
    ("field", "value"),
    [("reliability", "very"), ("embargo", "tomorrow"), ("embargo", "2031-03-14"), ("rights", "two\nlines")],
)
def test_what_cannot_be_stated_is_refused(writer: Client, field: str, value: str) -> None:
    answer = writer.post("/v1/documents", json={"text": TEXT, field: value})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{field}")


def test_of_a_document_that_is_sent_again_the_later_statement_counts(writer: Client) -> None:
    writer.post("/v1/documents", json={"text": TEXT, **ABOUT})
    writer.post("/v1/documents", json={"text": TEXT, "publisher": "Another Times"})
    assert source(writer, ID).items() >= (ABOUT | {"publisher": "Another Times"}).items()


def test_documents_are_listed_with_filters(writer: Client) -> None:
    ids = [
        writer.post("/v1/documents", json={"text": f"Round {n} of the talks.", **about}).json()["document_id"]
        for n, about in enumerate([ABOUT, {"publisher": "Another"}, {}])
    ]

    def listed(query: str) -> list[str]:
        return [item["id"] for item in writer.get(f"/v1/documents?{query}").json()["items"]]

    assert listed("") == ids[::-1]
    assert listed("publisher=the+invented+times&host=times.example&published_from=2031-03-04") == ids[:1]
    assert listed("status=waiting&added_from=2021-01-01") == ids[::-1]
    assert listed("added_to=2021-01-01T00:00:00Z") == listed("status=refused") == []
    page = writer.get("/v1/documents?limit=2").json()
    assert page["items"][0] == writer.get(f"/v1/documents/{ids[2]}").json()
    rest = writer.get("/v1/documents", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert [item["id"] for item in rest["items"]] == ids[:1]


def test_what_is_under_an_embargo_is_told_to_keys_alone_that_may_add_documents(writer: Client) -> None:
    writer.post("/v1/documents", json={"text": TEXT, **SOON})
    keys = {
        name: writer.post("/v1/keys", json={"name": name, "scopes": scopes}).json()["key"]
        for name, scopes in (
            ("reader", ["briefings:read"]),
            ("writer", ["briefings:read", "documents:write"]),
        )
    }
    # Twice and in turn: an answer that is kept in memory is not told to another key.
    for key, found in [("writer", 200), ("reader", 404)] * 2:
        headers = {"Authorization": f"Bearer {keys[key]}"}
        for path in (f"/v1/documents/{ID}", f"/v1/documents/{ID}/text"):
            assert writer.get(path, headers=headers).status_code == found
        items = writer.get("/v1/documents", headers=headers).json()["items"]
        assert len(items) == (1 if key == "writer" else 0)
    answer = writer.get(f"/v1/documents/{ID}")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_embargo_that_is_over_holds_nothing_back(writer: Client) -> None:
    writer.post("/v1/documents", json={"text": TEXT, "embargo": "2021-03-14T09:30:00Z"})
    assert writer.get(f"/v1/documents/{ID}").headers["Cache-Control"] == "no-cache"


def test_an_address_that_leads_nowhere_is_kept_as_it_is(writer: Client) -> None:
    answer = writer.post("/v1/documents", json={"text": TEXT, "url": "http://[times"})
    assert answer.status_code == 202
    assert source(writer, ID)["url"] == "http://[times"


def test_null_fields_are_left_out(writer: Client) -> None:
    answer = writer.post("/v1/documents", json={"text": TEXT, "title": None, "published": None})
    assert answer.status_code == 202


def test_line_ends_are_made_one_and_nothing_else_moves(writer: Client) -> None:
    text = "  Talks\r\n\u00a0in O\u0301slo \U0001f41f\r\n"
    document = writer.post("/v1/documents", json={"text": text}).json()["document_id"]
    answer = writer.get(f"/v1/documents/{document}/text")
    assert answer.content == text.replace("\r\n", "\n").encode()
    assert writer.get(f"/v1/documents/{document}").json()["chars"] == len(text) - 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_a_file_in_another_encoding_is_read(writer: Client, encoding: str) -> None:
    answer = writer.post("/v1/documents", files={"file": ("talks.txt", TEXT.encode(encoding))})
    assert answer.status_code == 202
    text = writer.get(f"/v1/documents/{answer.json()['document_id']}/text").text
    assert text.removeprefix("\ufeff") == TEXT


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/talks.txt", "talks.txt"), ("C:\\talks\\one.txt", "one.txt"), ("büro.txt", "büro.txt")],
)
def test_a_file_keeps_its_name_but_not_its_folder(writer: Client, given: str, kept: str) -> None:
    writer.post("/v1/documents", files={"file": (given, TEXT.encode())})
    assert writer.get(f"/v1/documents/{ID}").json()["file"] == kept


def test_a_title_of_one_long_line_is_kept(writer: Client) -> None:
    title = "Réunion à Oslo: " + "à" * 484
    answer = writer.post("/v1/documents", json={"text": "Talks.", "title": title})
    added = writer.get(f"/v1/documents/{answer.json()['document_id']}").json()
    assert added["source"]["title"] == title


def test_of_a_long_name_of_a_file_the_beginning_is_kept(writer: Client) -> None:
    answer = writer.post("/v1/documents", files={"file": ("a" * 2_000, b"Talks.")})
    assert writer.get(f"/v1/documents/{answer.json()['document_id']}").json()["file"] == "a" * 255


def test_the_largest_document_is_accepted_however_it_is_written(writer: Client) -> None:
    text = ("Talks in Ōsaka, é é é. " * MAX_BYTES).encode()[: MAX_BYTES - 1].decode(errors="ignore")
    answer = writer.post("/v1/documents", json={"text": text})  # httpx writes UTF-8
    assert answer.status_code == 202
    escaped = '{"text": "' + "\\u00e9" * (MAX_BYTES // 2 - 1) + '"}'
    answer = writer.post("/v1/documents", content=escaped, headers={"Content-Type": "application/json"})
    assert answer.status_code == 202


def test_jobs_are_listed_newest_first_in_pages(writer: Client) -> None:
    ids = [writer.post("/v1/documents", json={"text": f"Round {n} of the talks."}).json() for n in range(3)]
    page = writer.get("/v1/jobs?limit=2").json()
    rest = writer.get("/v1/jobs", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    found = [item["id"] for item in page["items"] + rest["items"]]
    assert sorted(found) == sorted(added["job_id"] for added in ids)
    assert rest["next_cursor"] is None


def test_a_job_is_cancelled_and_stays_so(writer: Client) -> None:
    location = writer.post("/v1/documents", json={"text": TEXT}).headers["Location"]
    for _ in range(2):
        answer = writer.delete(location)
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert [job["status"] for job in writer.get("/v1/jobs?status=cancelled").json()["items"]] == ["cancelled"]
    assert writer.get("/v1/jobs?status=queued").json() == {"items": [], "next_cursor": None}


def test_a_cancelled_document_can_be_added_again(writer: Client) -> None:
    location = writer.post("/v1/documents", json={"text": TEXT}).headers["Location"]
    writer.delete(location)
    assert writer.post("/v1/documents", json={"text": TEXT}).json() == ADDED
    assert writer.get(location).json()["status"] == "queued"

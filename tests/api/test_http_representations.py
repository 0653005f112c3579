"""One resource in several representations and codings, each with a strong tag of its own."""

import csv
import gzip
import io
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import zstandard
from sqlalchemy.orm import Session

from api.http.content import choose
from api.rendering.html import markdown
from schemas import Briefing
from store.engine import connect
from store.revisions import body_of
from tests.api.conftest import Client, serving
from tests.api.described import DESCRIBED
from tests.api.filled import first
from tests.store.invented import BRIEFING, add, deadline, hexed, save
from worker.jobs import prepare
from worker.rebuild import rebuild

COLLECTIONS = [
    f"{path}?q=salmon" if path == "/v1/search" else path
    for path, methods in DESCRIBED["paths"].items()
    if "text/csv" in methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
    and "{" not in path
    and path != "/v1/export"  # a stream, which is no page
]
READS = [
    "/v1/briefings/no-cl",
    "/v1/briefings/no-cl/revisions/1",
    "/v1/briefings/no-cl/revisions",
    f"/v1/documents/{hexed('a')}",
    f"/v1/documents/{hexed('a')}/readout",
    *COLLECTIONS,
]
AS_IT_IS = {"Accept-Encoding": "identity"}


def accept(kind: str) -> dict[str, str]:
    return {"Accept": kind, **AS_IT_IS}


@pytest.mark.parametrize("path", READS)
def test_messagepack_says_what_json_says(client: Client, path: str) -> None:
    plain = client.get(path, headers=accept("application/json"))
    packed = client.get(path, headers=accept("application/msgpack"))
    assert packed.headers["Content-Type"] == "application/msgpack"
    assert packed.headers["Content-Length"] == str(len(packed.content))
    assert msgspec.msgpack.decode(packed.content) == plain.json()


def test_answers_to_writes_and_health_are_packed_too(client: Client) -> None:
    packed = client.get("/health/live", headers=accept("application/msgpack"))
    assert msgspec.msgpack.decode(packed.content) == {"status": "ok"}
    made = client.post(
        "/v1/keys", json={"name": "a", "scopes": ["admin"]}, headers=accept("application/msgpack")
    )
    assert (made.status_code, msgspec.msgpack.decode(made.content)["name"]) == (201, "a")


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


@pytest.mark.parametrize("path", COLLECTIONS)
def test_collections_are_tables_too(client: Client, path: str) -> None:
    items = client.get(path).json()["items"]
    table = client.get(path, headers=accept("text/csv"))
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    header, *lines = table.content.decode().split("\r\n")
    assert len(rows(table)) == len(items) and lines[-1] == ""
    assert len(set(header.split(","))) == len(header.split(",")) >= 4


def test_a_table_of_deadlines(client: Client) -> None:
    found = rows(client.get("/v1/deadlines", headers=accept("text/csv")))
    assert [row["what"] for row in found] == ["Data", "Sign the protocol", "Kava quota", "Review"]
    of_json = client.get("/v1/deadlines").json()["items"][1]
    signing = found[1]
    assert signing["id"] == of_json["id"]
    assert (signing["date.edtf"], signing["date.earliest"]) == ("2031-04-01", "2031-04-01")
    assert msgspec.json.decode(signing["evidence"]) == of_json["evidence"]
    assert (found[3]["date.edtf"], found[3]["consequence"]) == ("", "")


def test_a_table_tells_where_its_next_page_is(client: Client) -> None:
    seen: list[str] = []
    path: str | None = "/v1/deadlines?limit=3"
    while path:
        answer = client.get(path, headers=accept("text/csv"))
        seen += [row["what"] for row in rows(answer)]
        link = re.fullmatch('<(.+)>; rel="next"', answer.headers.get("Link", ""))
        path = link[1] if link else None
    assert seen == ["Data", "Sign the protocol", "Kava quota", "Review"]


@pytest.fixture
def poisoned(database_url: str) -> Iterator[Client]:
    """A service whose deadlines would be run by a spreadsheet."""
    engine = connect(database_url)
    what = ['=HYPERLINK("https://elsewhere.example")', "+1", "-1", "@SUM(A1)", 'a "quoted", one\nline']
    deadlines = [deadline(name, f"2031-04-0{day}") for day, name in enumerate(what, start=1)]
    rebuild(engine, add(engine, "a"), save(msgspec.structs.replace(first(), deadlines=deadlines)))
    engine.dispose()
    with serving(database_url) as client:
        yield client


def test_a_table_runs_nothing_in_a_spreadsheet(poisoned: Client) -> None:
    found = rows(poisoned.get("/v1/deadlines", headers=accept("text/csv")))
    assert [row["what"] for row in found] == [
        '\'=HYPERLINK("https://elsewhere.example")',
        "'+1",
        "'-1",
        "'@SUM(A1)",
        'a "quoted", one\nline',
    ]


def test_an_empty_table_has_its_header(client: Client) -> None:
    empty = client.get("/v1/figures?unit=kg", headers=accept("text/csv"))
    full = client.get("/v1/figures", headers=accept("text/csv"))
    assert empty.content == full.content.partition(b"\r\n")[0] + b"\r\n"


@pytest.mark.parametrize("path", ["/v1/briefings/no-cl", f"/v1/briefings/{BRIEFING}/revisions/1"])
def test_a_briefing_as_markdown(client: Client, path: str) -> None:
    answer = client.get(path, headers=accept("text/markdown"))
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    stored = msgspec.json.decode(client.get(path).content, type=Briefing)
    assert answer.text == markdown(stored)
    assert answer.text.startswith("# ")


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("", "a/json"),
        ("*/*", "a/json"),
        ("a/pack", "a/pack"),
        ("A/Pack; q=0.5", "a/pack"),
        ("text/html, */*;q=0.8", "a/json"),
        ("a/json;q=0.5, a/pack", "a/pack"),
        ("a/pack;q=0.5, a/json;q=0.5", "a/json"),
        ("a/json;q=0, */*", "a/pack"),
        ("text/*", "text/csv"),
        ("text/csv;header=present", "text/csv"),
        ("text/html", None),
        ("a/json;q=0", None),
        ("a/json;q=x, a/pack;q=0.1", "a/pack"),
        (";;,,", None),
    ],
)
def test_the_closest_range_decides(wanted: str, chosen: str | None) -> None:
    assert choose(wanted or "*/*", ("a/json", "a/pack", "text/csv")) == chosen


@pytest.mark.parametrize(
    ("path", "offers"),
    [
        ("/v1/briefings/no-cl", "application/json, application/msgpack, text/markdown"),
        ("/v1/deadlines", "application/json, application/msgpack, text/csv, text/calendar"),
        ("/v1/briefings", "application/json, application/msgpack, text/csv, application/atom+xml"),
        ("/v1/digest", "application/json, application/msgpack, text/markdown, text/html, text/plain"),
        (f"/v1/documents/{hexed('a')}", "application/json, application/msgpack"),
        (f"/v1/documents/{hexed('a')}/text", "text/plain"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(client: Client, path: str, offers: str) -> None:
    answer = client.get(path, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json()["type"], answer.json()["detail"]) == (
        "/problems/not-acceptable",
        f"This resource is served as {offers}.",
    )


def test_nothing_is_done_where_the_answer_would_not_be_accepted(writer: Client) -> None:
    body = {"name": "a", "scopes": ["admin"]}
    assert writer.post("/v1/keys", json=body, headers={"Accept": "text/html"}).status_code == 406
    assert writer.get("/v1/keys").json()["items"] == []


def test_a_problem_is_a_problem_whatever_is_accepted(client: Client) -> None:
    answer = client.get("/v1/briefings/nope", headers=accept("application/msgpack"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml"])
def test_a_body_that_is_not_taken_is_refused_with_what_is(client: Client, kind: str) -> None:
    answer = client.post("/v1/keys", content=b"name=a", headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["Accept"]) == (415, "application/json")
    assert answer.json()["detail"] == "This operation takes `application/json`."
    answer = client.post("/v1/documents", content=b"Talks.", headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["Accept"]) == (415, "application/json, multipart/form-data")


def decoded(answer: Any, coding: str, raw: bytes) -> bytes:
    assert answer.headers["Content-Encoding"] == coding
    assert answer.headers["Content-Length"] == str(len(raw))
    return gzip.decompress(raw) if coding == "gzip" else zstandard.decompress(raw)


def raw(client: Client, path: str, **headers: str) -> tuple[Any, bytes]:
    """The answer and the bytes as they came."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.stream("GET", path, headers=named) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("kind", ["application/json", "application/msgpack", "text/markdown"])
def test_answers_are_compressed_for_whoever_accepts_it(client: Client, coding: str, kind: str) -> None:
    plain = client.get("/v1/briefings/no-cl", headers=accept(kind)).content
    answer, body = raw(client, "/v1/briefings/no-cl", Accept=kind, Accept_Encoding=coding)
    assert decoded(answer, coding, body) == plain
    assert len(body) < len(plain)
    assert raw(client, "/v1/briefings/no-cl", Accept=kind, Accept_Encoding=coding)[1] == body


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("zstd;q=0, *", "gzip"),
        ("br", None),
        ("identity", None),
        ("gzip;q=0", None),
    ],
)
def test_the_coding_is_the_one_that_is_wanted_most(client: Client, accepted: str, coding: str | None) -> None:
    answer, _ = raw(client, "/v1/briefings/no-cl", Accept_Encoding=accepted)
    assert answer.headers.get("Content-Encoding") == coding


def test_small_answers_are_not_compressed(client: Client) -> None:
    answer, _ = raw(client, "/health/live", Accept_Encoding="gzip")
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_caches_are_told_what_the_answer_depends_on(client: Client) -> None:
    def vary(path: str) -> set[str]:
        return set(client.get(path).headers["Vary"].split(", "))

    assert vary("/v1/briefings/no-cl") == vary("/v1/deadlines") == {"Accept", "Accept-Encoding"}
    assert vary(f"/v1/documents/{hexed('a')}/text") == vary("/") == {"Accept-Encoding"}


VARIANTS = [
    (kind, coding)
    for kind in ("application/json", "application/msgpack", "text/markdown")
    for coding in ("identity", "gzip", "zstd")
]


def test_each_representation_has_a_tag_of_its_own(client: Client) -> None:
    tags = [
        raw(client, "/v1/briefings/no-cl", Accept=kind, Accept_Encoding=coding)[0].headers["ETag"]
        for kind, coding in VARIANTS
    ]
    assert len(set(tags)) == len(VARIANTS)
    assert all(re.fullmatch('"r2-[0-9a-f]{18}(-gzip|-zstd)?"', tag) for tag in tags)


@pytest.mark.parametrize(("kind", "coding"), VARIANTS)
def test_each_tag_answers_304_for_its_representation(client: Client, kind: str, coding: str) -> None:
    wanted = {"Accept": kind, "Accept_Encoding": coding}
    etag = raw(client, "/v1/briefings/no-cl", **wanted)[0].headers["ETag"]
    again, body = raw(client, "/v1/briefings/no-cl", **wanted, If_None_Match=etag)
    assert (again.status_code, body, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Vary"] == "Accept, Accept-Encoding"
    assert not {"Content-Type", "Content-Length", "Content-Encoding"} & {*again.headers}


def test_what_is_kept_in_one_coding_is_current_in_another(client: Client) -> None:
    etag = raw(client, "/v1/briefings/no-cl", Accept_Encoding="gzip")[0].headers["ETag"]
    again, _ = raw(client, "/v1/briefings/no-cl", Accept_Encoding="zstd", If_None_Match=etag)
    assert (again.status_code, again.headers["ETag"]) == (304, etag)


def test_what_is_kept_in_one_representation_is_not_current_in_another(client: Client) -> None:
    etag = client.get("/v1/briefings/no-cl", headers=AS_IT_IS).headers["ETag"]
    other = client.get("/v1/briefings/no-cl", headers=accept("text/markdown") | {"If-None-Match": etag})
    assert other.status_code == 200


def test_head_tells_what_get_would(client: Client) -> None:
    for kind, coding in VARIANTS:
        wanted = {"Accept": kind, "Accept-Encoding": coding}
        got, head = (
            client.request(method, "/v1/briefings/no-cl", headers=wanted) for method in ("GET", "HEAD")
        )
        assert head.content == b""
        for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
            assert head.headers[name] == got.headers[name]


def test_a_revision_may_be_kept_for_ever(client: Client) -> None:
    kept = client.get(f"/v1/briefings/{BRIEFING}/revisions/1")
    assert kept.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    again = client.get(kept.url.path, headers={"If-None-Match": kept.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, kept.headers["Cache-Control"])


@pytest.mark.parametrize("path", ["/v1/briefings/no-cl/revisions/1", "/v1/briefings/no-cl", "/v1/deadlines"])
def test_what_can_change_is_asked_for_again(client: Client, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-cache"


def test_bodies_are_served_as_they_are_stored(client: Client, filled_url: str) -> None:
    engine = connect(filled_url)
    with Session(engine) as session:
        stored = body_of(session, BRIEFING, 2)
    engine.dispose()
    assert raw(client, "/v1/briefings/no-cl", Accept_Encoding="identity")[1] == stored


def test_the_description_names_every_representation() -> None:
    described = DESCRIBED["paths"]
    briefing = described["/v1/briefings/{id_or_slug}"]["get"]["responses"]["200"]["content"]
    assert list(briefing) == ["application/json", "application/msgpack", "text/markdown"]
    assert briefing["application/msgpack"]["schema"] == briefing["application/json"]["schema"]
    page = described["/v1/figures"]["get"]["responses"]["200"]["content"]
    assert list(page) == ["application/json", "application/msgpack", "text/csv"]
    assert len(COLLECTIONS) >= 10


def test_an_empty_database_has_its_representations(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    with serving(url) as client:
        for path in COLLECTIONS:
            assert rows(client.get(path, headers=accept("text/csv"))) == []

"""The pages over a real database: what each shows, what it can be asked, and who may send its forms."""

import re
from collections.abc import Iterator

import httpx
import pytest
from litestar.testing import TestClient
from litestar.types import ASGIApp

from api.rendering.html import script_path
from store.engine import connect
from store.keys import create_key
from tests.api.conftest import Client, local
from tests.api.filled import OTHER
from tests.store.invented import BRIEFING, hexed

PEOPLE = {"Accept": "text/html"}
TEXT = "Norway and Chile hold a third round of trade talks in Oslo on 1 June 2031.\n"


def words(answer: httpx.Response) -> str:
    """What a reader sees of a page, on one line."""
    body = answer.text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&amp;", "&").split())


def test_the_first_page_has_briefings_by_negotiation(client: Client) -> None:
    page = client.get("/")
    names = re.findall(r'<h2><a href="/negotiations/([a-z_]+)">([^<]+)</a></h2>', page.text)
    assert names == [("fj_to", "Fiji–Tonga trade talks"), ("cl_no", "Chile–Norway trade talks")]
    assert "Salmon duties would fall, says the paper" in page.text
    assert len(page.content) < 60_000


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("party=FJ", ["Kava"]),
        ("party=&topic=&date_from=&date_to=", ["Kava", "Salmon"]),
        ("topic=tariffs", ["Salmon"]),
        ("party=US", []),
        ("limit=1", ["Kava"]),
    ],
)
def test_the_first_page_is_filtered_and_what_a_form_leaves_empty_is_not_asked(
    client: Client, query: str, titles: list[str]
) -> None:
    page = client.get(f"/?{query}")
    assert re.findall(r'<span class="lead">([^<]+)</span>', page.text) == titles
    assert titles or "No briefing is like that." in page.text


def test_older_briefings_follow_with_the_same_filters(client: Client) -> None:
    page = client.get("/?limit=1&party=")
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert following
    older = client.get(following[1].replace("&amp;", "&") + "&limit=1")
    assert re.findall(r'<span class="lead">([^<]+)</span>', older.text) == ["Salmon"]


def test_a_search_leads_to_facts_in_their_briefings(client: Client) -> None:
    page = client.get("/?q=protocol")
    [(address, heading)] = re.findall(r'<a href="(/briefings/[^"]+#fct_[^"]+)">(.*?)</a><br>', page.text)
    assert heading == "Sign the <mark>protocol</mark>"
    assert client.get(address.partition("#")[0]).status_code == 200
    assert "Nothing has all of these words." in client.get("/?q=nothing-of-the-kind").text


def test_deadlines_are_a_calendar_and_a_list(client: Client) -> None:
    page = client.get("/deadlines?date_from=2031-01-01")
    assert re.findall(r"<caption>([^<]+)</caption>", page.text) == ["April 2031", "May 2031"]
    assert re.findall(r'#fct_[0-9a-f]{16}">([^<]+)</a>', page.text) == [
        "Data",
        "Sign the protocol",
        "Kava quota",
    ]
    narrowed = client.get("/deadlines?date_from=2031-01-01&party=FJ&kind=&status=")
    assert re.findall(r'#fct_[0-9a-f]{16}">([^<]+)</a>', narrowed.text) == ["Kava quota"]
    assert "No deadline is like that." in client.get("/deadlines?date_from=2099-01-01").text


def test_a_negotiation_has_its_rounds_and_what_is_open(client: Client) -> None:
    page = words(client.get("/negotiations/cl_no"))
    assert "Chile–Norway trade talks 1 round" in page
    assert "Sign the protocol signing" in page


def test_the_history_compares_the_last_two_revisions_word_for_word(client: Client) -> None:
    page = client.get("/briefings/no-cl/history")
    assert "From revision 1 to 2" in page.text
    assert '<li class="added"><span class="kind">added deadline</span> <ins>March 2031' in page.text
    assert "They say the same." in client.get(f"/briefings/{BRIEFING}/history?from=2&to=2").text
    first = client.get(f"/briefings/{BRIEFING}/revisions/1")
    assert "This is an earlier revision." in first.text and "Data" not in words(first)


def test_a_document_has_its_facts_beside_its_text(client: Client) -> None:
    page = client.get(f"/documents/{hexed('a')}")
    assert '<mark id="c3" class="k1 k1-deadline"><a href="#fct_' in page.text
    assert f'<a href="/briefings/{"no-cl"}">Salmon</a>' in page.text
    unread = client.get(f"/documents/{hexed('c')}")
    assert "No fact of trade talks was proven in this document." in unread.text


def test_the_digest_is_a_page_too(client: Client) -> None:
    page = client.get("/digest?since=2031-01-01&parties=FJ")
    assert "<h1>Trade talks, 1 January to 2 March 2031</h1>" in page.text
    assert f'<a href="/briefings/{OTHER}">Kava</a>' in page.text


def test_the_script_is_kept_for_ever(client: Client) -> None:
    answer = client.get(script_path())
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/briefings/nothing-of-the-kind", 404, "There is no briefing"),
        (f"/documents/{'0' * 64}", 404, "There is no document"),
        ("/negotiations/us_zz", 404, "There is no negotiation"),
        ("/nowhere", 404, "There is nothing at this path."),
        ("/?party=nobody", 400, "A parameter has a value that it cannot have."),
        ("/?page=2", 400, "This resource takes"),
        ("/deadlines?cursor=made-up", 400, "Use the `next_cursor`"),
    ],
)
def test_errors_are_pages_for_people_and_problems_for_programs(
    client: Client, path: str, status: int, says: str
) -> None:
    page = client.get(path, headers=PEOPLE)
    assert (page.status_code, says in page.text.replace("&#39;", "'")) == (status, True)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["X-Request-Id"] in page.text
    assert client.get(path, headers={"Accept": "*/*"}).headers["Content-Type"] == "application/problem+json"


def test_what_programs_read_answers_browsers_with_problems_too(client: Client) -> None:
    answer = client.get("/v1/briefings/nothing-of-the-kind", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_form_adds_a_document_and_leads_to_its_job(writer: Client) -> None:
    answer = writer.post(
        "/add", files={"text": (None, TEXT.replace("\n", "\r\n")), "title": (None, "Round three")}
    )
    assert answer.status_code == 303
    job = writer.get(answer.headers["Location"])
    assert "Round three" in job.text and 'data-events="/v1/jobs/' in job.text
    document = answer.headers["Location"].removeprefix("/jobs/ingest-")
    assert writer.get(f"/v1/documents/{document}/text").text == TEXT
    assert "It has not been read yet." in writer.get(f"/documents/{document}").text
    assert "Round three" in writer.get("/jobs?status=queued").text
    assert "No job is like that." in writer.get("/jobs?status=done").text


def test_a_form_adds_a_file(writer: Client) -> None:
    answer = writer.post("/add", files={"file": ("talks.txt", TEXT.encode()), "url": (None, "")})
    assert answer.status_code == 303


def test_a_form_adds_an_address_whose_job_has_no_document_yet(writer: Client) -> None:
    answer = writer.post("/add", files={"url": (None, "https://ministry.example/talks")})
    assert answer.status_code == 303
    page = words(writer.get(answer.headers["Location"]))
    assert "A document The work on this document queued" in page and "The document ·" not in page


def test_an_empty_service_says_how_to_add_a_document(writer: Client) -> None:
    page = writer.get("/")
    assert "No briefing yet" in page.text
    assert re.findall(r'<form class="form" method="post" action="(/add)"', page.text) == ["/add"] * 3


@pytest.fixture
def browser(database_url: str, writer: Client) -> Iterator[Client]:
    """A client with a cookie, whose key reads and adds."""
    engine = connect(database_url)
    key = create_key(engine, name="desk", scopes=["briefings:read", "documents:write"])
    engine.dispose()
    del writer.headers["Authorization"]
    writer.headers.update(PEOPLE)
    assert writer.post("/sign-in/key", data={"key": key.key, "then": "/"}).status_code == 303
    yield writer


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://readout.test"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused(browser: Client, headers: dict[str, str], status: int) -> None:
    assert browser.post("/add", files={"text": (None, TEXT)}, headers=headers).status_code == status


def test_a_cookie_adds_by_the_form_alone(browser: Client) -> None:
    assert browser.post("/v1/documents", json={"text": TEXT}).status_code == 401
    assert browser.get("/jobs").status_code == browser.get("/docs").status_code == 200


def test_whoever_may_only_read_is_asked_for_another_key(database_url: str, writer: Client) -> None:
    engine = connect(database_url)
    key = create_key(engine, name="reads", scopes=["briefings:read"])
    engine.dispose()
    answer = writer.post(
        "/add", files={"text": (None, TEXT)}, headers=PEOPLE | {"Authorization": f"Bearer {key.key}"}
    )
    assert (answer.status_code, 'name="then" value="/add"' in answer.text) == (403, True)


def test_what_is_under_an_embargo_is_on_no_page_of_whoever_only_reads(
    database_url: str, writer: Client
) -> None:
    added = writer.post(
        "/v1/documents", json={"text": TEXT, "title": "Secret", "embargo": "2131-01-01T00:00:00Z"}
    )
    engine = connect(database_url)
    key = create_key(engine, name="reads", scopes=["briefings:read"])
    engine.dispose()
    reads = {"Authorization": f"Bearer {key.key}"}
    document, job = added.json()["document_id"], added.json()["job_id"]
    assert writer.get(f"/documents/{document}").headers["Cache-Control"] == "private, no-store"
    assert writer.get(f"/documents/{document}", headers=reads).status_code == 404
    for path in ("/jobs", f"/jobs/{job}"):
        assert "Secret" in writer.get(path).text
        assert "Secret" not in writer.get(path, headers=reads).text


def test_on_this_machine_forms_of_other_sites_are_refused_too(database_url: str) -> None:
    service: TestClient[ASGIApp]
    with local(database_url) as service:
        service.follow_redirects = False
        own = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
        assert service.post("/add", files={"text": (None, TEXT)}, headers=own).status_code == 303
        other = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
        assert service.post("/add", files={"text": (None, TEXT)}, headers=other).status_code == 403

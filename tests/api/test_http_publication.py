"""Editors see drafts, publish and withdraw them; whoever may not has nothing of a draft from any operation or page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from msgspec import convert, json
from sqlalchemy import Engine

from api.mcp.server import TOOLS
from api.mcp.tools import CannotAnswer
from api.settings import Settings
from schemas.jobs import Scope
from store.addresses import AddressRow
from store.engine import connect, writing
from store.keys import create_key
from store.watches import WatchRow
from tests.api.conftest import KEY, Client, running
from tests.api.described import APP
from tests.api.test_auth_matrix import routes
from tests.conftest import new_database
from tests.store.invented import T0, add, hexed
from worker.rebuild import rebuild

REASON = "wombat said otherwise"
NOTE = "The duty falls to 2 per cent."
EDITOR = {"Authorization": f"Bearer {KEY}"}


@contextmanager
def reviewed(url: str) -> Iterator[Client]:
    """A client with the key of a service of which editors publish everything."""
    settings = Settings(database_url=url, auth="required", admin_key=KEY, publish="reviewed")
    with running(settings) as client:
        yield client


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url, reviewed=True)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(database_url: str, engine: Engine) -> Iterator[Client]:
    """A service with one draft, of which nothing is published."""
    rebuild(engine, add(engine, "plain"))
    with reviewed(database_url) as client:
        yield client


def only_draft(desk: Client) -> Any:
    [draft] = desk.get("/v1/drafts").json()["items"]
    return draft


def publish(desk: Client, id: str, **asked: Any) -> Any:
    tag = desk.get(f"/v1/briefings/{id}/draft").headers["ETag"]
    return desk.post(f"/v1/briefings/{id}/publication", json=asked, headers={"If-Match": tag})


def test_an_editor_publishes_what_was_made(desk: Client, engine: Engine) -> None:
    draft = only_draft(desk)
    id = draft["briefing"]["id"]
    assert (draft["briefing"]["status"], draft["published_revision"]) == ("draft", None)
    assert desk.get(f"/v1/briefings/{id}").status_code == 404
    whole = desk.get(f"/v1/briefings/{id}/draft")
    assert (whole.json()["status"], whole.headers["Cache-Control"]) == ("draft", "private, no-store")
    assert desk.get(f"/v1/briefings/{id}/draft/diff").status_code == 404

    done = publish(desk, id, note=NOTE)
    assert done.json() == {
        "briefing": desk.get("/v1/briefings").json()["items"][0],
        "publish_at": None,
    }
    assert desk.get("/v1/drafts").json()["items"] == []
    told = desk.get(f"/v1/briefings/{id}").json()
    assert (told["status"], told["revision"], told["note"]["text"]) == ("published", 1, NOTE)
    assert (told["note"]["kind"], told["note"]["by"]) == ("update", "key_0000000000000000")

    rebuild(engine, add(engine, "more"))
    after = desk.get(f"/v1/briefings/{id}/draft/diff").json()
    assert (after["from"], after["to"]) == (1, 2)
    assert [one["id"] for one in after["added"] if one["kind"] == "source"] == [hexed("more")]


def test_an_editor_publishes_what_was_seen_and_once(desk: Client, engine: Engine) -> None:
    id = only_draft(desk)["briefing"]["id"]
    address = f"/v1/briefings/{id}/publication"
    blind = desk.post(address, json={})
    assert (blind.status_code, blind.json()["type"]) == (428, "/problems/precondition-required")
    seen = desk.get(f"/v1/briefings/{id}/draft").headers["ETag"]
    rebuild(engine, add(engine, "more"))
    late = desk.post(address, json={}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["type"]) == (412, "/problems/precondition-failed")
    headers = {
        "If-Match": desk.get(f"/v1/briefings/{id}/draft").headers["ETag"],
        "Idempotency-Key": "once",
    }
    first, again = (desk.post(address, json={}, headers=headers) for _ in range(2))
    assert first.json() == again.json() and again.headers["Idempotency-Replayed"] == "true"
    nothing = desk.post(address, json={}, headers={"If-Match": seen})
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/undecidable")


def test_a_draft_waits_for_its_time(desk: Client) -> None:
    id = only_draft(desk)["briefing"]["id"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    waiting = publish(desk, id, publish_at=tomorrow, note=NOTE).json()
    assert (waiting["briefing"]["status"], waiting["publish_at"]) == ("draft", tomorrow)
    assert only_draft(desk)["publish_at"] == tomorrow and only_draft(desk)["note"]["text"] == NOTE
    assert desk.get("/v1/briefings").json()["items"] == []


def test_readers_are_told_of_a_correction_and_of_a_withdrawal(desk: Client) -> None:
    id = only_draft(desk)["briefing"]["id"]
    publish(desk, id)
    page = f"/v1/briefings/{id}"
    [due] = desk.get(page).json()["deadlines"]
    address = f"/v1/facts/{due['id']}"
    fact = desk.get(f"{address}/draft")
    assert fact.json() == desk.get(address).json()
    decision = {"verdict": "corrected", "values": {"date": "2031-09"}, "reason": "It was moved."}
    decided = desk.patch(address, json=decision, headers={"If-Match": fact.headers["ETag"]})
    assert decided.json()["item"]["date"]["edtf"] == "2031-09"
    assert desk.get(f"{address}/draft").json() == decided.json() != desk.get(address).json()
    publish(desk, id, note=NOTE, correction=True)
    told = desk.get(page)
    assert told.json()["note"]["kind"] == "correction"

    feed = desk.get("/v1/briefings.feed.json").json()["items"][0]
    assert feed["title"].startswith("Correction: ") and f"<p>Correction: {NOTE}</p>" in feed["content_html"]
    assert f"Correction: {NOTE}" in desk.get(f"/briefings/{id}").text
    assert f"Correction: {NOTE}" in desk.get(page, headers={"Accept": "text/markdown"}).text
    for form in ("text/markdown", "text/html", "text/plain"):
        letter = desk.get("/v1/digest?since=2020-01-01", headers={"Accept": form}).text
        assert f"Correction: {NOTE}" in letter.replace("\n", " ")

    until = desk.get("/v1/digest?since=2020-01-01").json()["until"]
    note = {"note": "Its source was forged."}
    gone = desk.post(f"{page}/withdrawal", json=note, headers={"If-Match": told.headers["ETag"]})
    assert (gone.json()["briefing"]["status"], gone.json()["briefing"]["revision"]) == ("withdrawn", 3)
    assert desk.get("/v1/briefings").json()["items"] == []
    feed = desk.get("/v1/briefings.feed.json?party=NO").json()["items"][0]
    assert (
        feed["title"].startswith("Withdrawn: ")
        and f"<p>Withdrawn: {note['note']}</p>" in feed["content_html"]
    )
    removal = next(one for one in desk.get("/v1/changes").json()["items"] if one["id"] == id)
    assert (removal["change"], removal["note"]["text"]) == ("removed", note["note"])
    assert f"Withdrawn: {note['note']}" in desk.get(f"/briefings/{id}").text
    letter = desk.get(f"/v1/digest?since={until}&parties=NO", headers={"Accept": "text/plain"}).text
    assert f"Withdrawn: {note['note']}" in letter and NOTE not in letter
    assert only_draft(desk)["briefing"]["revision"] == 4


def test_an_editor_decides_about_rounds_that_are_drafts(desk: Client, engine: Engine) -> None:
    rebuild(engine, add(engine, "kava", ("FJ", "TO")))
    ids = [one["briefing"]["id"] for one in desk.get("/v1/drafts").json()["items"]]
    decided = desk.post(
        f"/v1/briefings/{ids[0]}/merge", json={"briefing_ids": ids[1:], "reason": "One round."}
    )
    assert [one["status"] for one in decided.json()["briefings"]] == ["draft"]
    assert [one["briefing"]["id"] for one in desk.get("/v1/drafts").json()["items"]] == ids[:1]
    assert desk.get(f"/v1/briefings/{ids[0]}/decisions").json()["items"][0] == decided.json()["decision"]


WORDS = ("zebrafinch", "quokka", "wombat")
"""They stand in drafts alone: of a document, of a party's talks, and of an editor's reason."""


def test_an_editor_reviews_what_is_a_draft(desk: Client) -> None:
    id = only_draft(desk)["briefing"]["id"]
    first = desk.get("/v1/reviews/queue").json()["items"][0]
    fact = first["found"]["item"]["id"]
    assert first["found"]["item"]["briefing_id"] == id
    asked = {"verdict": "accepted", "reason": "It says so."}
    done = desk.patch(f"/v1/facts/{fact}", json=asked, headers={"If-Match": first["etag"]})
    assert done.status_code == 200
    assert fact not in [one["found"]["item"]["id"] for one in desk.get("/v1/reviews/queue").json()["items"]]
    tag = desk.get(f"/v1/briefings/{id}/draft").headers["ETag"]
    order = {"fact_ids": [fact], "reason": "It comes first."}
    pinned = desk.put(f"/v1/briefings/{id}/pinned", json=order, headers={"If-Match": tag})
    assert (pinned.status_code, pinned.json()["pinned"]) == (200, [fact])
    assert desk.put(f"/v1/briefings/{id}/pinned", json=order, headers={"If-Match": tag}).status_code == 412
    assert pinned.headers["ETag"] == desk.get(f"/v1/briefings/{id}/draft").headers["ETag"]
    assert desk.get(f"/v1/facts/{fact}").status_code == 404
    assert desk.get("/review").status_code == 200
    publish(desk, id)
    assert desk.get(f"/v1/briefings/{id}").json()["pinned"] == [fact]


def test_whoever_may_not_publish_has_nothing_of_a_draft(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = new_database("sqlite", request, tmp_path_factory.mktemp("leaks"))
    engine = connect(url, reviewed=True)
    [id] = rebuild(engine, add(engine, "plain"))
    scopes: list[Scope] = ["briefings:read", "documents:write"]
    reader = {"Authorization": f"Bearer {create_key(engine, name='reader', scopes=scopes).key}"}
    with reviewed(url) as desk:
        publish(desk, id)
        assert rebuild(engine, add(engine, "zebrafinch")) == [id]
        [hidden] = rebuild(engine, add(engine, "quokka", ("FJ", "TO")))
        facts = [
            one
            for each in (id, hidden)
            for one in desk.get(f"/v1/briefings/{each}/draft").json()["deadlines"]
        ]
        for fact in facts:
            if fact["what"] == "quokka":
                address = f"/v1/facts/{fact['id']}"
                tag = desk.get(f"{address}/draft").headers["ETag"]
                body = {"verdict": "rejected", "reason": REASON}
                assert desk.patch(address, json=body, headers={"If-Match": tag}).status_code == 200
        watch, fetch = f"wch_{'0' * 16}", f"fetch-{'0' * 32}"
        with writing(engine) as session:
            at: dict[str, Any] = {"host": "talks.example", "created_at": T0, "due_at": None}
            session.add(WatchRow(id=watch, url="https://talks.example/feed", every=900, **at))
            about: dict[str, Any] = {
                "title": "Talks on quokka",
                "document_id": hexed("quokka"),
                "about": b"{}",
            }
            session.add(AddressRow(id=fetch, url="https://talks.example/1", watch_id=watch, **about, **at))
        values = {
            "watch_id": [watch],
            "job_id": [fetch],
            "id_or_slug": [id, hidden],
            "document_id": [hexed(name) for name in ("plain", "zebrafinch", "quokka")],
            "fact_id": [fact["id"] for fact in facts],
            "negotiation_id": ["cl_no", "fj_to"],
            "revision": ["2"],
        }
        asked = list(_everything(values))
        assert len(asked) > 80
        for address in asked:
            # What an editor was answered is kept for nobody else.
            desk.get(address, headers=EDITOR)
            answer = desk.get(address, headers=reader)
            assert answer.status_code < 500, address
            assert _leaks(answer.text + str(answer.headers), address, hidden) == [], address
        for name, given, told in _what_agents_are_told(engine, [id, hidden]):
            assert _leaks(told, str(given), hidden) == [], name
        for word in WORDS:
            found = desk.get(f"/v1/search?q={word}", headers=reader)
            assert found.json()["items"] == []

        publish(desk, id)
        publish(desk, hidden)
        shown = desk.get("/v1/documents", headers=reader).text
        assert all(word in shown for word in WORDS[:2])
    engine.dispose()


def _leaks(told: str, asked: str, hidden: str) -> list[str]:
    """The words of a draft that an answer has and that were not in what was asked; `hidden` is an id."""
    return [word for word in (*WORDS, hidden) if word in told and word not in asked]


MORE = [
    "/v1/search?q=salmon",
    "/?q=salmon",
    "/v1/digest?since=2000-01-01T00:00:00Z",
    "/digest?since=2000-01-01T00:00:00Z",
    *(f"/v1/export?of={of}" for of in ("briefings", "facts", "changes")),
    *(f"/v1/briefings?status={status}" for status in ("draft", "published", "withdrawn")),
    f"/v1/briefings?document_id={hexed('zebrafinch')}",
    f"/v1/deadlines?document_id={hexed('quokka')}",
    "/v1/deadlines?party=FJ",
]


def _everything(values: dict[str, list[str]]) -> Iterator[str]:
    """Every address that can be got, with these values in it."""
    for path, handler in routes(APP):
        if "GET" not in handler.http_methods or path.startswith(("/openapi", "/docs")):
            continue
        names = re.findall(r"{(\w+)}", path)
        known = [values.get(name, ["nothing-of-the-kind"]) for name in names]
        for chosen in product(*known):
            yield path.format(**dict(zip(names, chosen, strict=True)))
    yield from MORE


def _what_agents_are_told(engine: Engine, briefings: list[str]) -> Iterator[tuple[str, Any, str]]:
    """Each tool with what it was asked, and what it said."""
    of_briefings = [{"briefing": one} for one in briefings]
    given: dict[str, list[dict[str, Any]]] = {
        "find_briefings": [{}, {"words": "salmon"}],
        "read_briefing": [
            {**of, "part": part} for of in of_briefings for part in ("overview", "deadlines", "sources")
        ],
        "verify_quotation": [{"words": "the salmon duty of 15 per cent lapses"}],
        "compare_sources": of_briefings,
    }
    for name, tool in TOOLS.items():
        for asked in given.get(name, [{}, *of_briefings]):
            try:
                told = json.encode(tool.call(engine, convert(asked, tool.asked))).decode()
            except CannotAnswer as error:
                told = str(error)
            yield name, asked, told

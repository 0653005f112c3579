"""Issues of a newsletter: a digest edited, frozen, read and subscribed to; and saved topics."""

from collections.abc import Iterator
from typing import Any

import feedparser
import pytest
from icalendar import Calendar

from tests.api.conftest import Client, serving
from tests.api.filled import OTHER, fill
from tests.store.invented import BRIEFING, fact

DAYS = {"since": "2031-01-01T00:00:00Z", "date_from": "2031-01-01"}
PROTOCOL, DATA = (str(fact(name)["id"]) for name in ("Sign the protocol", "Data"))


@pytest.fixture
def desk(database_url: str) -> Iterator[Client]:
    """A client of a database with two briefings, for tests that write."""
    fill(database_url)
    with serving(database_url) as client:
        yield client


def frozen(desk: Client, **new: Any) -> dict[str, Any]:
    answer = desk.post("/v1/issues", json=DAYS | {"title": "The week"} | new)
    assert answer.status_code == 201, answer.text
    issue: dict[str, Any] = answer.json()
    return issue


def as_markdown(desk: Client, issue: dict[str, Any]) -> str:
    return desk.get(f"/v1/issues/{issue['id']}", headers={"Accept": "text/markdown"}).text


def test_an_issue_is_the_digest_as_it_was_when_it_was_frozen(desk: Client) -> None:
    asked = {"since": DAYS["since"], "date_from": DAYS["date_from"], "parties": "NO", "limit": "100"}
    digest = desk.get("/v1/digest", params=asked).json()
    answer = desk.post("/v1/issues", json=DAYS | {"title": "The week", "parties": ["NO"]})
    issue = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/issues/{issue['id']}")
    assert (issue["title"], issue["digest"]) == ("The week", digest)
    again = desk.get(answer.headers["Location"])
    assert again.json() == issue
    assert again.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_issues_are_listed_newest_first(desk: Client) -> None:
    first, second = frozen(desk, title="First"), frozen(desk, title="Second", introduction="Hello.")
    page = desk.get("/v1/issues?limit=1").json()
    assert page["items"] == [
        {
            "id": second["id"],
            "title": "Second",
            "introduction": "Hello.",
            "topic_id": None,
            "parties": [],
            "topics": [],
            "query": None,
            "since": second["digest"]["since"],
            "until": second["digest"]["until"],
            "by": second["by"],
            "created_at": second["created_at"],
        }
    ]
    (other,) = desk.get(f"/v1/issues?cursor={page['next_cursor']}").json()["items"]
    assert other["id"] == first["id"]


def test_what_an_editor_drops_is_nowhere_in_the_issue(desk: Client) -> None:
    issue = frozen(desk, drop=[OTHER, DATA])
    assert [one["id"] for one in issue["digest"]["briefings"]] == [BRIEFING]
    assert [one["fact_ids"] for one in issue["digest"]["deadlines"]] == [[PROTOCOL]]
    assert "Kava" not in as_markdown(desk, issue)


def test_what_an_editor_puts_first_comes_first_where_it_is_shown(desk: Client) -> None:
    plain, turned = as_markdown(desk, frozen(desk)), as_markdown(desk, frozen(desk, order=[PROTOCOL]))
    assert plain.index("Data") < plain.index("Sign the protocol")
    assert turned.index("Sign the protocol") < turned.index("Data")
    salmon = as_markdown(desk, frozen(desk, order=[BRIEFING]))
    assert salmon.index("## [Salmon]") < salmon.index("## [Kava]")


@pytest.mark.parametrize("form", ["text/markdown", "text/html", "text/plain", "application/json"])
def test_the_introduction_and_the_notes_are_in_every_form(desk: Client, form: str) -> None:
    notes = [{"id": PROTOCOL, "text": "We shall be there."}, {"id": BRIEFING, "text": "A long way."}]
    issue = frozen(desk, introduction="Dear readers,\n\nsalmon <again>.", notes=notes)
    told = desk.get(f"/v1/issues/{issue['id']}", headers={"Accept": form})
    assert told.headers["Content-Type"].startswith(form)
    for words in ("Dear readers,", "We shall be there.", "A long way."):
        assert words in told.text
    assert "<again>" not in told.text or form in ("text/plain", "application/json")


def test_what_is_not_in_the_digest_cannot_be_edited(desk: Client) -> None:
    unknown = "fct_0000000000000000"
    for given, pointer in (
        ({"drop": [unknown]}, "/drop/0"),
        ({"order": [BRIEFING, unknown]}, "/order/1"),
        ({"notes": [{"id": unknown, "text": "Why?"}]}, "/notes/0/id"),
        ({"date_from": "2031-02-30"}, "/date_from"),
    ):
        answer = desk.post("/v1/issues", json=DAYS | {"title": "The week"} | given)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert desk.get("/v1/issues").json()["items"] == []


def test_a_digest_that_nobody_has_looked_at_is_not_frozen(desk: Client) -> None:
    seen = desk.get("/v1/digest", params={"since": DAYS["since"]}).json()["until"]
    assert frozen(desk, until=seen)["digest"]["until"] == seen
    answer = desk.post("/v1/issues", json=DAYS | {"title": "Late", "until": "2031-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/digest-changed")


def test_the_next_issue_begins_where_the_last_one_of_the_same_ended(desk: Client) -> None:
    salmon = frozen(desk, parties=["NO", "CL"])
    following = desk.post("/v1/issues", json={"title": "Next", "parties": ["CL", "NO"]}).json()
    assert following["digest"]["since"] == salmon["digest"]["until"]
    assert following["digest"]["changes"] == []
    digest = desk.get("/v1/digest?since_issue=last&parties=NO,CL").json()
    assert digest["since"] == salmon["digest"]["until"]
    assert desk.get(f"/v1/digest?since_issue={salmon['id']}").json()["since"] == digest["since"]
    kava = desk.get("/v1/digest?since_issue=last&parties=FJ").json()
    assert kava["since"] == desk.get("/v1/digest?parties=FJ").json()["since"]
    unknown = desk.get("/v1/digest?since_issue=iss_0000000000000000")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "since_issue")


def test_an_issue_sent_twice_with_one_key_is_frozen_once(desk: Client) -> None:
    new, key = DAYS | {"title": "Once"}, {"Idempotency-Key": "monday"}
    first, second = (desk.post("/v1/issues", json=new, headers=key) for _ in range(2))
    assert (second.json(), second.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert len(desk.get("/v1/issues").json()["items"]) == 1


def test_issues_are_feeds(desk: Client) -> None:
    first = frozen(desk, title="First <1>", introduction="Hello.")
    second = frozen(desk, title="Second", notes=[{"id": PROTOCOL, "text": "We shall be there."}])
    answer = desk.get("/v1/issues.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.content)
    assert (found.bozo, [entry.title for entry in found.entries]) == (False, ["Second", "First <1>"])
    assert [entry.link for entry in found.entries] == [
        f"http://readout.test/v1/issues/{one['id']}" for one in (second, first)
    ]
    assert "We shall be there." in found.entries[0].summary and "Hello." in found.entries[1].summary
    feed = desk.get("/v1/issues.feed.json")
    assert feed.headers["Content-Type"] == "application/feed+json"
    assert [(one["id"], one["content_html"]) for one in feed.json()["items"]] == [
        (entry.id, entry.summary) for entry in found.entries
    ]


def test_feeds_of_issues_take_the_key_as_a_password(desk: Client) -> None:
    key = desk.headers.pop("Authorization").removeprefix("Bearer ")
    for path in ("/v1/issues.atom", "/v1/issues.feed.json"):
        assert desk.get(path).status_code == 401
        assert desk.get(path, auth=("anyone", key)).status_code == 200


def saved(desk: Client, **new: Any) -> str:
    answer = desk.post("/v1/topics", json={"name": "Kava"} | new)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_topic_stands_for_its_parties_and_topics(desk: Client) -> None:
    topic = saved(desk, parties=["FJ"])
    whole = desk.get("/v1/digest", params=DAYS | {"parties": "FJ"}).json()
    assert desk.get("/v1/digest", params=DAYS | {"topic_id": topic}).json() == whole
    feed = feedparser.parse(desk.get(f"/v1/briefings.atom?topic_id={topic}").content)
    assert [entry.title for entry in feed.entries] == ["Kava"]
    calendar = Calendar.from_ical(desk.get(f"/v1/deadlines.ics?topic_id={topic}").content)
    assert [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")] == ["Fiji–Tonga: Kava quota"]


def test_topics_at_stake_narrow_the_digest_the_feed_and_the_calendar(desk: Client) -> None:
    topic = saved(desk, topics=["currency"])
    assert desk.get("/v1/digest", params=DAYS | {"topic_id": topic}).json()["briefings"] == []
    assert feedparser.parse(desk.get(f"/v1/briefings.atom?topic_id={topic}").content).entries == []
    assert b"VEVENT" not in desk.get(f"/v1/deadlines.ics?topic_id={topic}").content


def test_issues_of_a_topic_follow_one_another(desk: Client) -> None:
    topic = saved(desk, parties=["FJ"])
    issue = frozen(desk, topic_id=topic)
    assert [one["title"] for one in issue["digest"]["briefings"]] == ["Kava"]
    frozen(desk)
    assert [one["id"] for one in desk.get(f"/v1/issues?topic_id={topic}").json()["items"]] == [issue["id"]]
    following = desk.post("/v1/issues", json={"title": "Next", "topic_id": topic}).json()
    assert following["digest"]["since"] == issue["digest"]["until"]


def test_topics_are_listed_and_deleted(desk: Client) -> None:
    topic = saved(desk, parties=["FJ"], topics=["tariffs"])
    (listed,) = desk.get("/v1/topics").json()["items"]
    assert listed == desk.get(f"/v1/topics/{topic}").json()
    assert (listed["name"], listed["parties"], listed["topics"]) == ("Kava", ["FJ"], ["tariffs"])
    assert desk.delete(f"/v1/topics/{topic}").status_code == 204
    assert desk.delete(f"/v1/topics/{topic}").status_code == 404
    answer = desk.get(f"/v1/deadlines.ics?topic_id={topic}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "topic_id")


def test_words_narrow_whatever_takes_a_topic(desk: Client) -> None:
    """As the search takes them: all of them, in any form, in one part of a briefing."""
    for words, parties in (
        ("kava quotas", ["FJ", "TO"]),
        ('"Salmon duties"', ["NO", "CL"]),
        ("kava duties", None),
    ):
        topic = saved(desk, query=words)
        titles = [] if parties is None else ["Kava" if "FJ" in parties else "Salmon"]
        digest = desk.get("/v1/digest", params=DAYS | {"topic_id": topic}).json()
        assert ([one["title"] for one in digest["briefings"]], digest["query"]) == (titles, words)
        assert {one["briefing_title"] for one in digest["deadlines"]} == set(titles)
        feed = desk.get(f"/v1/briefings.feed.json?topic_id={topic}").json()["items"]
        assert [(one["title"], one["tags"]) for one in feed] == [(title, parties) for title in titles]
        calendar = Calendar.from_ical(desk.get("/v1/deadlines.ics", params={"q": words}).content)
        events = {str(event["SUMMARY"]).partition(":")[0] for event in calendar.walk("VEVENT")}
        assert events == ({"Fiji–Tonga"} if "Kava" in titles else {"Norway–Chile"} if titles else set())


def test_issues_of_the_same_words_follow_one_another(desk: Client) -> None:
    issue = frozen(desk, query="kava")
    assert "Kava" in as_markdown(desk, issue) and "Salmon" not in as_markdown(desk, issue)
    assert desk.get("/v1/issues").json()["items"][0]["query"] == "kava"
    following = desk.get("/v1/digest?since_issue=last&q=kava").json()
    assert following["since"] == issue["digest"]["until"]
    assert desk.get("/v1/digest?since_issue=last&q=salmon").json()["since"] != following["since"]

"""The digest, and what calendars and feed readers subscribe to."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import feedparser
import pytest
from icalendar import Calendar
from msgspec.structs import replace

from api.settings import Settings
from schemas import Briefing, Position, fuzzy_date
from store.engine import connect
from store.keys import create_key
from tests.api.conftest import AUTHORIZED, Client, running, serving
from tests.api.filled import OTHER, second
from tests.store.invented import (
    BRIEFING,
    T0,
    add,
    briefing,
    deadline,
    delegate,
    delegation,
    fact,
    figure,
    hexed,
    save,
    stake,
)
from worker.rebuild import rebuild

BASE = "http://readout.test"
SALMON = {
    "briefing_id": BRIEFING,
    "briefing_title": "Salmon",
    "briefing_page": f"{BASE}/briefings/{BRIEFING}",
}
KAVA = {"briefing_id": OTHER, "briefing_title": "Kava", "briefing_page": f"{BASE}/briefings/{OTHER}"}


def source(name: str) -> dict[str, Any]:
    return {
        "document_id": hexed(name),
        "title": f"Talks, {name}",
        "publisher": None,
        "url": None,
        "page": f"{BASE}/documents/{hexed(name)}#c3",
        "exact": "lapse",
    }


def fact_id(name: str) -> str:
    return str(fact(name)["id"])


def digest(client: Client, **asked: str) -> Any:
    answer = client.get("/v1/digest", params={"date_from": "2031-01-01", **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()


def texts(sentences: list[dict[str, Any]]) -> list[str]:
    return [sentence["text"] for sentence in sentences]


def test_a_digest(client: Client) -> None:
    since = (T0 + timedelta(hours=2)).isoformat()
    assert digest(client, since=since, date_to="2031-03-31") == {
        "since": "2031-03-01T14:00:00Z",
        "until": "2031-03-02T12:00:00Z",
        "parties": [],
        "topics": [],
        "query": None,
        "length": "standard",
        "date_from": "2031-01-01",
        "date_to": "2031-03-31",
        "briefings": [
            {
                "id": OTHER,
                "title": "Kava",
                "headline": None,
                "headline_sources": [],
                "status": "published",
                "note": None,
                "page": f"{BASE}/briefings/{OTHER}",
                "revision": 1,
                "from_revision": None,
            }
        ],
        "changes": [
            {
                **KAVA,
                "text": "1 May 2031: Kava quota.",
                "fact_ids": [fact_id("Kava quota")],
                "sources": [source("b")],
                "change": "added",
                "kind": "deadline",
                "salience": 0.0,
            }
        ],
        "deadlines": [
            {
                **SALMON,
                "text": "March 2031: Data.",
                "fact_ids": [fact_id("Data")],
                "sources": [source("a")],
                "date": client.get("/v1/deadlines").json()["items"][0]["date"],
                "kind": "data_release",
                "status": "pending",
            }
        ],
        "conflicts": [],
        "briefings_left_out": 0,
        "deadlines_left_out": 0,
    }


def test_what_changed_is_told_from_the_revision_at_that_moment(client: Client) -> None:
    found = digest(client, since=(T0 + timedelta(minutes=30)).isoformat(), parties="NO")
    assert [(one["from_revision"], one["revision"]) for one in found["briefings"]] == [(1, 2)]
    assert texts(found["changes"]) == [
        "March 2031: Data.",
        "Tariffs: Salmon duties.",
        "Services digital: Port fees.",
        "fifteen: “lapse”",
        "twelve: “lapse” (as read by the model).",
        "two: “lapse”",
        "Ana Example, Trade Minister, for Norway.",
        "Ben Beispiel, Trade Minister, for Chile.",
        "14 March 2031: Round two.",
        "“soon”: Next round.",
        "Ana Example: “We will sign”",
        "Ben Beispiel: They are close.",
    ]


def test_sources_that_disagree(client: Client) -> None:
    (found,) = digest(client, since="2031-01-01", parties="NO")["conflicts"]
    assert found == {
        **SALMON,
        "text": "Sources disagree on the duty: fifteen versus twelve.",
        "fact_ids": [fact_id("fifteen"), fact_id("twelve")],
        "sources": [source("a")],
        "about": "the duty",
        "sides": [
            {"value": "fifteen", "sources": [source("a")]},
            {"value": "twelve", "sources": [source("a")]},
        ],
        "conflict_id": f"cfl_{hexed('the duty')[:16]}",
        "kind": "value",
        "new": True,
        "settlement": None,
    }


def test_a_new_briefing_is_told_by_its_summary(client: Client) -> None:
    found, *figures = digest(client, since="2031-01-01", parties="NO")["changes"]
    assert {one["kind"] for one in figures} == {"figure"}
    assert (found["text"], found["kind"], found["fact_ids"]) == (
        "Salmon duties would fall.",
        "briefing",
        [fact_id("fifteen")],
    )


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, ["Kava", "Salmon"]),
        ({"parties": "FJ"}, ["Kava"]),
        ({"parties": "FJ,CL"}, ["Kava", "Salmon"]),
        ({"parties": "F"}, None),
        ({"parties": "DE"}, []),
        ({"topics": "tariffs"}, ["Salmon"]),
        ({"topics": "tariffs,energy", "parties": "FJ,TO"}, []),
        ({"limit": "1"}, ["Kava"]),
    ],
)
def test_a_digest_is_of_the_parties_and_topics_that_one_follows(
    client: Client, asked: dict[str, str], titles: list[str] | None
) -> None:
    answer = client.get("/v1/digest", params={"since": "2031-01-01", "date_from": "2031-01-01", **asked})
    if titles is None:
        assert answer.json()["errors"][0]["pointer"] == "parties"
        return
    found = answer.json()
    assert [one["title"] for one in found["briefings"]] == titles
    assert {one["briefing_title"] for one in found["deadlines"]} <= {*titles, "Salmon"}
    assert found["briefings_left_out"] == (1 if asked == {"limit": "1"} else 0)


def test_other_stakes_are_no_news_for_whoever_follows_a_topic(client: Client) -> None:
    found = digest(client, since=(T0 + timedelta(minutes=30)).isoformat(), topics="tariffs")
    stakes = [one["text"] for one in found["changes"] if one["kind"] == "stake"]
    assert stakes == ["Tariffs: Salmon duties."]


def changed_to(writer: Client, url: str, before: Briefing, after: Briefing) -> list[str]:
    """What a digest says of the way from one revision to the next."""
    engine = connect(url)
    document = add(engine, "a")
    rebuild(engine, document, save(before))
    rebuild(engine, document, save(replace(after, revision=2, updated_at=T0 + timedelta(hours=1))))
    engine.dispose()
    return texts(digest(writer, since=(T0 + timedelta(minutes=1)).isoformat())["changes"])


def test_new_facts_tell_measures_positions_offices_and_what_a_model_read(
    writer: Client, database_url: str
) -> None:
    duty = replace(
        figure("9 per cent", 9.0, "%"),
        previous_value=15.0,
        imposed_by="CL",
        applies_to=["NO"],
        effective=fuzzy_date("2031-07-01", "1 July"),
        proof="quoted",
    )
    wanted = Position(party="CL", ask=None, offer="a quota", red_line=None, evidence=fact("b")["evidence"])
    after = briefing(
        figures=[duty],
        stakes=[replace(stake("Fish.", "tariffs"), title="fish meal", positions=[wanted])],
        delegations=[delegation("NO", replace(delegate("x", "NO"), name=None))],
        deadlines=[replace(deadline("Ratification", None), date=None)],
    )
    assert changed_to(writer, database_url, briefing(), after) == [
        "day not told: Ratification.",
        "Fish meal: Chile offers: a quota.",
        "9 per cent (from 15 % to 9 %; imposed by Chile; on Norway; effective 1 July 2031): “lapse” "
        "(as read by the model).",
        "Trade Minister, not named, for Norway.",
    ]


def test_what_is_told_otherwise_is_told_in_words(writer: Client, database_url: str) -> None:
    duty = figure("9 per cent", 9.0, "%")
    due = deadline("The pause ends", "2031-04-01")
    after = briefing(
        figures=[
            replace(duty, previous_value=15.0, imposed_by="CL", applies_to=["NO", "FJ"], proof="quoted")
        ],
        deadlines=[replace(due, date=None, starts=fuzzy_date("2031-03-01", "1 March"))],
    )
    assert changed_to(writer, database_url, briefing(figures=[duty], deadlines=[due]), after) == [
        "day not told: The pause ends (starts 1 March 2031). Changed: date 1 April 2031 → none; start none → "
        "1 March 2031.",
        "9 per cent (from 15 % to 9 %; imposed by Chile; on Norway and Fiji): “lapse” (as read by the model). "
        "Changed: whom it falls on none → Norway and Fiji; imposed by none → Chile; previous value none → 15.",
    ]


def test_what_has_no_day_is_ahead_of_nobody_and_in_no_calendar(writer: Client, database_url: str) -> None:
    engine = connect(database_url)
    undated = replace(deadline("Ratification", None), date=None)
    due = replace(
        deadline("The pause ends", "2031-04-01"),
        starts=fuzzy_date("2031-03-01", "1 March"),
        proof="quoted",
    )
    rebuild(engine, add(engine, "a"), save(briefing(deadlines=[undated, due])))
    engine.dispose()
    told = "1 April 2031: The pause ends. Starts: 1 March 2031. As read by the model."
    assert texts(digest(writer)["deadlines"]) == [told]
    (event,) = events(writer.get("/v1/deadlines.ics").content).values()
    assert str(event["DESCRIPTION"]).startswith(f"{told}\nReported; pending.\nSalmon\n")
    assert [each["what"] for each in writer.get("/v1/deadlines").json()["items"]] == [
        "The pause ends",
        "Ratification",
    ]


def test_until_is_the_since_of_the_next_digest(client: Client) -> None:
    until = digest(client, since="2031-01-01")["until"]
    following = digest(client, since=until)
    assert (following["briefings"], following["until"]) == ([], until)


def test_a_day_is_its_beginning(client: Client) -> None:
    assert digest(client, since="2031-03-01")["since"] == "2031-03-01T00:00:00Z"


def test_deadlines_that_are_over_are_not_ahead(client: Client) -> None:
    assert texts(digest(client, date_from="2031-04-01")["deadlines"]) == [
        "1 April 2031: Sign the protocol.",
        "1 May 2031: Kava quota.",
    ]
    assert digest(client, limit="1", date_from="2031-04-01")["deadlines_left_out"] == 1


def test_without_parameters_it_is_of_the_last_week(client: Client) -> None:
    found = client.get("/v1/digest").json()
    today = date.fromisoformat(found["date_from"])
    assert found["since"] == f"{today - timedelta(days=7)}T00:00:00Z"


def test_a_day_that_no_calendar_has(client: Client) -> None:
    answer = client.get("/v1/digest?date_from=2031-02-30")
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        [{"pointer": "date_from", "detail": "'2031-02-30' is not a day of the calendar"}],
    )


SINCE = "since=2031-03-01T12:30:00Z&date_from=2031-05-01"


def test_a_digest_as_markdown(client: Client) -> None:
    answer = client.get(f"/v1/digest?{SINCE}&parties=FJ", headers={"Accept": "text/markdown"})
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.text == (
        f"# Trade talks, 1 to 2 March 2031\n\nFiji\n\n## [Kava]({BASE}/briefings/{OTHER}) (new)\n\n"
        "## Deadlines ahead\n\n"
        rf"- 1 May 2031: Kava quota. \[1\] ([proof]({BASE}/briefings/{OTHER}#{fact_id('Kava quota')}))"
        f"\n\n## Sources\n\n1. [Talks, b]({BASE}/documents/{hexed('b')})\n"
    )


def test_a_digest_as_text(client: Client) -> None:
    answer = client.get(f"/v1/digest?{SINCE}&parties=FJ", headers={"Accept": "text/plain"})
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == (
        "TRADE TALKS, 1 TO 2 MARCH 2031\n\nFiji\n\nKava (new)\n\nDEADLINES AHEAD\n\n- 1 May 2031: Kava quota. [1]\n\n"
        f"SOURCES\n\n[1] Talks, b\n{BASE}/documents/{hexed('b')}\n"
    )


def test_a_digest_for_a_mail(client: Client) -> None:
    """It brings its style with it, and loads and runs nothing."""
    answer = client.get(f"/v1/digest?{SINCE}", headers={"Accept": "text/html"})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<(?:script|img|link|iframe)\b|url\(|@import", answer.text)
    assert f'href="{BASE}/briefings/{OTHER}">Kava</a> · new</p>' in answer.text
    assert 'href="/' not in answer.text


def test_a_digest_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    etag = client.get(f"/v1/digest?{SINCE}").headers["ETag"]
    again = client.get(f"/v1/digest?{SINCE}", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_withdrawn_briefing_is_named(writer: Client, database_url: str) -> None:
    engine = connect(database_url)
    document, long_ago = add(engine, "a"), datetime(2001, 1, 1, tzinfo=UTC)
    rebuild(engine, document, save(replace(second(), revision=1, updated_at=long_ago)))
    rebuild(engine, document, save())
    engine.dispose()
    found = digest(writer, since="2002-01-01")
    assert [(one["title"], one["status"]) for one in found["briefings"]] == [("Salmon", "withdrawn")]
    assert (found["changes"], found["conflicts"]) == ([], [])


def events(body: bytes) -> dict[str, Any]:
    return {str(event["UID"]): event for event in Calendar.from_ical(body).walk("VEVENT")}


@pytest.mark.parametrize("path", ["/v1/deadlines", "/v1/deadlines.ics"])
def test_deadlines_are_a_calendar(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/calendar"})
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = events(answer.content)
    days = {
        str(event["SUMMARY"]): (event.decoded("DTSTART"), event.decoded("DTEND")) for event in found.values()
    }
    assert days == {
        "Norway–Chile: Data": (date(2031, 3, 1), date(2031, 4, 1)),
        "Norway–Chile: Sign the protocol": (date(2031, 4, 1), date(2031, 4, 2)),
        "Fiji–Tonga: Kava quota": (date(2031, 5, 1), date(2031, 5, 2)),
    }
    event = found[fact_id("Sign the protocol")]
    assert event.decoded("DTSTAMP") == event.decoded("LAST-MODIFIED") == T0
    assert str(event["URL"]) == f"{BASE}/briefings/{BRIEFING}#{fact_id('Sign the protocol')}"
    assert str(event["DESCRIPTION"]) == (
        "1 April 2031: Sign the protocol.\nReported; pending.\nSalmon\nSalmon duties would fall, says the paper.\n\n“lapse”\nTalks, a\n"
        f"{BASE}/documents/{hexed('a')}#c3"
    )
    assert [str(event[name]) for name in ("STATUS", "TRANSP")] == ["CONFIRMED", "TRANSPARENT"]
    assert str(found[fact_id("Data")]["STATUS"]) == "TENTATIVE"


def test_a_calendar_says_how_often_it_is_worth_asking(client: Client) -> None:
    answer = client.get("/v1/deadlines.ics?party=NO")
    found = Calendar.from_ical(answer.content)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in answer.content
    assert str(found["SOURCE"]) == f"{BASE}/v1/deadlines.ics?party=NO"


def test_a_calendar_takes_the_filters_of_the_list(client: Client) -> None:
    found = events(client.get("/v1/deadlines.ics?party=FJ&kind=signing").content)
    assert [str(event["SUMMARY"]) for event in found.values()] == ["Fiji–Tonga: Kava quota"]
    assert client.get("/v1/deadlines.ics?colour=red").status_code == 400


def test_a_calendar_of_a_page_tells_where_the_next_one_is(client: Client) -> None:
    first = client.get("/v1/deadlines?limit=2", headers={"Accept": "text/calendar"})
    path = first.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    rest = client.get(path, headers={"Accept": "text/calendar"})
    assert len(events(first.content) | events(rest.content)) == 3
    assert "Link" not in rest.headers


def test_an_event_is_the_whole_span_that_a_date_can_be(writer: Client, database_url: str) -> None:
    engine = connect(database_url)
    spans = {"year": "2031", "interval": "2031-01/2031-03", "open": "2031-06-01/..", "about": "2031-07-01~"}
    deadlines = [deadline(name, edtf) for name, edtf in spans.items()]
    rebuild(engine, add(engine, "a"), save(briefing(deadlines=deadlines)))
    engine.dispose()
    found = events(writer.get("/v1/deadlines.ics").content).values()
    assert {
        str(event["SUMMARY"]): (event.decoded("DTSTART").isoformat(), event.decoded("DTEND").isoformat())
        for event in found
    } == {
        "Norway–Chile: year": ("2031-01-01", "2032-01-01"),
        "Norway–Chile: interval": ("2031-01-01", "2031-04-01"),
        "Norway–Chile: open": ("2031-06-01", "2031-06-02"),
        "Norway–Chile: about": ("2031-07-01", "2031-07-02"),
    }


@pytest.mark.parametrize("path", ["/v1/briefings", "/v1/briefings.atom"])
def test_briefings_are_a_feed(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "application/atom+xml"})
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.content)
    assert (found.bozo, found.version, found.feed.updated) == (False, "atom10", "2031-03-02T12:00:00+00:00")
    assert [(entry.title, entry.link) for entry in found.entries] == [
        ("Kava", f"{BASE}/briefings/{OTHER}"),
        ("Salmon", f"{BASE}/briefings/{BRIEFING}"),
    ]
    salmon = found.entries[1]
    assert (salmon.published, salmon.updated) == ("2031-03-01T12:00:00+00:00", "2031-03-01T13:00:00+00:00")
    assert salmon.summary == (
        "<p><strong>Salmon duties would fall, says the paper "
        f'<a href="{BASE}/briefings/{BRIEFING}#{fact_id("fifteen")}">[1]</a></strong></p>'
        "<p>Norway – Chile · ministerial level · in progress</p>"
        "<p>Revision 2; deadlines: 3, conflicts: 1, sources: 1</p>"
        "<p>Salmon duties would fall. "
        f'<a href="{BASE}/briefings/{BRIEFING}#{fact_id("fifteen")}">[1]</a></p>'
    )


def test_the_json_feed_has_what_the_atom_feed_has(client: Client) -> None:
    answer = client.get("/v1/briefings.feed.json")
    assert answer.headers["Content-Type"] == "application/feed+json"
    found, atom = answer.json(), feedparser.parse(client.get("/v1/briefings.atom").content)
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["feed_url"] == f"{BASE}/v1/briefings.feed.json"
    assert [(one["id"], one["url"], one["title"], one["content_html"]) for one in found["items"]] == [
        (entry.id, entry.link, entry.title, entry.summary) for entry in atom.entries
    ]


def test_ids_of_a_feed_are_those_of_the_briefings_wherever_the_service_is(
    client: Client, filled_url: str
) -> None:
    with running(Settings(database_url=filled_url, auth="required", admin_key="rk_another")) as other:
        other.base_url = "http://elsewhere.test"
        answers = [
            client.get("/v1/briefings.atom"),
            other.get("/v1/briefings.atom", headers={"Authorization": "Bearer rk_another"}),
        ]
    here, there = (feedparser.parse(answer.content) for answer in answers)
    assert [entry.id for entry in here.entries] == [entry.id for entry in there.entries]
    assert there.entries[0].link == f"http://elsewhere.test/briefings/{OTHER}"


def test_a_feed_takes_the_filters_of_the_list(client: Client) -> None:
    found = feedparser.parse(client.get("/v1/briefings.atom?party=NO").content)
    assert [entry.title for entry in found.entries] == ["Salmon"]
    empty = client.get("/v1/briefings.atom?party=DE")
    assert feedparser.parse(empty.content).entries == []
    assert client.get("/v1/briefings.atom?party=DE").headers["ETag"] == empty.headers["ETag"]


@pytest.mark.parametrize("path", ["/v1/deadlines.ics", "/v1/briefings.atom", "/v1/briefings.feed.json"])
def test_what_is_subscribed_to_that_has_not_changed_is_not_sent_again(client: Client, path: str) -> None:
    etag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_characters_that_xml_and_calendars_refuse(writer: Client, database_url: str) -> None:
    engine = connect(database_url)
    odd = briefing(title="A\x0bB\x01 <C> & D", deadlines=[deadline("a;b,\\c\nd\x0c\x02e", "2031-01-01")])
    rebuild(engine, add(engine, "a"), save(odd))
    engine.dispose()
    assert feedparser.parse(writer.get("/v1/briefings.atom").content).entries[0].title == "A B <C> & D"
    (event,) = events(writer.get("/v1/deadlines.ics").content).values()
    assert str(event["SUMMARY"]) == "Norway–Chile: a;b,\\c d e"


@pytest.fixture
def reader(filled_url: str) -> str:
    """A key that may read."""
    engine = connect(filled_url)
    key = create_key(engine, name="calendar", scopes=["briefings:read"]).key
    engine.dispose()
    return key


@pytest.mark.parametrize("path", ["/v1/deadlines.ics", "/v1/briefings.atom", "/v1/briefings.feed.json"])
def test_programs_that_know_passwords_alone_bring_the_key_as_one(
    filled_url: str, reader: str, path: str
) -> None:
    with serving(filled_url) as client:
        del client.headers["Authorization"]
        asked = client.get(path)
        assert asked.status_code == 401
        assert asked.headers["WWW-Authenticate"] == (
            'Basic realm="readout", charset="UTF-8", Bearer realm="readout"'
        )
        assert client.get(path, auth=("anyone", reader)).status_code == 200
        assert client.get(path, auth=("anyone", "rk_wrong")).status_code == 401
        assert client.get(path, headers={"Authorization": "Basic ?"}).status_code == 401


@pytest.mark.parametrize("path", ["/v1/deadlines", "/v1/briefings", "/v1/digest", "/v1/keys"])
def test_nothing_else_takes_a_key_as_a_password(filled_url: str, reader: str, path: str) -> None:
    with serving(filled_url) as client:
        del client.headers["Authorization"]
        answer = client.get(path, auth=("anyone", reader))
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="readout"')


def test_a_key_in_an_address_is_refused(client: Client, reader: str) -> None:
    answer = client.get(f"/v1/deadlines.ics?key={reader}")
    assert answer.json()["type"] == "/problems/unknown-parameter"


def test_the_first_page_names_what_one_can_subscribe_to(client: Client) -> None:
    page = client.get("/", headers=AUTHORIZED).text
    assert (
        '<link rel="alternate" type="application/atom+xml" title="Briefings" href="/v1/briefings.atom">'
        in page
    )
    assert '<link rel="alternate" type="text/calendar" title="Deadlines" href="/v1/deadlines.ics">' in page

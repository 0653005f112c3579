"""Review over HTTP: an editor decides about a fact as it was seen, once, and everybody can see who did and why."""

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.documents.read import read
from store.engine import connect
from tests.api.conftest import Client, serving
from tests.api.test_http_rounds import bring_all, only_briefing
from tests.worker.rounds_archive import bring

REASON = "The ministry gave the figure by telephone."
ANOTHER = """What growers of fjords expect

Kari Moen and Rosa Vidal meet again: Chile and Norway opened trade talks in Oslo on 3 March 2031, growers say with hope. \
Chile's salmon tariff stands at 6%, and they pay it every week.
"""


@pytest.fixture
def api(database_url: str) -> Iterator[Client]:
    """A service whose database holds one round, of one document."""
    bring_all(database_url, "oslo")
    with serving(database_url) as client:
        yield client


def tariff(api: Client) -> str:
    [figure] = only_briefing(api)["figures"]
    return f"/v1/facts/{figure['id']}"


def decide(api: Client, address: str, verdict: str, **given: Any) -> Any:
    """The answer to a decision about the fact as it is now."""
    tag = given.pop("tag", None) or api.get(address).headers["ETag"]
    body = {"verdict": verdict, "reason": REASON, **given}
    return api.patch(address, json=body, headers={"If-Match": tag})


def test_a_correction_is_served_with_who_when_and_why(api: Client) -> None:
    address = tariff(api)
    answer = decide(api, address, "corrected", values={"value": 7})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == api.get(address).headers["ETag"]
    item = answer.json()["item"]
    review = item["review"]
    assert (item["value"], item["as_written"]) == (7.0, "7%")
    assert (review["verdict"], review["by"], review["note"], review["contradicted"]) == (
        *("corrected", "key_0000000000000000", REASON, False),
    )
    assert {"field": "value", "machine": 6.0, "editor": 7.0} in review["corrections"]
    assert api.get("/v1/figures").json()["items"] == [item]
    briefing = only_briefing(api)
    assert "6%" not in " ".join(sentence["text"] for sentence in briefing["summary"])
    [last, _] = api.get(f"/v1/briefings/{briefing['id']}/revisions").json()["items"]
    assert (last["cause"]["kind"], last["cause"]["reason"]) == ("reviewed", REASON)


def test_a_date_is_corrected_by_its_edtf(api: Client) -> None:
    [deadline] = only_briefing(api)["deadlines"]
    answer = decide(api, f"/v1/facts/{deadline['id']}", "corrected", values={"date": "2031-09"})
    date = answer.json()["item"]["date"]
    assert (date["edtf"], date["earliest"], date["latest"]) == ("2031-09", "2031-09-01", "2031-09-30")
    text = " ".join(sentence["text"] for sentence in only_briefing(api)["summary"])
    assert "August" not in text


def test_what_is_rejected_is_seen_where_it_is_asked_for_alone(api: Client) -> None:
    address = tariff(api)
    rejected = decide(api, address, "rejected").json()
    assert api.get("/v1/figures").json()["items"] == []
    assert "6%" not in " ".join(sentence["text"] for sentence in only_briefing(api)["summary"])
    assert api.get(address).json() == rejected
    assert rejected["item"]["evidence"][0]["exact"].startswith("Chile's salmon tariff")
    [record] = api.get(f"/v1/briefings/{only_briefing(api)['id']}/reviews").json()["items"]
    assert (record["standing"], record["decision"]["reason"], record["found"]) == ("holds", REASON, rejected)


def test_a_fact_that_changed_since_it_was_seen_is_left_alone(api: Client) -> None:
    address = tariff(api)
    seen = api.get(address).headers["ETag"]
    decide(api, address, "corrected", values={"value": 7})
    late = decide(api, address, "rejected", tag=seen)
    assert (late.status_code, late.json()["type"]) == (412, "/problems/precondition-failed")
    blind = api.patch(address, json={"verdict": "rejected", "reason": REASON})
    assert (blind.status_code, blind.json()["type"]) == (428, "/problems/precondition-required")
    assert api.get("/v1/figures").json()["items"][0]["value"] == 7.0


def test_a_request_that_is_sent_again_decides_once(api: Client) -> None:
    address = tariff(api)
    headers = {"If-Match": api.get(address).headers["ETag"], "Idempotency-Key": "one"}
    body = {"verdict": "accepted", "reason": REASON}
    first, again = (api.patch(address, json=body, headers=headers) for _ in range(2))
    assert (first.status_code, again.json()) == (200, first.json())
    assert len(api.get(f"/v1/briefings/{only_briefing(api)['id']}/reviews").json()["items"]) == 1


@pytest.mark.parametrize(
    ("verdict", "values", "detail"),
    [
        ("corrected", {}, "A correction needs a value."),
        ("corrected", {"evidence": []}, "`evidence` is no field of a figure that can be corrected."),
        ("corrected", {"value": "much"}, "Expected `float`, got `str` - at `$.value`."),
        ("accepted", {"value": 7}, "Values come with the verdict `corrected` alone."),
    ],
)
def test_a_value_that_does_not_fit_is_told(
    api: Client, verdict: str, values: dict[str, Any], detail: str
) -> None:
    answer = decide(api, tariff(api), verdict, values=values)
    assert (answer.status_code, answer.json()["type"], answer.json()["detail"]) == (
        *(422, "/problems/invalid-body", detail),
    )


def addition(document: str, quote: str, **fields: Any) -> Any:
    evidence = {"document_id": document, "quote": quote}
    return {"kind": "event", "fields": fields, "evidence": evidence, "reason": REASON}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_fact_is_added_by_its_words_and_proven_in_a_process_of_its_own(api: Client) -> None:
    before = only_briefing(api)
    quote = "Chile and Norway opened trade talks in Oslo on 3 March 2031."
    told = {"what": "opened trade talks in Oslo", "date": "3 March 2031", "status": "occurred"}
    body = addition(before["sources"][0]["document_id"], quote, **told)
    answer = api.post(f"/v1/briefings/{before['id']}/facts", json=body)
    assert answer.status_code == 201
    record, after = answer.json(), only_briefing(api)
    assert (record["standing"], record["decision"]["verdict"]) == ("holds", "added")
    item = record["found"]["item"]
    assert (item["review"]["note"], item["evidence"][0]["exact"], item["proof"]) == (REASON, quote, "full")
    assert item in after["events"]
    assert [len(one["events"]) for one in (before, after)] == [1, 1], "it says what the machine reads"
    [last, _] = api.get(f"/v1/briefings/{after['id']}/revisions").json()["items"]
    assert (last["cause"]["kind"], last["cause"]["reason"]) == ("reviewed", REASON)
    assert api.get(f"/v1/briefings/{after['id']}/reviews").json()["items"] == [record]


def test_a_fact_of_another_document_or_of_no_kind_is_refused(api: Client) -> None:
    address = f"/v1/briefings/{only_briefing(api)['id']}/facts"
    [document] = only_briefing(api)["sources"]
    of_another = api.post(address, json=addition("f" * 64, "words"))
    of_no_kind = api.post(address, json=addition(document["document_id"], "words") | {"kind": "rumour"})
    pointers = [answer.json()["errors"][0]["pointer"] for answer in (of_another, of_no_kind)]
    assert pointers == ["/evidence/document_id", "/kind"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_conflict_is_settled_as_it_was_seen_and_told_so(database_url: str) -> None:
    bring_all(database_url, "oslo", "other view")
    with serving(database_url) as client:
        [seen] = client.get("/v1/conflicts", params={"kind": "attribution"}).json()["items"]
        since = only_briefing(client)["updated_at"]
        right = seen["positions"][0]
        address = f"/v1/conflicts/{seen['id']}"
        assert client.get(address).json() == seen
        body = {"verdict": "settled", "fact_id": right["fact_ids"][0], "reason": REASON}
        assert client.patch(address, json=body).status_code == 428
        assert client.patch(address, json=body, headers={"If-Match": '"x"'}).status_code == 412
        tag = client.get(address).headers["ETag"]
        strange = client.patch(
            address, json=body | {"fact_id": "fct_ffffffffffffffff"}, headers={"If-Match": tag}
        )
        assert strange.json()["errors"][0]["pointer"] == "/fact_id"
        told = client.patch(address, json=body, headers={"If-Match": tag})
        assert (told.status_code, told.json()["resolution"]) == (200, right["value"])
        assert (told.json()["review"]["by"], told.json()["review"]["note"]) == (
            "key_0000000000000000",
            REASON,
        )
        assert (client.get(address).json(), client.get(address).headers["ETag"]) == (
            *(told.json(), told.headers["ETag"]),
        )
        briefing = only_briefing(client)
        assert [side["head"] for side in briefing["delegations"] if side["party"] == "NO"] == ["sole"]
        [record] = client.get(f"/v1/briefings/{briefing['id']}/reviews").json()["items"]
        assert (record["standing"], record["conflict"]) == ("holds", told.json())
        digest = client.get("/v1/digest", params={"since": since}).json()
        [sentence] = [one for one in digest["conflicts"] if one["conflict_id"] == seen["id"]]
        assert sentence["settlement"] == f"settled: {right['value']} ({REASON})"
        page = client.get(f"/briefings/{briefing['id']}", headers={"Accept": "text/html"}).text
        assert sentence["settlement"] in page


def test_a_text_is_edited_and_facts_are_pinned_as_they_were_seen(api: Client) -> None:
    briefing = only_briefing(api)
    address = f"/v1/briefings/{briefing['id']}"
    [tariff] = briefing["figures"]
    sentence = {"text": "Chile charges 7% on salmon.", "fact_ids": [tariff["id"]], "about": "background"}
    body = {"verdict": "edited", "summary": [sentence], "reason": REASON}
    assert api.patch(f"{address}/text", json=body).status_code == 428
    headers = {"If-Match": api.get(address).headers["ETag"]}
    refused = api.patch(f"{address}/text", json=body, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/summary/0")
    told = api.patch(f"{address}/text", json=body | {"unchecked": True}, headers=headers)
    assert (told.status_code, told.json()) == (200, only_briefing(api))
    [said] = told.json()["summary"]
    assert (said["by"], said["unproven"][0]) == ("editor", refused.json()["errors"][0]["detail"])
    assert told.json()["writing"]["review"]["note"] == REASON
    page = api.get(address, headers={"Accept": "text/markdown"})
    assert f"{sentence['text']} (The editor’s words.)" in page.text
    late = api.put(f"{address}/pinned", json={"fact_ids": [], "reason": REASON}, headers=headers)
    assert (late.status_code, late.json()["type"]) == (412, "/problems/precondition-failed")
    last = told.json()["events"][-1]["id"]
    pinned = api.put(
        f"{address}/pinned",
        json={"fact_ids": [last], "reason": REASON},
        headers={"If-Match": told.headers["ETag"]},
    )
    assert (pinned.json()["pinned"], pinned.json()["events"][0]["id"]) == ([last], last)
    verdicts = [one["decision"]["verdict"] for one in api.get(f"{address}/reviews").json()["items"]]
    assert verdicts == ["pinned", "edited"]


def test_there_is_nothing_to_decide_about_an_unknown_fact(api: Client) -> None:
    answer = decide(api, "/v1/facts/fct_ffffffffffffffff", "accepted", tag='"x"')
    assert answer.status_code == 404


def waiting(api: Client, query: str = "") -> Any:
    return api.get(f"/v1/reviews/queue{query}").json()


def test_what_waits_for_an_editor_is_listed_with_why_and_can_be_decided_about_at_once(api: Client) -> None:
    queued = waiting(api)["items"]
    assert [one["priority"] for one in queued] == sorted((one["priority"] for one in queued), reverse=True)
    tag = next(one for one in queued if one["found"]["kind"] == "figure")
    assert tag["found"] == api.get(tariff(api)).json()
    assert tag["reasons"] == ["one_origin"]
    assert tag["before"] == {"decided": 0, "mended": 0, "rate": 0.1}
    answer = decide(api, tariff(api), "corrected", values={"value": 7}, tag=tag["etag"])
    assert answer.status_code == 200
    assert [one["found"]["item"]["id"] for one in waiting(api)["items"]] == [
        one["found"]["item"]["id"] for one in queued if one is not tag
    ]


def test_the_queue_goes_on_from_page_to_page(api: Client) -> None:
    whole = waiting(api)["items"]
    page = waiting(api, "?limit=2")
    paged = page["items"]
    while page["next_cursor"]:
        page = waiting(api, f"?limit=2&cursor={page['next_cursor']}")
        paged += page["items"]
    assert paged == whole and len(whole) > 2


def test_the_queue_is_narrowed_to_a_briefing_and_to_kinds(api: Client) -> None:
    briefing = only_briefing(api)["id"]
    kinds = {one["found"]["kind"] for one in waiting(api, f"?briefing_id={briefing}")["items"]}
    assert kinds > {"figure", "deadline"}
    two = waiting(api, "?kind=figure,deadline")["items"]
    assert {one["found"]["kind"] for one in two} == {"figure", "deadline"}
    assert waiting(api, "?briefing_id=brf_ffffffffffffffff")["items"] == []


def test_a_rejected_fact_that_another_source_tells_waits_again(api: Client, database_url: str) -> None:
    address = tariff(api)
    decide(api, address, "rejected")
    assert "figure" not in [one["found"]["kind"] for one in waiting(api)["items"]]
    engine = connect(database_url)
    bring(engine, read(ANOTHER.encode(), published="2031-03-05"))
    engine.dispose()
    [again] = waiting(api, "?kind=figure")["items"]
    assert (f"/v1/facts/{again['found']['item']['id']}", again["reasons"][0]) == (address, "contradicted")

"""Rounds over HTTP: documents that leave, rounds that editors mend, and what every revision keeps."""

from collections.abc import Iterator
from typing import Any

import pytest

from store.engine import connect
from tests.api.conftest import Client, serving
from tests.worker.rounds_archive import bring, documents

DOCUMENTS = documents()
ROUND = ("oslo", "rewrite", "other view")


@pytest.fixture
def api(database_url: str) -> Iterator[Client]:
    """A service whose database holds one round, of three documents."""
    bring_all(database_url, *ROUND)
    with serving(database_url) as client:
        yield client


def bring_all(database_url: str, *names: str) -> None:
    engine = connect(database_url)
    for name in names:
        bring(engine, DOCUMENTS[name])
    engine.dispose()


def only_briefing(api: Client) -> dict[str, Any]:
    [listed] = api.get("/v1/briefings").json()["items"]
    found: dict[str, Any] = api.get(f"/v1/briefings/{listed['id']}").json()
    return found


def figures(briefing: dict[str, Any]) -> list[str]:
    return sorted(figure["as_written"] for figure in briefing["figures"])


def test_a_briefing_says_why_each_document_is_in_it(api: Client) -> None:
    members = {m["document_id"]: (m["kind"], m["reasons"][:2]) for m in only_briefing(api)["memberships"]}
    same = ("own", ["same parties", "same venue: Oslo"])
    assert members == {DOCUMENTS[name].id: same for name in ROUND}


def test_a_withdrawn_document_takes_its_evidence_along(api: Client) -> None:
    before = only_briefing(api)
    answer = api.delete(f"/v1/documents/{DOCUMENTS['other view'].id}")
    assert (answer.status_code, answer.json()["withdrawn_at"] is None) == (200, False)
    after = only_briefing(api)
    assert (figures(before), figures(after)) == (["4%", "6%"], ["6%"])
    assert after["revision"] == before["revision"] + 1
    assert {e["document_id"] for f in after["deadlines"] for e in f["evidence"]} == {
        DOCUMENTS[name].id for name in ("oslo", "rewrite")
    }
    assert after["conflicts"] == []


def test_what_was_withdrawn_stays_in_the_revisions_that_cite_it(api: Client) -> None:
    before = only_briefing(api)
    api.delete(f"/v1/documents/{DOCUMENTS['other view'].id}")
    assert api.get(f"/v1/briefings/{before['id']}/revisions/{before['revision']}").json() == before
    assert "rose 4% in January" in api.get(f"/v1/documents/{DOCUMENTS['other view'].id}/text").text
    newest = api.get(f"/v1/briefings/{before['id']}/revisions").json()["items"][0]
    assert newest["cause"] == {
        "kind": "withdrawn",
        "document_ids": [DOCUMENTS["other view"].id],
        "reason": None,
    }


def test_without_documents_a_briefing_is_withdrawn(api: Client) -> None:
    briefing = only_briefing(api)
    for name in ROUND:
        api.delete(f"/v1/documents/{DOCUMENTS[name].id}")
    assert api.get("/v1/briefings").json()["items"] == []
    assert api.get("/v1/figures").json()["items"] == []
    assert api.get(f"/v1/briefings/{briefing['id']}").json()["status"] == "withdrawn"


def test_a_document_that_comes_back_counts_again(api: Client, database_url: str) -> None:
    before = only_briefing(api)
    api.delete(f"/v1/documents/{DOCUMENTS['oslo'].id}")
    bring_all(database_url, "oslo")
    after = only_briefing(api)
    assert {f["id"] for f in after["figures"]} == {f["id"] for f in before["figures"]}
    assert api.get(f"/v1/documents/{DOCUMENTS['oslo'].id}").json()["withdrawn_at"] is None


def test_another_text_at_the_same_address_replaces_the_document(api: Client, database_url: str) -> None:
    bring_all(database_url, "corrected")
    briefing = only_briefing(api)
    assert figures(briefing) == ["5%", "6%"]
    old = api.get(f"/v1/documents/{DOCUMENTS['other view'].id}").json()
    assert old["replaced_by"] == DOCUMENTS["corrected"].id
    newest = api.get(f"/v1/briefings/{briefing['id']}/revisions").json()["items"][0]
    assert newest["cause"]["kind"] == "replaced"
    diff = api.get(f"/v1/briefings/{briefing['id']}/diff").json()
    assert [item["body"]["as_written"] for item in diff["gone"] if item["kind"] == "figure"] == ["4%"]
    assert [item["body"]["as_written"] for item in diff["added"] if item["kind"] == "figure"] == ["5%"]


def test_an_editor_splits_a_briefing_and_merges_it_again(api: Client) -> None:
    whole = only_briefing(api)
    leaving = [DOCUMENTS["other view"].id]
    address = f"/v1/briefings/{whole['id']}"
    split = api.post(f"{address}/split", json={"document_ids": leaving, "reason": "another meeting"})
    assert split.status_code == 200
    here, there = split.json()["briefings"]
    assert (here["id"], here["counts"]["sources"], there["counts"]["sources"]) == (whole["id"], 2, 1)
    merged = api.post(
        f"{address}/merge", json={"briefing_ids": [there["id"]], "reason": "one meeting after all"}
    )
    assert [one["id"] for one in merged.json()["briefings"]] == [whole["id"]]
    assert figures(only_briefing(api)) == figures(whole)
    decisions = api.get(f"{address}/decisions").json()["items"]
    assert [(one["action"], one["reason"], one["document_ids"]) for one in decisions] == [
        ("merge", "one meeting after all", leaving),
        ("split", "another meeting", leaving),
    ]
    assert {one["by"] for one in decisions} == {"key_0000000000000000"}
    causes = [one["cause"]["kind"] for one in api.get(f"{address}/revisions").json()["items"]]
    assert causes == ["merged", "split", "added", "added", "added"]


def test_a_decision_holds_when_a_document_is_read_again(api: Client, database_url: str) -> None:
    whole = only_briefing(api)
    asked = {"document_ids": [DOCUMENTS["other view"].id], "reason": "another meeting"}
    there = api.post(f"/v1/briefings/{whole['id']}/split", json=asked).json()["briefings"][1]
    bring_all(database_url, *ROUND)
    assert [s["document_id"] for s in api.get(f"/v1/briefings/{there['id']}").json()["sources"]] == asked[
        "document_ids"
    ]


def test_a_decision_that_is_sent_again_is_one(api: Client) -> None:
    address = f"/v1/briefings/{only_briefing(api)['id']}"
    asked = {"document_ids": [DOCUMENTS["other view"].id], "reason": "another meeting"}
    first, again = (
        api.post(f"{address}/split", json=asked, headers={"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert len(api.get(f"{address}/decisions").json()["items"]) == 1
    other = api.post(
        f"{address}/split", json=asked | {"reason": "a new one"}, headers={"Idempotency-Key": "once"}
    )
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


@pytest.mark.parametrize(
    ("action", "asked", "detail"),
    [
        (
            "split",
            ["oslo", "rewrite", "other view"],
            "All documents would leave: a split leaves at least one.",
        ),
        ("split", ["fruit"], f"The briefing is not about document {DOCUMENTS['fruit'].id}."),
    ],
)
def test_a_split_that_makes_no_sense_is_refused(
    api: Client, action: str, asked: list[str], detail: str
) -> None:
    briefing = only_briefing(api)
    body = {"document_ids": [DOCUMENTS[name].id for name in asked], "reason": "why not"}
    answer = api.post(f"/v1/briefings/{briefing['id']}/{action}", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["detail"]) == (409, "/problems/undecidable", detail)
    assert only_briefing(api) == briefing


def test_a_briefing_is_not_merged_with_itself_or_with_none(api: Client) -> None:
    id = only_briefing(api)["id"]
    details = [
        api.post(f"/v1/briefings/{id}/merge", json={"briefing_ids": [other], "reason": "why not"}).json()[
            "detail"
        ]
        for other in (id, "brf_00000000000000ff")
    ]
    assert details == [
        "A briefing cannot be merged with itself.",
        "There is no briefing brf_00000000000000ff, or it is withdrawn.",
    ]


def test_a_briefing_as_it_stood(api: Client) -> None:
    now = only_briefing(api)
    first = api.get(f"/v1/briefings/{now['id']}/revisions/1").json()
    as_of = {"as_of": first["updated_at"]}
    assert api.get(f"/v1/briefings/{now['id']}", params=as_of).json() == first
    before = api.get(f"/v1/briefings/{now['id']}", params={"as_of": "2001-01-01T00:00:00Z"})
    assert (before.status_code, before.json()["type"]) == (404, "/problems/not-found")


def test_rounds_of_one_negotiation_name_each_other_and_share_documents(
    api: Client, database_url: str
) -> None:
    oslo = only_briefing(api)["id"]
    bring_all(database_url, "santiago", "fruit")
    newest = api.get("/v1/briefings").json()["items"][0]
    assert newest["negotiation"]["prior_round"] == oslo
    now = api.get(f"/v1/briefings/{oslo}").json()
    assert now["negotiation"]["next_round"] == newest["id"]
    mention = {
        "document_id": DOCUMENTS["santiago"].id,
        "kind": "mention",
        "score": 0.6,
        "reasons": ["same parties", "tells of Oslo, where this round met"],
    }
    assert mention in now["memberships"]
    assert "2%" in figures(now)


def test_a_document_that_is_not_there_cannot_be_withdrawn(api: Client) -> None:
    answer = api.delete(f"/v1/documents/{'0' * 64}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")

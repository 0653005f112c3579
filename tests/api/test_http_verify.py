"""`POST /v1/verify`: a draft against the sources, for whoever may read briefings."""

import pytest

from tests.api.conftest import Client, serving
from worker import NotChecked

DOCUMENT = {
    "text": "Norway charges a duty of 12 per cent on lamb from Chile.\n\n“We are close,” said Ana Example on 3 March 2031.\n",
    "title": "Lamb",
    "url": "https://paper.example/lamb",
    "published": "2031-03-04",
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_sources_say_otherwise_is_shown_with_its_link(writer: Client) -> None:
    added = writer.post("/v1/documents", json=DOCUMENT).json()
    draft = {"text": "Norway charges a duty of 15 per cent on lamb from Chile.", "day": "2031-03-05"}
    answer = writer.post("/v1/verify", json=draft)
    assert answer.status_code == 200
    assert answer.json() == {
        "day": "2031-03-05",
        "flagged": 1,
        "items": [
            {
                "kind": "amount",
                "start": 25,
                "end": 36,
                "exact": "15 per cent",
                "reading": "15 %",
                "status": "not_found",
                "places": [],
                "nearest": {
                    "place": {
                        "document_id": added["document_id"],
                        "start": 25,
                        "end": 36,
                        "exact": "12 per cent",
                        "title": "Lamb",
                        "url": "https://paper.example/lamb",
                    },
                    "differences": [{"draft": "15", "source": "12"}],
                },
            }
        ],
        "documents_searched": 1,
        "documents_left_out": 0,
    }


def test_ids_that_are_not_there_are_named(client: Client) -> None:
    draft = {"text": "Ten per cent.", "briefing_ids": ["brf_ffffffffffffffff"], "document_ids": ["f" * 64]}
    answer = client.post("/v1/verify", json=draft)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-body")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/briefing_ids/0", "/document_ids/0"]


@pytest.mark.parametrize("text", [" \n", "ten\0per cent"])
def test_a_text_that_is_none_is_refused(client: Client, text: str) -> None:
    answer = client.post("/v1/verify", json={"text": text})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unreadable-document")


def test_who_cannot_be_served_now_is_told_when_to_come_again(
    filled_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise NotChecked("others are being checked")

    monkeypatch.setattr("api.http.resources.verification.verify_apart", busy)
    with serving(filled_url) as client:
        answer = client.post("/v1/verify", json={"text": "Ten per cent."})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/checks-busy")
    assert answer.headers["Retry-After"] == "5"

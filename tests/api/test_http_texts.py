"""Texts over HTTP: how long a summary is, and what changed in sentences."""

from httpx import Client

from api.http.openapi import story
from tests.api.filled import second

PATH = "/v1/briefings/no-cl"


def test_a_briefing_has_its_headline_and_tells_who_wrote_it(client: Client) -> None:
    body = client.get(PATH).json()
    assert body["headline"]["text"] == "Salmon duties would fall, says the paper"
    assert body["headline"]["fact_ids"] == second().summary[0].fact_ids
    assert body["writing"]["by"] == story.WHOLE.writing.by


def test_a_summary_is_as_long_as_one_asks(client: Client) -> None:
    for length in ("short", "standard", "long"):
        answer = client.get(PATH, params={"length": length})
        assert answer.json()["writing"]["length"] == length
        assert [one["text"] for one in answer.json()["summary"]] == ["Salmon duties would fall."]
    past = client.get(f"{PATH}/revisions/2", params={"length": "short"})
    assert past.json()["writing"]["length"] == "short"


def test_lengths_are_other_answers_to_a_cache(client: Client) -> None:
    tags = {client.get(PATH, params={"length": length}).headers["ETag"] for length in ("short", "long")}
    assert len(tags | {client.get(PATH).headers["ETag"]}) == 3


def test_a_length_that_there_is_not(client: Client) -> None:
    assert client.get(PATH, params={"length": "endless"}).status_code == 400


def test_a_text_is_in_the_language_that_one_asks_for(client: Client) -> None:
    told = client.get(PATH, params={"language": "es"})
    assert told.json()["writing"]["language"] == "es"
    assert told.json()["stakes"] == client.get(PATH).json()["stakes"]
    assert told.headers["ETag"] != client.get(PATH).headers["ETag"]
    assert client.get(PATH, params={"language": "tlh"}).status_code == 400


def test_a_difference_has_a_text_where_one_is_asked_for(client: Client) -> None:
    assert client.get(f"{PATH}/diff").json()["text"] is None
    told = client.get(f"{PATH}/diff", params={"as": "text"}).json()
    assert isinstance(told["text"], list)
    assert told["added"] == client.get(f"{PATH}/diff").json()["added"]

"""The page of the desk over a real database: what it shows of a fact, what its forms do, and who may send them."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from store.engine import connect
from store.keys import create_key
from tests.api.conftest import Client, serving
from tests.api.test_http_rounds import bring_all, only_briefing
from tests.api.test_reader import PEOPLE, words
from worker.jobs import prepare


@pytest.fixture(scope="module")
def round_of_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one round, of two documents."""
    path = tmp_path_factory.mktemp("round") / "readout.db"
    prepare(f"sqlite:///{path}")
    bring_all(f"sqlite:///{path}", "oslo", "other view")
    return path


@pytest.fixture
def url(round_of_two: Path, tmp_path: Path) -> str:
    """That of a database like it."""
    shutil.copytree(round_of_two.parent, tmp_path, dirs_exist_ok=True)
    return f"sqlite:///{tmp_path}/{round_of_two.name}"


@pytest.fixture
def desk(url: str) -> Iterator[Client]:
    with serving(url) as client:
        yield client


def form_of(page: httpx.Response) -> dict[str, str]:
    """What the form for corrections would send as it stands."""
    form = page.text.rpartition('<form class="form"')[0].rpartition('<form class="form"')[2]
    sent = {name: value for name, value in re.findall(r'<input [^>]*name="(\w+)"[^>]*value="([^"]*)"', form)}
    chosen = re.findall(r'<select name="(\w+)">.*?</select>', form, re.DOTALL)
    for name in chosen:
        options = re.search(rf'<select name="{name}">(.*?)</select>', form, re.DOTALL)
        found = re.search(r'value="([^"]*)" selected', options[1]) if options else None
        sent[name] = found[1] if found else ""
    sent |= dict(re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL))
    return {name: unescape(value) for name, value in sent.items()}


def send(desk: Client, page: httpx.Response, verdict: str, **given: str) -> Any:
    return desk.post("/review", data={**form_of(page), "verdict": verdict, **given}, headers=PEOPLE)


def test_a_fact_stands_among_the_words_that_prove_it_with_why_it_waits(desk: Client) -> None:
    page = desk.get("/review?kind=figure")
    told = words(page)
    assert "Review 2 facts wait for an editor" in told
    assert re.findall(r'<ul class="reasons".*?</ul>', page.text, re.DOTALL)[0].count("<li") == 1
    assert "one origin alone" in told
    [(before, exact, after)] = re.findall(
        r"<blockquote>(.*?)<mark>(.*?)</mark>(.*?)</blockquote>", page.text, re.DOTALL
    )
    assert exact == "Chile&#39;s salmon tariff stands at 6%."
    assert before.endswith("Norway wants lower tariffs on salmon. ") and after.startswith(" The tariff pause")


def test_a_form_that_is_sent_as_it_was_corrects_nothing(desk: Client) -> None:
    page = desk.get("/review?kind=figure")
    answer = send(desk, page, "corrected", reason="So it is.")
    assert answer.status_code == 422
    assert "A correction needs a value." in words(answer)
    assert 'value="So it is."' in answer.text, "what was written is still there"


def test_a_correction_leads_to_the_next_fact_and_says_what_was_done(desk: Client) -> None:
    page = desk.get("/review?kind=figure")
    answer = send(desk, page, "corrected", value="7", reason="By telephone.")
    assert answer.status_code == 303
    following = desk.get(answer.headers["Location"])
    assert "Review 1 fact waits for an editor" in words(following)
    assert "Corrected: 7%" in words(following)
    assert sorted(one["as_written"] for one in only_briefing(desk)["figures"]) == ["4%", "7%"]


def test_what_was_corrected_before_and_is_left_so_stays_corrected(desk: Client) -> None:
    page = desk.get("/review?kind=figure")
    fact = form_of(page)["fact_id"]
    send(desk, page, "corrected", value="7", reason="By telephone.")
    again = desk.get(f"/review?fact_id={fact}")
    assert "Corrected by key_0000000000000000" in words(again) and "By telephone." in words(again)
    send(desk, again, "corrected", subject="salmon duty", reason="It is a duty.")
    item = desk.get(f"/v1/facts/{fact}").json()["item"]
    assert (item["value"], item["as_written"], item["subject"]) == (7.0, "7%", "salmon duty")
    send(desk, desk.get(f"/review?fact_id={fact}"), "corrected", value="8", reason="A slip.")
    item = desk.get(f"/v1/facts/{fact}").json()["item"]
    assert (item["value"], item["as_written"], item["subject"]) == (8.0, "8%", "salmon duty")


def test_what_is_confirmed_or_rejected_waits_no_more(desk: Client) -> None:
    page = desk.get("/review?kind=figure")
    answer = send(desk, page, "accepted")
    page = desk.get(answer.headers["Location"])
    assert "Confirmed:" in words(page)
    answer = send(desk, page, "rejected", reason="It is about another matter.")
    assert "Nothing waits for an editor that is a figure." in words(desk.get(answer.headers["Location"]))
    assert len(only_briefing(desk)["figures"]) == 1


def test_a_fact_that_changed_since_it_was_seen_is_shown_anew(desk: Client) -> None:
    page = desk.get("/review?kind=figure")
    fact = form_of(page)["fact_id"]
    send(desk, page, "corrected", value="7", reason="By telephone.")
    late = send(desk, page, "rejected", reason="It is out of date.")
    assert late.status_code == 412
    assert "The fact is not as you saw it any more." in words(late)
    assert (form_of(late)["fact_id"], form_of(late)["value"]) == (fact, "7")
    assert 'value="It is out of date."' in late.text, "the reason is still there"


def test_who_confirms_what_was_corrected_confirms_the_correction(desk: Client) -> None:
    page = desk.get("/review?kind=figure")
    fact = form_of(page)["fact_id"]
    send(desk, page, "corrected", value="7", reason="By telephone.")
    again = desk.get(f"/review?fact_id={fact}")
    assert "Value: the machine reads 6 " in words(again)
    assert send(desk, again, "accepted").status_code == 303
    item = desk.get(f"/v1/facts/{fact}").json()["item"]
    assert (item["value"], item["review"]["verdict"]) == (7.0, "corrected")


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("value", "much", "Expected `float`, got `str`"),
        ("comparator", "about", "Invalid enum value"),
        ("reason", "", "Expected `str` of length >= 1"),
        ("verdict", "perhaps", "Invalid enum value"),
    ],
)
def test_what_does_not_fit_is_said(desk: Client, field: str, value: str, detail: str) -> None:
    page = desk.get("/review?kind=figure")
    answer = send(desk, page, **{"verdict": "corrected", "value": "7", "reason": "So.", field: value})
    assert (answer.status_code, detail in unescape(answer.text)) == (422, True)


def test_sides_of_a_conflict_stand_beside_the_fact(desk: Client) -> None:
    heads = desk.get("/review?kind=delegate")
    assert 'class="dispute"' in heads.text and "Per Dahl" in words(heads) and "Kari Moen" in words(heads)


def test_the_page_and_its_forms_are_for_keys_that_review(desk: Client, url: str) -> None:
    engine = connect(url)
    reads = create_key(engine, name="reads", scopes=["briefings:read"]).key
    edits = create_key(engine, name="edits", scopes=["briefings:read", "briefings:review"]).key
    engine.dispose()
    page = desk.get("/review?kind=figure")
    del desk.headers["Authorization"]
    for key, status in ((reads, 403), (edits, 200)):
        desk.cookies.set("readout_key", key)
        assert desk.get("/review?kind=figure", headers=PEOPLE).status_code == status
    elsewhere = {"Origin": "https://elsewhere.example"} | PEOPLE
    sent = form_of(page) | {"verdict": "accepted"}
    assert desk.post("/review", data=sent, headers=elsewhere).status_code == 403
    own = {"Origin": "http://readout.test"} | PEOPLE
    assert desk.post("/review", data=sent, headers=own).status_code == 303
    desk.cookies.set("readout_key", reads)
    assert desk.post("/review", data=sent, headers=own).status_code == 403


def test_an_empty_service_has_nothing_to_review(tmp_path: Path) -> None:
    prepare(f"sqlite:///{tmp_path}/empty.db")
    with serving(f"sqlite:///{tmp_path}/empty.db") as service:
        assert "Nothing waits for an editor. Briefings" in words(service.get("/review"))

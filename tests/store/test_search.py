"""Search: the same results in the same order on every database, whatever is typed."""

import string
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Engine

from schemas import Cause, SearchHit, SummarySentence
from schemas.queries import SearchQuery
from store import BadCursor
from store import search as searching
from store.engine import writing
from store.rebuild import save_briefing as publish
from store.rebuild import withdrawn
from tests.store.asking import search
from tests.store.invented import (
    BRIEFING,
    add,
    briefing,
    conflict,
    deadline,
    delegate,
    delegation,
    event,
    figure,
    save,
    stake,
    statement,
)
from worker.rebuild import rebuild

OTHER = "brf_0000000000000002"
LATER = deadline("Duty on salmon ends", "2031-04-02")
CAUSE = Cause(kind="added", document_ids=[], reason=None)
FULL = briefing(
    title="Salmon talks in Suva",
    summary=[
        SummarySentence(
            text="Duties on salmon would fall.",
            fact_ids=["fct_0000000000000001"],
            about="outcome",
            by="rules",
            original=None,
            unproven=[],
        )
    ],
    delegations=[
        delegation("NO", delegate("Ana Garção", "NO")),
        delegation("CL", delegate("Bo O’Neill", "CL")),
    ],
    stakes=[
        stake("Rare earths, and what they cost", "tariffs"),
        stake("Rare are the earths of Chile", "tariffs"),
    ],
    deadlines=[deadline("The pause of the salmon duty ends", "2031-04-01"), deadline("Ratification", None)],
    figures=[figure("15 per cent", 15.0, "%")],
    statements=[
        statement("We will sign “soon”, NEAR the coast — not *now*.", "Ana Garção", "NO"),
        statement(
            "Negotiators negotiated; the negotiations on earths that are rare go on.",
            "Bo O’Neill",
            "CL",
            direct=False,
        ),
    ],
    events=[event("Talks on fish: salmon, trout", "2031-03-14")],
    conflicts=[conflict("when it ends", "April", "May")],
)


@pytest.fixture(autouse=True)
def full(engine: Engine) -> None:
    rebuild(engine, add(engine, "a", None), save(FULL))


def hits(engine: Engine, q: str, **asked: Any) -> list[SearchHit]:
    page = search(engine, q, limit=20, **asked)
    return [msgspec.json.decode(item, type=SearchHit) for item in page.items]


def headings(engine: Engine, q: str, **filters: str) -> list[str]:
    return [hit.heading for hit in hits(engine, q, filters=filters)]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("suva", ["Salmon talks in Suva"]),
        ("SALMON TALK", ["Salmon talks in Suva", "Talks on fish: salmon, trout"]),
        ("salmon", ["salmon", "Talks on fish: salmon, trout", "The pause of the salmon duty ends", "Salmon talks in Suva"]),
        ("negotiation", ["Bo O’Neill"]),
        ("garcao", ["Ana Garção", "Ana Garção"]),
        ("GARÇÃO", ["Ana Garção", "Ana Garção"]),
        ("o'neill", ["Bo O’Neill", "Bo O’Neill"]),
        ("rare earths", ["Rare earths, and what they cost", "Rare are the earths of Chile", "Bo O’Neill"]),
        ('"rare earths"', ["Rare earths, and what they cost"]),
        ("“earths rare”", []),
        ('"rare earths" suva', []),
        ("the", ["Rare are the earths of Chile", "The pause of the salmon duty ends", "Ana Garção", "Bo O’Neill"]),
        ("the ratification of it", ["Ratification"]),
        ("15", ["salmon"]),
        ("near", ["Ana Garção"]),
        ("soon NEAR coast", ["Ana Garção"]),
        ("april", ["when it ends"]),
        ("tuvalu", []),
    ],
)  # fmt: skip
def test_what_is_found(engine: Engine, q: str, expected: list[str]) -> None:
    assert headings(engine, q) == expected


def test_what_has_the_words_in_its_heading_comes_first_and_the_shorter_before_the_longer(
    engine: Engine,
) -> None:
    assert headings(engine, "rare earths") == [
        "Rare earths, and what they cost",
        "Rare are the earths of Chile",
        "Bo O’Neill",
    ]
    scores = [hit.score for hit in hits(engine, "rare earths")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 3 / 4 > scores[1] > 1 / 2 > 1 / 4 > scores[2]


def test_a_hit_is_whole_and_its_highlights_are_code_points_of_its_texts(engine: Engine) -> None:
    [hit] = hits(engine, '"not now" garcao sign')
    marked = [hit.heading[one.start : one.end] for one in hit.heading_highlights]
    assert (marked, [hit.text[one.start : one.end] for one in hit.text_highlights]) == (
        ["Garção"],
        ["sign", "not *now"],
    )
    said = FULL.statements[0]
    assert (hit.kind, hit.id, hit.briefing_id) == ("statement", said.id, BRIEFING)
    assert hit.text == f"{said.text}\nlapse"


@pytest.mark.parametrize(
    "q",
    ['"', '""', "*", "salmon*", "-salmon", "NEAR(salmon, 2)", "salmon OR suva", "heading_words:salmon", "salmon)", "'; --",
     "^salmon", "salmon & suva | !trout", "<-> salmon", "\\", "😀", "ﬁsh", "сало", "e\u0301", "{words} : salmon", "%", "_"],
)  # fmt: skip
def test_marks_have_no_meaning_of_their_own(engine: Engine, q: str) -> None:
    words = "".join(c if c.isalnum() else " " for c in q)
    assert headings(engine, q) == headings(engine, words)


def test_a_very_long_query_is_answered(engine: Engine) -> None:
    assert headings(engine, "salmon " * 100 + "x" * 400) == []
    assert headings(engine, " ".join(["salmon"] * 200)) == headings(engine, "salmon")
    assert headings(engine, " ".join(f"w{n}" for n in range(200))) == []


def test_filters(engine: Engine) -> None:
    assert headings(engine, "salmon", kind="event") == ["Talks on fish: salmon, trout"]
    assert headings(engine, "salmon", kind="nothing_known") == []
    assert headings(engine, "suva", briefing_id=BRIEFING, party="NO") == ["Salmon talks in Suva"]
    assert headings(engine, "suva", briefing_id=OTHER) == []
    assert headings(engine, "suva", party="JP") == []


def test_pages_join_up_and_cursors_go_with_their_query(engine: Engine) -> None:
    whole = search(engine, "salmon", limit=20).items
    found, cursor = [], None
    while True:
        page = search(engine, "salmon", limit=1, cursor=cursor)
        found += page.items
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert found == whole
    with pytest.raises(BadCursor):
        search(engine, "trout", limit=1, cursor=cursor)


def test_pages_stay_right_while_other_things_are_written(engine: Engine) -> None:
    one = search(engine, "salmon", limit=2)
    more = [deadline(f"salmon {n}", None) for n in range(5)]
    with writing(engine) as session:
        publish(
            session, replace(FULL, revision=2, deadlines=[*FULL.deadlines, *more], events=[]), CAUSE, None, []
        )
    rest = search(engine, "salmon", limit=20, cursor=one.next_cursor)
    ids = [msgspec.json.decode(item)["id"] for item in one.items + rest.items]
    assert len(ids) == len(set(ids))
    lasting = {BRIEFING, FULL.figures[0].id, FULL.deadlines[0].id}
    assert lasting <= set(ids)


def test_what_is_gone_or_was_said_otherwise_is_not_found(engine: Engine) -> None:
    changed = replace(FULL, revision=2, title="Trout talks", stakes=[], events=[])
    with writing(engine) as session:
        publish(session, changed, CAUSE, None, [])
    assert (headings(engine, "suva"), headings(engine, "trout")) == ([], ["Trout talks"])
    assert headings(engine, "rare earth") == ["Bo O’Neill"]
    with writing(engine) as session:
        publish(session, withdrawn(changed), CAUSE, None, [])
    assert headings(engine, "trout") == []


def test_of_more_than_can_be_ordered_the_newest_are_and_that_is_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = searching.search(engine, SearchQuery(q="salmon"))
    assert not whole.capped and len(whole.page.items) > 2
    monkeypatch.setattr(searching, "RANKED", 2)
    some = searching.search(engine, SearchQuery(q="salmon"))
    assert some.capped and len(some.page.items) == 2
    assert set(some.page.items) < set(whole.page.items)


def test_what_follows_one_another_is_first_of_the_newest(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(engine) as session:
        publish(session, replace(FULL, revision=2, deadlines=[*FULL.deadlines, LATER]), CAUSE, None, [])
    assert headings(engine, "salmon duty")[:2] == ["The pause of the salmon duty ends", LATER.what]
    monkeypatch.setattr(searching, "RANKED", 1)
    assert headings(engine, "salmon duty") == [LATER.what]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_is_found_is_the_same_whichever_way_is_the_shorter(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is frequent is met sooner among the newest rows, and what is not there by the index."""
    ways: list[bool] = []

    def told(*asked: Any) -> bool:
        ways.append(is_frequent(*asked))
        return ways[-1]

    def found() -> list[searching.Found]:
        return [searching.search(engine, SearchQuery(q=q)) for q in ("salmon", "salmon duty", "absent")]

    monkeypatch.setattr(searching, "_EVERY", 1)
    monkeypatch.setattr(searching, "_WALKED", 4)
    is_frequent = searching._Sample.is_frequent
    for most in (1, 1_000):
        monkeypatch.setattr(searching, "RANKED", most)
        monkeypatch.setattr(searching._Sample, "is_frequent", told)
        usual = found()
        for way in (lambda *_: True, lambda *_: False):
            monkeypatch.setattr(searching._Sample, "is_frequent", way)
            assert found() == usual
    assert set(ways) == {True, False}


WORDS = st.text(
    st.sampled_from(string.ascii_letters + string.punctuation + " “”’éßſＡ١中\u0301\t"), max_size=40
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(q=WORDS)
def test_nothing_that_can_be_typed_breaks_it(engine: Engine, q: str) -> None:
    for hit in hits(engine, q):
        marks = hit.heading_highlights + hit.text_highlights
        assert marks and all(one.start < one.end for one in marks)

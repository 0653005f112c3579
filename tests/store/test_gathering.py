"""Documents that wait to be merged: one merge takes all of a round, and each is merged once."""

import threading
from collections.abc import Callable, Mapping, Sequence

import msgspec
import pytest
from sqlalchemy import Engine

from pipeline.briefings.reviews import Reviews
from pipeline.briefings.rounds import Part
from schemas import Briefing, RevisionInfo
from store.briefings import get_briefing, page_revisions
from store.documents import briefings_of
from tests.store.invented import ByParties, add, by_parties, hexed
from worker.rebuild import rebuild, rebuild_waiting, wait_no_more, wait_to_rebuild


def gathered(engine: Engine, names: Sequence[str], parties: str = "NO CL") -> list[str]:
    documents = [add(engine, name, parties.split()) for name in names]
    for document in documents:
        wait_to_rebuild(engine, document, by_parties)
    return documents


def causes(engine: Engine, id: str) -> list[tuple[int, str, set[str]]]:
    """Number, kind and documents of each revision."""
    listed = msgspec.json.decode(
        b"[%s]" % b",".join(page_revisions(engine, id, limit=99).items), type=list[RevisionInfo]
    )
    return sorted((one.revision, one.cause.kind, set(one.cause.document_ids)) for one in listed)


def test_all_that_wait_are_merged_in_one_revision_that_names_them(engine: Engine) -> None:
    documents = gathered(engine, "abc")
    [id] = rebuild_waiting(engine, documents[1], by_parties)
    assert causes(engine, id) == [(1, "added", set(documents))]
    for document in documents:
        assert rebuild_waiting(engine, document, by_parties) == [id]
    assert len(causes(engine, id)) == 1


def test_documents_of_other_rounds_go_on_waiting(engine: Engine) -> None:
    gathered(engine, "ab")
    [other] = gathered(engine, "c", "US JP")
    rebuild_waiting(engine, hexed("a"), by_parties)
    assert briefings_of(engine, [other]) == {other: []}
    [id] = rebuild_waiting(engine, other, by_parties)
    assert causes(engine, id) == [(1, "added", {other})]


def test_a_revision_names_the_documents_of_its_own_briefing(engine: Engine) -> None:
    two = gathered(engine, "ab")
    three = gathered(engine, "c", "NO CL EU")
    [id] = rebuild_waiting(engine, two[0], by_parties)
    [wider] = rebuild_waiting(engine, three[0], by_parties)
    assert causes(engine, id) == [(1, "added", set(two))]
    assert causes(engine, wider) == [(1, "added", set(three))]


def test_what_is_read_again_is_not_told_as_added(engine: Engine) -> None:
    [id] = rebuild(engine, add(engine, "a"), by_parties)
    gathered(engine, "ab")
    rebuild_waiting(engine, hexed("b"), by_parties)
    rebuild_waiting(engine, hexed("a"), by_parties)
    assert causes(engine, id) == [(1, "added", {hexed("a")}), (2, "added", {hexed("b")})]


def test_a_document_about_something_else_waits_for_nobody(engine: Engine) -> None:
    document = add(engine, "a", None)
    wait_to_rebuild(engine, document, by_parties)
    assert rebuild_waiting(engine, document, by_parties) == []


def test_one_that_nobody_can_merge_is_left_out_by_the_others(engine: Engine) -> None:
    class Refusing(ByParties):
        def merge(
            self,
            parts: Sequence[Part],
            previous: Sequence[Briefing],
            assigned: Mapping[str, str],
            stored: Callable[[str], Briefing | None],
            reviews: Reviews,
        ) -> list[Briefing]:
            if any(part.id == hexed("b") for part in parts):
                raise ValueError("no")
            return super().merge(parts, previous, assigned, stored, reviews)

    documents = gathered(engine, "abc")
    with pytest.raises(ValueError, match="no"):
        rebuild_waiting(engine, documents[0], Refusing())
    wait_no_more(engine, hexed("b"))
    [id] = rebuild_waiting(engine, documents[0], Refusing())
    assert causes(engine, id) == [(1, "added", {hexed("a"), hexed("c")})]


def test_whoever_comes_at_the_same_time_merges_each_once(engine: Engine) -> None:
    documents = gathered(engine, [f"document {number}" for number in range(12)])
    threads = [threading.Thread(target=rebuild_waiting, args=(engine, one, by_parties)) for one in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [id] = briefings_of(engine, documents)[documents[0]]
    record = get_briefing(engine, id)
    assert record is not None
    now = msgspec.json.decode(record.body, type=Briefing)
    assert (now.revision, len(now.sources), len(causes(engine, id))) == (1, 12, 1)

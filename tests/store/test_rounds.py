"""Rebuilding: what a document changes in the briefings of its round, and what it leaves alone."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, MetaData, event
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from pipeline.briefings.reviews import Reviews
from pipeline.briefings.rounds import Part
from schemas import Briefing
from store.briefings import get_briefing, get_revision, page_revisions
from store.documents import briefings_of, get_readout, save_readout
from store.engine import writable
from store.migrations.bodies import rewrite
from store.rebuild import StoredPart, parts_of
from tests.store.asking import page_briefings, page_facts
from tests.store.invented import (
    BRIEFING,
    T0,
    ByParties,
    add,
    briefing,
    by_parties,
    deadline,
    hexed,
    readout,
    save,
)
from worker.maintenance import tell_what_has_passed
from worker.rebuild import RoundRules, rebuild, rounds_overdue


def stored(engine: Engine, id: str) -> Briefing:
    record = get_briefing(engine, id)
    assert record is not None
    return msgspec.json.decode(record.body, type=Briefing)


def test_the_first_document_of_a_round_makes_a_briefing(engine: Engine) -> None:
    [id] = rebuild(engine, add(engine, "a"), by_parties)
    assert [one.what for one in stored(engine, id).deadlines] == ["a"]
    assert briefings_of(engine, [hexed("a")]) == {hexed("a"): [id]}


def test_a_second_document_makes_a_revision(engine: Engine) -> None:
    [id] = rebuild(engine, add(engine, "a"), by_parties)
    assert rebuild(engine, add(engine, "b"), by_parties) == [id]
    now = stored(engine, id)
    assert (now.revision, sorted(one.what for one in now.deadlines)) == (2, ["a", "b"])
    assert len(page_facts(engine, "deadline", limit=9).items) == 2


def test_rebuilding_again_changes_nothing(engine: Engine) -> None:
    document = add(engine, "a")
    [id] = rebuild(engine, document, by_parties)
    before = get_briefing(engine, id)
    assert rebuild(engine, document, by_parties) == [id]
    assert (get_briefing(engine, id), get_revision(engine, id, 2)) == (before, None)


def test_readouts_that_a_process_has_are_not_loaded_again(engine: Engine) -> None:
    document, other = add(engine, "a"), add(engine, "b")
    before, _ = loading(engine, [document, other])
    assert loading(engine, [document, other]) == (before, 0)
    save_readout(engine, document, readout("a", ["NO", "JP"]))
    now, _ = loading(engine, [document, other])
    assert {part.id for part in now if part not in before} == {document}
    assert get_readout(engine, document) in {part.readout for part in now}


def test_a_readout_that_was_rewritten_is_loaded_as_it_is_stored(engine: Engine) -> None:
    documents = [add(engine, "a")]
    loading(engine, documents)
    with writable(engine).begin() as connection:
        tables = MetaData()
        tables.reflect(connection, only=["readouts"])
        # A process knows bodies by what they say, whichever database they are from.
        told = engine.dialect.name
        rewrite(connection, tables.tables["readouts"], lambda body: body.update(language=told))
    [part], loaded = loading(engine, documents)
    assert (part.readout, loaded) == (get_readout(engine, documents[0]), 1)
    assert f'"language":"{told}"'.encode() in part.readout
    assert loading(engine, documents) == ([part], 0)


def loading(engine: Engine, documents: Sequence[str]) -> tuple[list[StoredPart], int]:
    """The parts of these documents, and how many statements loaded bodies of readouts."""
    statements: list[str] = []

    def note(*executed: Any) -> None:
        statements.append(executed[2])

    event.listen(engine, "before_cursor_execute", note)
    with Session(engine) as session:
        parts = parts_of(session, documents)
    event.remove(engine, "before_cursor_execute", note)
    return parts, sum("readouts.body" in statement for statement in statements)


def test_a_document_about_something_else_makes_nothing(engine: Engine) -> None:
    assert rebuild(engine, add(engine, "a", None), by_parties) == []
    assert page_briefings(engine, limit=9).items == []


def test_merge_sees_only_rounds_at_whose_table_two_of_the_parties_sit(engine: Engine) -> None:
    for name, parties in (("a", "NO CL"), ("b", "NO CL EU"), ("c", "NO JP"), ("d", "US JP")):
        rebuild(engine, add(engine, name, parties.split()), by_parties)
    rules = ByParties()
    rebuild(engine, add(engine, "e", ["CL", "NO"]), rules)
    assert rules.seen == [({hexed("a"), hexed("b"), hexed("e")}, {"CL NO", "CL EU NO"})]


def test_a_document_that_is_read_anew_leaves_its_old_round(engine: Engine) -> None:
    [old] = rebuild(engine, add(engine, "a", ["NO", "CL"]), by_parties)
    [new] = rebuild(engine, add(engine, "a", ["NO", "JP"]), by_parties)
    assert new != old
    assert (stored(engine, old).status, stored(engine, old).revision) == ("withdrawn", 2)
    assert briefings_of(engine, [hexed("a")]) == {hexed("a"): [new]}


def test_a_briefing_that_goes_up_in_another_is_withdrawn_but_keeps_its_address(engine: Engine) -> None:
    a, b = (
        briefing([name], id=f"brf_{number:016}", slug=name, deadlines=[deadline(name, None)])
        for number, name in enumerate("ab")
    )
    rebuild(engine, add(engine, "a"), save(a))
    rebuild(engine, add(engine, "b"), save(a, b))
    both = briefing(["a", "b"], id=a.id, revision=2, deadlines=[*a.deadlines, *b.deadlines])
    rebuild(engine, hexed("b"), save(both))
    assert (stored(engine, "b").status, stored(engine, "b").revision) == ("withdrawn", 2)
    assert len(page_briefings(engine, limit=9).items) == 1
    assert len(page_briefings(engine, limit=9, status="withdrawn").items) == 1
    assert len(page_facts(engine, "deadline", limit=9).items) == 2


def test_a_withdrawn_briefing_that_is_merged_anew_goes_on_from_where_it_stopped(engine: Engine) -> None:
    [id] = rebuild(engine, add(engine, "a", ["NO", "CL"]), by_parties)
    rebuild(engine, add(engine, "a", ["NO", "JP"]), by_parties)
    assert rebuild(engine, add(engine, "a", ["NO", "CL"]), by_parties) == [id]
    now = stored(engine, id)
    assert (now.revision, now.status, now.created_at) == (3, "published", T0)
    assert get_revision(engine, id, 1) is not None


def test_what_merge_raises_leaves_everything_as_it_was(engine: Engine) -> None:
    rebuild(engine, add(engine, "a"), save(briefing()))

    class Refusing(ByParties):
        def merge(self, *_: object) -> list[Briefing]:
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        rebuild(engine, add(engine, "b"), Refusing())
    assert stored(engine, BRIEFING) == briefing()


def test_a_merge_cannot_give_one_id_to_two_briefings(engine: Engine) -> None:
    rebuild(engine, add(engine, "a"), save(briefing()))
    with pytest.raises(ValueError, match="two briefings one id"):
        rebuild(engine, add(engine, "b"), save(briefing(["a"]), briefing(["b"])))
    with pytest.raises(ValueError, match="which another one has"):
        rebuild(engine, add(engine, "c", ["US", "JP"]), save(briefing(["c"])))
    assert stored(engine, BRIEFING) == briefing()


def test_a_document_without_a_readout_cannot_be_merged(engine: Engine) -> None:
    with pytest.raises(NoResultFound):
        rebuild(engine, hexed("a"), by_parties)


def test_rebuilds_wait_for_each_other(engine: Engine) -> None:
    documents = [add(engine, f"document {number}") for number in range(12)]
    threads = [threading.Thread(target=rebuild, args=(engine, one, by_parties)) for one in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [id] = briefings_of(engine, documents)[documents[0]]
    now = stored(engine, id)
    assert (now.revision, len(now.sources)) == (12, 12)


class OnDay(RoundRules):
    """The rules as they are, on a day of the test's own."""

    def __init__(self, day: date) -> None:
        self.moment = datetime(day.year, day.month, day.day, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class Refusing(OnDay):
    """Rules by which the rounds of Japan cannot be merged."""

    def merge(
        self,
        parts: Sequence[Part],
        previous: Sequence[Briefing],
        assigned: Mapping[str, str],
        stored: Callable[[str], Briefing | None],
        reviews: Reviews,
    ) -> list[Briefing]:
        if any("JP" in part.talks.parties for part in parts):
            raise ValueError("no")
        return super().merge(parts, previous, assigned, stored, reviews)


def test_a_deadline_that_has_passed_is_told_so_once(engine: Engine) -> None:
    before, after = date(2031, 3, 20), date(2031, 4, 2)
    [id] = rebuild(engine, add(engine, "a"), OnDay(before))
    assert rounds_overdue(engine, before) == []
    assert rounds_overdue(engine, after) == [id]
    tell_what_has_passed(engine, after, OnDay(after))
    assert [(due.what, due.status) for due in stored(engine, id).deadlines] == [("a", "unknown")]
    assert rounds_overdue(engine, after) == []
    revisions = [msgspec.json.decode(item) for item in page_revisions(engine, id, limit=9).items]
    assert [one["cause"]["kind"] for one in revisions] == ["time_passed", "added"]


def test_a_round_that_cannot_be_merged_keeps_no_other_from_it(engine: Engine) -> None:
    before, after = date(2031, 3, 20), date(2031, 4, 2)
    [kept] = rebuild(engine, add(engine, "a", ["NO", "JP"]), OnDay(before))
    rebuild(engine, add(engine, "b", ["NO", "CL"]), OnDay(before))
    tell_what_has_passed(engine, after, Refusing(after))
    assert rounds_overdue(engine, after) == [kept]

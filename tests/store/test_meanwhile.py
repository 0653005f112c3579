"""What others do while a round is merged: they need not wait for it, and what they move is merged again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec
import pytest
from sqlalchemy import Engine

from pipeline.briefings.reviews import Reviews
from pipeline.briefings.rounds import Part
from schemas import Briefing
from store.briefings import get_briefing
from store.documents import briefings_of, save_readout
from store.engine import connect, writing
from store.rebuild import assign
from tests.store.invented import ByParties, add, by_parties, hexed, readout
from tests.store.test_gathering import causes, gathered
from worker import decisions
from worker.rebuild import rebuild, rebuild_waiting


@dataclass(frozen=True)
class Interrupted(ByParties):
    """While these rules merge, somebody does something: one thing each time, as long as there are any."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def merge(
        self,
        parts: Sequence[Part],
        previous: Sequence[Briefing],
        assigned: Mapping[str, str],
        stored: Callable[[str], Briefing | None],
        reviews: Reviews,
    ) -> list[Briefing]:
        merged = super().merge(parts, previous, assigned, stored, reviews)
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return merged


def test_others_write_while_a_round_is_merged(engine: Engine, database_url: str) -> None:
    other = connect(database_url)
    rules = Interrupted(meanwhile=[lambda: add(other, "of another round", ["US", "JP"])])
    [id] = rebuild(engine, add(engine, "a"), rules)
    assert causes(engine, id) == [(1, "added", {hexed("a")})]
    assert len(rules.seen) == 1
    other.dispose()


def test_a_round_that_grew_meanwhile_is_merged_again(engine: Engine) -> None:
    add(engine, "b")
    rules = Interrupted(meanwhile=[lambda: rebuild(engine, hexed("b"), by_parties)])
    [id] = rebuild(engine, add(engine, "a"), rules)
    assert causes(engine, id) == [(1, "added", {hexed("b")}), (2, "added", {hexed("a")})]
    assert [documents for documents, _ in rules.seen] == [{hexed("a")}, {hexed("a"), hexed("b")}]


def test_a_document_that_was_read_again_meanwhile_is_merged_as_it_reads_now(engine: Engine) -> None:
    add(engine, "a")
    rules = Interrupted(meanwhile=[lambda: save_readout(engine, hexed("a"), readout("a", ["NO", "JP"]))])
    [id] = rebuild(engine, hexed("a"), rules)
    record = get_briefing(engine, id)
    assert record is not None
    assert msgspec.json.decode(record.body, type=Briefing).negotiation.parties == ["JP", "NO"]
    assert len(rules.seen) == 2


def test_a_document_that_was_withdrawn_meanwhile_is_left_out(engine: Engine) -> None:
    [id] = rebuild(engine, add(engine, "a"), by_parties)
    rules = Interrupted(meanwhile=[lambda: decisions.withdraw(engine, hexed("b"))])
    assert rebuild(engine, add(engine, "b"), rules) == []
    assert briefings_of(engine, [hexed("a"), hexed("b")]) == {hexed("a"): [id], hexed("b"): []}


def test_what_an_editor_decided_meanwhile_holds(engine: Engine) -> None:
    def decide() -> None:
        with writing(engine) as session:
            assign(session, "brf_00000000000000aa", [hexed("a")])

    rules = Interrupted(meanwhile=[decide])
    rebuild(engine, add(engine, "a"), rules)
    assert len(rules.seen) == 2


def test_a_document_that_another_merged_meanwhile_is_merged_once(engine: Engine) -> None:
    documents = gathered(engine, "ab")
    rules = Interrupted(meanwhile=[lambda: rebuild_waiting(engine, documents[1], by_parties)])
    [id] = rebuild_waiting(engine, documents[0], rules)
    assert causes(engine, id) == [(1, "added", set(documents))]
    assert len(rules.seen) == 1


def test_a_document_that_came_to_wait_meanwhile_goes_on_waiting(engine: Engine) -> None:
    [first] = gathered(engine, "a")
    rules = Interrupted(meanwhile=[lambda: gathered(engine, "b")])
    [id] = rebuild_waiting(engine, first, rules)
    assert rebuild_waiting(engine, hexed("b"), rules) == [id]
    assert causes(engine, id) == [(1, "added", {first}), (2, "added", {hexed("b")})]
    assert len(rules.seen) == 2


def test_a_round_that_never_stands_still_is_merged_in_the_end(engine: Engine) -> None:
    names = ["b", "c", "d"]
    for name in names:
        add(engine, name)
    rules = Interrupted(meanwhile=[partial(rebuild, engine, hexed(name), by_parties) for name in names])
    [id] = rebuild(engine, add(engine, "a"), rules)
    assert len(causes(engine, id)) == 4
    assert rules.seen[-1][0] == {hexed(name) for name in "abcd"}


def test_others_write_while_what_an_editor_decided_is_carried_out(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [id] = {one for name in "ab" for one in rebuild(engine, add(engine, name), by_parties)}
    other = connect(database_url)
    rules = Interrupted(meanwhile=[lambda: add(other, "of another round", ["US", "JP"])])
    monkeypatch.setattr(decisions, "ROUND_RULES", rules)
    assert decisions.withdraw(engine, hexed("b"))
    assert briefings_of(engine, [hexed("a"), hexed("b")]) == {hexed("a"): [id], hexed("b"): []}
    assert rules.seen == [({hexed("a")}, {"CL NO"})]
    other.dispose()


def test_what_an_editor_decided_holds_for_a_round_that_grew_meanwhile(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    [id] = {one for name in "ab" for one in rebuild(engine, add(engine, name), by_parties)}
    add(engine, "c")
    rules = Interrupted(meanwhile=[lambda: rebuild(engine, hexed("c"), by_parties)])
    monkeypatch.setattr(decisions, "ROUND_RULES", rules)
    assert decisions.withdraw(engine, hexed("b"))
    found = briefings_of(engine, [hexed(name) for name in "abc"])
    assert found == {hexed("a"): [id], hexed("b"): [], hexed("c"): [id]}
    assert len(rules.seen) == 2

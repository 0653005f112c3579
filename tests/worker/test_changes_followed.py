"""Whoever follows changes has what the lists have, whatever is done to documents and rounds and whenever it is killed."""

import shutil
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from schemas import Briefing
from store.decisions import merge_briefings, split_briefing, withdraw
from store.engine import connect
from store.migrate import migrate
from tests.store.following import Follower, listed
from tests.worker.rounds_archive import bring, current, documents
from worker.rounds import RULES

DOCUMENTS = documents()


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "migrated.db")
        engine = connect(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        yield path


class Followed(RuleBasedStateMachine):
    """`saved` is what the follower has on its disk: its copy and its cursor, always together."""

    migrated: Path

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        shutil.copy(self.migrated, Path(self.folder.name, "readout.db"))
        self.engine = connect(f"sqlite:///{self.folder.name}/readout.db")
        self.present: set[str] = set()
        self.saved = Follower()

    @rule(name=st.sampled_from(sorted(DOCUMENTS)))
    def add(self, name: str) -> None:
        bring(self.engine, DOCUMENTS[name])
        self.present.add(name)

    @precondition(lambda self: self.present)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.present)))
        assert withdraw(self.engine, DOCUMENTS[name].id, RULES)
        self.present.remove(name)

    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        own = {one.id: own_documents(one) for one in published(self)}
        wide = [id for id, held in own.items() if len(held) > 1]
        if wide:
            id = data.draw(st.sampled_from(wide))
            some = st.lists(st.sampled_from(own[id]), min_size=1, max_size=len(own[id]) - 1, unique=True)
            split_briefing(self.engine, id, data.draw(some), RULES, by="editor", reason="another round")

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        ids = [one.id for one in published(self)]
        if len(ids) > 1:
            here, other = data.draw(st.permutations(ids))[:2]
            merge_briefings(self.engine, here, [other], RULES, by="editor", reason="one round")

    @rule(pages=st.integers(1, 4), limit=st.integers(1, 7), killed=st.booleans())
    def read(self, pages: int, limit: int, killed: bool) -> None:
        """Some pages, kept one by one; the last is lost where the follower is killed before it has kept it."""
        for page in range(pages):
            running = deepcopy(self.saved)
            running.step(self.engine, limit)
            if not (killed and page == pages - 1):
                self.saved = running

    @invariant()
    def having_read_on_it_has_what_the_lists_have(self) -> None:
        assert deepcopy(self.saved).follow(self.engine) == listed(self.engine)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()


def published(machine: Followed) -> list[Briefing]:
    return [one for one in current(machine.engine) if one.status == "published"]


def own_documents(briefing: Briefing) -> list[str]:
    return [member.document_id for member in briefing.memberships if member.kind == "own"]


def test_a_follower_ends_equal_to_the_service(migrated: Path) -> None:
    Followed.migrated = migrated
    run_state_machine_as_test(
        Followed,
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )

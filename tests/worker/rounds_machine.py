"""What may happen to an archive of rounds, in any order: what the tests of histories have in common.

READOUT_FUZZ_CASES sets how many histories there are (`make fuzz`: 400, others each time).
"""

import os
import tempfile
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from schemas import Briefing, own_documents
from store.engine import connect
from store.migrate import migrate
from tests.worker.rounds_archive import bring, current, documents
from worker.decisions import merge_briefings, split_briefing, withdraw

HISTORIES = int(os.environ.get("READOUT_FUZZ_CASES", "25"))
DOCUMENTS = documents()


@cache
def migrated() -> bytes:
    """A database without a row, which takes longer to make than to copy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "migrated.db")
        engine = connect(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        return path.read_bytes()


class Rounds(RuleBasedStateMachine):
    """Documents come, go and come back, and editors split and merge rounds. `present`: the documents that count."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name, "readout.db")
        path.write_bytes(migrated())
        self.engine = connect(f"sqlite:///{path}")
        self.present: set[str] = set()

    def published(self) -> list[Briefing]:
        return [one for one in current(self.engine) if one.status == "published"]

    @rule(name=st.sampled_from(sorted(DOCUMENTS)))
    def add(self, name: str) -> None:
        bring(self.engine, DOCUMENTS[name])
        self.present.add(name)

    @precondition(lambda self: self.present)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.present)))
        assert withdraw(self.engine, DOCUMENTS[name].id)
        self.present.remove(name)

    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        own = {one.id: sorted(own_documents(one)) for one in self.published()}
        wide = [id for id, documents in own.items() if len(documents) > 1]
        if wide:
            id = data.draw(st.sampled_from(wide))
            some = st.lists(st.sampled_from(own[id]), min_size=1, max_size=len(own[id]) - 1, unique=True)
            leaving = data.draw(some)
            found = split_briefing(self.engine, id, leaving, by="editor", reason="another round")
            [new] = [own_documents(one) for one in found.briefings if one.id != id]
            assert new & set(own[id]) == set(leaving)

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        ids = [one.id for one in self.published()]
        if len(ids) > 1:
            here, other = data.draw(st.permutations(ids))[:2]
            found = merge_briefings(self.engine, here, [other], by="editor", reason="one round")
            assert [one.id for one in found.briefings] == [here]

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()


def run(machine: type[Rounds]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=15,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )

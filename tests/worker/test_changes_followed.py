"""Whoever follows changes has what the lists have, whatever is done to documents and rounds and whenever it is killed."""

from copy import deepcopy

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.store.following import Follower, listed
from tests.worker.rounds_machine import Rounds, run


class Followed(Rounds):
    """`saved` is what the follower has on its disk: its copy and its cursor, always together."""

    @initialize()
    def begin(self) -> None:
        self.saved = Follower()

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


def test_a_follower_ends_equal_to_the_service() -> None:
    run(Followed)

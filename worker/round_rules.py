"""The pipeline's rules for rounds, as the store asks for them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from pipeline.briefings.merge import day_of_briefing, merge
from pipeline.briefings.rounds import Part, blocking_keys, day_of_part
from schemas import Briefing
from store.rebuild_inputs import Part as StoredPart


class RoundRules:
    """Implements `store.rounds.Rules`."""

    def keys(self, part: StoredPart) -> tuple[Collection[str], Collection[str]]:
        keys = blocking_keys(Part(*part))
        return keys.index, keys.search

    def day(self, part: StoredPart) -> date | None:
        return day_of_part(Part(*part))

    def day_of_briefing(self, briefing: Briefing) -> date | None:
        return day_of_briefing(briefing)

    def merge(
        self,
        parts: Sequence[StoredPart],
        previous: Sequence[Briefing],
        assigned: Mapping[str, str],
        stored: Callable[[str], Briefing | None],
    ) -> list[Briefing]:
        return merge([Part(*part) for part in parts], previous, assigned=assigned, stored=stored)


RULES = RoundRules()

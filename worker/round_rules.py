"""The pipeline's rules for rounds, as the store asks for them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from pipeline.briefings.blocking import keys_of
from pipeline.briefings.merge import day_of_briefing, merge
from pipeline.briefings.rounds import Part, when
from schemas import Briefing
from store.rebuild_inputs import Part as StoredPart


class RoundRules:
    """Implements `store.rounds.Rules`."""

    def keys(self, part: StoredPart) -> tuple[Collection[str], Collection[str]]:
        keys = keys_of(Part(*part))
        return keys.index, keys.search

    def day(self, part: StoredPart) -> date | None:
        return when(Part(*part))

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

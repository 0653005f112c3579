"""Where sources cannot all be right. Conflicts are shown, never settled."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.briefings.conflicts.commitments import pledges
from pipeline.briefings.conflicts.deadlines import conditions, consequences, days
from pipeline.briefings.conflicts.figures import values
from pipeline.briefings.conflicts.people import heads, offices
from pipeline.briefings.conflicts.shape import joined, tellings
from pipeline.briefings.conflicts.withheld import receivers
from pipeline.briefings.conflicts.wording import lengths, outcomes
from pipeline.briefings.rounds import Part
from schemas import Conflict

__all__ = ["find"]


def find(briefing_id: str, parts: Sequence[Part], facts: Mapping[str, Sequence[Any]]) -> list[Conflict]:
    """Every conflict between the documents of one round, whose facts, by kind, have their lasting ids."""
    delegates, stakes, statements = facts["delegate"], facts["stake"], facts["statement"]
    deadlines, figures = facts["deadline"], facts["figure"]
    told = tellings([*stakes, *statements])
    every = tellings([*delegates, *stakes, *deadlines, *figures, *statements])
    return joined(
        briefing_id,
        [
            *heads(briefing_id, parts, delegates),
            *days(briefing_id, deadlines),
            *conditions(briefing_id, parts, deadlines),
            *consequences(briefing_id, parts, deadlines, figures),
            *values(briefing_id, figures),
            *offices(briefing_id, every, delegates, statements),
            *pledges(briefing_id, parts, delegates, stakes, statements),
            *outcomes(briefing_id, parts, told),
            *lengths(briefing_id, parts, told),
            *receivers(briefing_id, every),
        ],
    )

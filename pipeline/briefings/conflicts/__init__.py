"""Where sources cannot all be right. Conflicts are shown, never settled."""

from collections.abc import Sequence

from pipeline.briefings.conflicts.commitments import pledges
from pipeline.briefings.conflicts.deadlines import conditions, consequences, days
from pipeline.briefings.conflicts.figures import values
from pipeline.briefings.conflicts.people import heads, offices
from pipeline.briefings.conflicts.shape import joined, tellings
from pipeline.briefings.conflicts.withheld import receivers
from pipeline.briefings.conflicts.wording import lengths, outcomes
from pipeline.briefings.rounds import Part
from schemas import Conflict, Deadline, Delegate, Figure, Stake, Statement

__all__ = ["find"]


def find(
    briefing_id: str,
    parts: Sequence[Part],
    delegates: Sequence[Delegate],
    stakes: Sequence[Stake],
    deadlines: Sequence[Deadline],
    figures: Sequence[Figure],
    statements: Sequence[Statement],
) -> list[Conflict]:
    """Every conflict between the documents of one round, whose facts have their lasting ids."""
    told = tellings([*stakes, *statements])
    every = tellings([*delegates, *stakes, *deadlines, *figures, *statements])
    found = [
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
    ]
    return joined(briefing_id, found)

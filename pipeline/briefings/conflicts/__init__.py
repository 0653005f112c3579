"""Where sources cannot all be right. Conflicts are shown, never settled."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.briefings.conflicts.commitments import commitments
from pipeline.briefings.conflicts.comparison import joined, passages_of
from pipeline.briefings.conflicts.deadlines import conditions, consequences, days
from pipeline.briefings.conflicts.figures import values
from pipeline.briefings.conflicts.history import durations, outcomes
from pipeline.briefings.conflicts.omissions import receivers
from pipeline.briefings.conflicts.people import heads, offices
from pipeline.briefings.rounds import Part
from schemas import Conflict

__all__ = ["find"]


def find(briefing_id: str, parts: Sequence[Part], facts: Mapping[str, Sequence[Any]]) -> list[Conflict]:
    """Every conflict between the documents of one round, whose facts, by kind, have their lasting ids."""
    delegates, stakes, statements = facts["delegate"], facts["stake"], facts["statement"]
    deadlines, figures = facts["deadline"], facts["figure"]
    passages = passages_of([*stakes, *statements])
    every = passages_of([*delegates, *stakes, *deadlines, *figures, *statements])
    return joined(
        briefing_id,
        [
            *heads(briefing_id, parts, delegates),
            *days(briefing_id, deadlines),
            *conditions(briefing_id, parts, deadlines),
            *consequences(briefing_id, parts, deadlines, figures),
            *values(briefing_id, figures),
            *offices(briefing_id, every, delegates, statements),
            *commitments(briefing_id, parts, delegates, stakes, statements),
            *outcomes(briefing_id, parts, passages),
            *durations(briefing_id, parts, passages),
            *receivers(briefing_id, every),
        ],
    )

"""Where sources cannot all be right. Conflicts are shown; who settles them is an editor."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.briefings.comparison import by_matter, excerpts_of
from pipeline.briefings.conflicts.commitments import commitments
from pipeline.briefings.conflicts.history import durations, outcomes
from pipeline.briefings.conflicts.people import delegation_heads, offices, receivers
from pipeline.briefings.conflicts.values import conditions, consequences, days, event_days, values
from pipeline.briefings.rounds import Part
from schemas import Conflict

__all__ = ["find"]


def find_conflicts(
    briefing_id: str, parts: Sequence[Part], facts: Mapping[str, Sequence[Any]]
) -> list[Conflict]:
    """Every conflict between the documents of one round, whose facts, by kind, have their lasting ids."""
    delegates, stakes, statements = facts["delegate"], facts["stake"], facts["statement"]
    deadlines, figures = facts["deadline"], facts["figure"]
    excerpts = excerpts_of([*stakes, *statements])
    every = excerpts_of([*delegates, *stakes, *deadlines, *figures, *statements])
    return by_matter(
        briefing_id,
        [
            *delegation_heads(briefing_id, parts, delegates),
            *days(briefing_id, deadlines),
            *event_days(briefing_id, facts["event"]),
            *conditions(briefing_id, parts, deadlines),
            *consequences(briefing_id, parts, deadlines, figures),
            *values(briefing_id, parts, figures),
            *offices(briefing_id, every, delegates, statements),
            *commitments(briefing_id, parts, delegates, excerpts, statements),
            *outcomes(briefing_id, parts, excerpts),
            *durations(briefing_id, parts, excerpts),
            *receivers(briefing_id, every),
        ],
    )

"""Where sources cannot all be right. Conflicts are shown; who settles them is an editor."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.briefings.comparison import by_matter, excerpts_of
from pipeline.briefings.conflicts.commitments import commitments, tells_of_commitment
from pipeline.briefings.conflicts.history import durations, outcomes, tells_of_past
from pipeline.briefings.conflicts.people import delegation_heads, offices, receivers, tells_of_people
from pipeline.briefings.conflicts.values import Versions, conditions, consequences, days, event_days, values
from pipeline.briefings.memory import Memory
from pipeline.briefings.rounds import Part
from schemas import Conflict

__all__ = ["find"]


def find_conflicts(
    briefing_id: str, parts: Sequence[Part], facts: Mapping[str, Sequence[Any]], memory: Memory
) -> list[Conflict]:
    """Every conflict between the documents of one round, whose facts, by kind, have their lasting ids."""
    delegates, stakes, statements = facts["delegate"], facts["stake"], facts["statement"]
    deadlines, figures = facts["deadline"], facts["figure"]
    told = [*stakes, *statements]
    agreed = excerpts_of(told, tells_of_commitment, memory)
    past = excerpts_of(told, tells_of_past, memory)
    people = excerpts_of([*delegates, *stakes, *deadlines, *figures, *statements], tells_of_people, memory)
    versions = Versions(parts, memory)
    return by_matter(
        [
            *delegation_heads(briefing_id, parts, delegates),
            *days(briefing_id, deadlines, memory),
            *event_days(briefing_id, facts["event"], memory),
            *conditions(briefing_id, versions, deadlines, memory),
            *consequences(briefing_id, versions, deadlines, figures),
            *values(briefing_id, parts, figures, memory),
            *offices(briefing_id, people, delegates, statements),
            *commitments(briefing_id, parts, delegates, told, agreed, statements),
            *outcomes(briefing_id, parts, past),
            *durations(briefing_id, parts, past),
            *receivers(briefing_id, people),
        ],
        memory,
    )

"""Where sources cannot all be right. Conflicts are shown, never settled."""

from collections.abc import Sequence

from pipeline.conflicts.deadlines import conditions, consequences, days
from pipeline.conflicts.figures import values
from pipeline.conflicts.people import heads
from pipeline.conflicts.shape import conflict, joined
from pipeline.rounds import Part
from schemas import Conflict, Deadline, Delegate, Figure, Stake, Statement

__all__ = ["consequences", "dates", "find", "heads", "values"]


def dates(briefing_id: str, deadlines: Sequence[Deadline]) -> list[Conflict]:
    """Stands in until `find` is called."""
    lifted = [due for due in deadlines if len({c.kind for c in due.conditions} - {"other"}) > 1]
    return [
        *days(briefing_id, deadlines),
        *(
            conflict(
                briefing_id,
                f"what lifts the deadline: {due.what[:120]}",
                "scope",
                {c.text: [due.id] for c in due.conditions if c.kind != "other"},
            )
            for due in lifted
        ),
    ]


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
    found = [
        *heads(briefing_id, parts, delegates),
        *days(briefing_id, deadlines),
        *conditions(briefing_id, parts, deadlines),
        *consequences(briefing_id, parts, deadlines, figures),
        *values(briefing_id, figures),
    ]
    return joined(briefing_id, found)

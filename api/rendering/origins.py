"""Sources by origin: copies and rewrites of one story together, and what nobody else tells."""

from msgspec import Struct

from api.rendering.outline import Entry, entry_of
from schemas import Briefing, Source, proofs_of
from schemas.kinds import facts_of


class Origin(Struct, frozen=True):
    """Sources of one origin, and the facts that it alone tells."""

    sources: list[Source]
    alone: list[Entry]


def origins_of(briefing: Briefing) -> list[Origin]:
    """Those that alone tell most come first."""
    groups: dict[str, Origin] = {}
    group_of: dict[str, str] = {}
    for source in briefing.sources:
        groups.setdefault(source.origin_group, Origin([], [])).sources.append(source)
        group_of[source.document_id] = source.origin_group
    for fact in facts_of(briefing):
        telling = {group_of[evidence.document_id] for evidence in proofs_of(fact)}
        if len(telling) == 1 and len(groups) > 1:
            groups[telling.pop()].alone.append(entry_of(fact))
    return sorted(groups.values(), key=lambda one: -len(one.alone))

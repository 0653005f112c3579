"""What is worth telling between two revisions of a briefing."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipeline.briefings.diff import difference
from schemas import Briefing, Conflict, Fact, Stake, SummarySentence
from schemas.vocabulary import DigestChange

_BOOKKEEPING = {"briefing_id", "changed_revision", "conflict_ids", "evidence", "first_revision", "review"}
_ORDER = ("deadline", "stake", "figure", "delegate", "event", "statement")


class FactChange(Struct, frozen=True, kw_only=True):
    """A fact that came, went, or says something else. `fields` names what differs between `before` and `fact`."""

    change: DigestChange
    kind: str
    fact: Fact
    before: Fact | None = None
    fields: list[str] = []


class Story(Struct, frozen=True, kw_only=True):
    """What there is to tell of a briefing. `opening`: sentences about all of one that is new, instead of its facts."""

    opening: list[SummarySentence]
    changes: list[FactChange]
    conflicts: list[tuple[Conflict, bool]]
    """Those that nobody has settled; whether each is new."""


def story(before: Briefing | None, after: Briefing) -> Story:
    """The way from one revision, or from nothing, to another. Of a withdrawn briefing there is nothing to tell."""
    if after.status == "withdrawn":
        return Story(opening=[], changes=[], conflicts=[])
    known = {conflict.id for conflict in before.conflicts} if before else set()
    return Story(
        opening=after.summary if before is None else [],
        changes=[] if before is None and after.summary else changes(before, after),
        conflicts=[(one, one.id not in known) for one in after.conflicts if one.resolution is None],
    )


def changes(before: Briefing | None, after: Briefing) -> list[FactChange]:
    """Facts that came, that say something else, and that went; more proof of the same is no news."""
    new = {fact.id: (kind, fact) for kind, fact in facts_of(after)}
    if before is None:
        return [FactChange(change="added", kind=kind, fact=fact) for kind, fact in new.values()]
    old = {fact.id: (kind, fact) for kind, fact in facts_of(before)}
    fields = {
        item.id: sorted({field.pointer.split("/")[1] for field in item.fields} - _BOOKKEEPING)
        for item in difference(before, after).changed
    }
    found = [
        FactChange(change="added", kind=kind, fact=fact) for id, (kind, fact) in new.items() if id not in old
    ]
    found += [
        FactChange(change="changed", kind=kind, fact=fact, before=old[id][1], fields=fields[id])
        for id, (kind, fact) in new.items()
        if id in old and fields.get(id)
    ]
    found += [
        FactChange(change="gone", kind=kind, fact=fact) for id, (kind, fact) in old.items() if id not in new
    ]
    return found


def facts_of(briefing: Briefing) -> Iterator[tuple[str, Fact]]:
    """Every fact with its kind, what is most urgent first."""
    members = [member for side in briefing.delegations for member in side.members]
    lists: tuple[list[Fact], ...] = (
        [*briefing.deadlines],
        [*briefing.stakes],
        [*briefing.figures],
        [*members],
        [*briefing.events],
        [*briefing.statements],
    )
    for kind, facts in zip(_ORDER, lists, strict=True):
        yield from ((kind, fact) for fact in facts)


def is_on(briefing: Briefing, topics: Sequence[str]) -> bool:
    """Whether something at stake is of one of these topics. Without topics: always."""
    return not topics or any(on_topic(stake, topics) for stake in briefing.stakes)


def on_topic(stake: Stake, topics: Sequence[str]) -> bool:
    """Whether a stake is of one of these topics, or of one that narrows it. Without topics: always."""
    return not topics or any(stake.topic == one or stake.topic.startswith(f"{one}.") for one in topics)

"""All documents of one round -> one briefing, every fact with all its evidence."""

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from datetime import UTC, date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pipeline.briefings.conflicts import find_conflicts
from pipeline.briefings.deduplicate import deduplicate
from pipeline.briefings.identity import Identities, Telling, place
from pipeline.briefings.memory import Memories, Memory
from pipeline.briefings.negotiation import (
    day_of_round,
    following,
    happenings,
    negotiation_of,
    over_time,
    present,
)
from pipeline.briefings.origins import group_origins
from pipeline.briefings.reviews import Reviews, as_read
from pipeline.briefings.rounds import Fit, Part, Round, by_day, day_of, group, memberships
from pipeline.briefings.salience import Weights, by_salience, timeline
from pipeline.briefings.scope import RoundScope, share
from pipeline.extraction.kinds.delegates import delegations_of
from pipeline.language.parties import slug
from pipeline.writing.text import STANDARD, UNWRITTEN, Style, is_styled, told_as, with_text
from schemas import (
    Briefing,
    Conflict,
    Deadline,
    Delegate,
    Delegation,
    Event,
    Membership,
    Negotiation,
    Source,
    is_upheld,
    own_documents,
)
from schemas.kinds import BY_NAME, KINDS, LISTED, Kind, facts_of
from schemas.vocabulary import OPEN_DEADLINES, MembershipKind

_MOVED = {"extended", "superseded"}
Lookup = Callable[[str], Briefing | None]


class _Draft(Struct):
    """A briefing to be: its documents, those of other rounds that tell of it, those of the round that follows.

    `elsewhere`: where the rounds right before and after it met.
    """

    id: str
    home: Round
    talks: Negotiation
    old: Briefing | None
    guests: list[tuple[Part, Fit]]
    after: list[Part]
    elsewhere: list[str]

    @property
    def parts(self) -> list[Part]:
        return sorted([*self.home.parts, *(part for part, _ in self.guests)], key=lambda part: part.id)


def merge(
    parts: Sequence[Part],
    previous: Sequence[Briefing] = (),
    now: datetime | None = None,
    *,
    assigned: Mapping[str, str] | None = None,
    stored: Lookup = lambda _: None,
    style: Style = STANDARD,
    reviews: Reviews | None = None,
    memories: Memories | None = None,
) -> list[Briefing]:
    """Briefings of all rounds that the parts are about; parts without talks belong to none.

    A briefing of `previous` that shares a document keeps its id and its facts' ids. Its revision grows by one
    where its content changed; otherwise the very same briefing is returned. `assigned` are briefing ids by
    document id, as editors decided. `stored` tells which briefing has an id, be it withdrawn: a new round takes no
    id of one that stands, and goes on from where a withdrawn one stopped. `reviews` are what editors decided about
    facts; they keep what comes of it. `memories` save what it takes to find out again what earlier merges found out.
    """
    reviews = reviews or Reviews()
    memories = memories or Memories()
    moment = now or datetime.now(UTC)
    assigned = assigned or {}
    held = {briefing.id: own_documents(briefing) for briefing in previous}
    hosted = {m.document_id for b in previous for m in b.memberships if m.kind == "mention"}
    hosted.difference_update(*held.values())
    about = [part for part in parts if part.readout.negotiation]
    first = min((briefing.id for briefing in previous), default="")
    # Of each document little is kept here beside what its round keeps.
    with memories.of(f"rounds from {first} on", len(about) // 8) as memory:
        homes = group((part for part in about if part.id not in hosted), assigned, memory)
    drafts = _drafts(homes, previous, held, set(assigned.values()), stored)
    _link(drafts, previous, stored)
    guests = {part.id: part for part in about if part.id in hosted}
    for draft in drafts:
        _invite(draft, guests)
    briefings = []
    for draft in drafts:
        with memories.of(draft.id, len(draft.home.parts) + len(draft.guests)) as memory:
            briefing = _briefing(draft, moment, reviews, memory)
        briefings.append(_told(briefing, draft.old, style, reviews))
    return sorted(briefings, key=lambda briefing: briefing.id)


def day_of_briefing(briefing: Briefing) -> date | None:
    """The day by which a briefing is placed among others, as `merge` places it."""
    own = own_documents(briefing)
    published = (day_of(source.published) for source in briefing.sources if source.document_id in own)
    return day_of(briefing.negotiation.start) or min((day for day in published if day), default=None)


def _drafts(
    homes: Iterable[Round],
    previous: Sequence[Briefing],
    held: Mapping[str, Set[str]],
    assigned: Container[str],
    stored: Lookup,
) -> list[_Draft]:
    """Each round as the briefing that it was: the one an editor named, or that which shares most documents.

    `held`: the documents of each of the previous briefings.
    """
    before = {briefing.id: briefing for briefing in previous}
    left = {id: documents for id, documents in held.items() if id not in assigned}
    new: set[str] = set()
    drafts = []
    for home in homes:
        documents = {part.id for part in home.parts}
        shared = {id: len(documents & own) for id, own in left.items()}
        best = max((id for id in shared if shared[id]), key=lambda id: (shared[id], id), default=None)
        id = home.assigned or best or _free_id(min(documents), before.keys() | new, stored)
        new.add(id)
        left.pop(id, None)
        drafts.append(_Draft(id, home, negotiation_of(home.parts), before.get(id) or stored(id), [], [], []))
    return drafts


def _free_id(document: str, used: Container[str], stored: Lookup) -> str:
    """An identity that follows from the first document of a round, and that no round has which still stands."""
    salted = (hashlib.sha256(f"{document}{salt}".encode()).hexdigest() for salt in ("", *range(1, 1_000)))
    ids = (f"brf_{digest[:16]}" for digest in salted)
    return next(
        id for id in ids if id not in used and not ((old := stored(id)) and old.status != "withdrawn")
    )


def _link(drafts: Sequence[_Draft], previous: Sequence[Briefing], stored: Lookup) -> None:
    """Rounds that follow one another name each other, and share the documents that tell of both.

    What an editor has placed in one is in no other.
    Links to rounds beyond those at hand stay as they were.
    """
    at_hand = {draft.id: draft for draft in drafts}
    seen = at_hand.keys() | {briefing.id for briefing in previous}
    standing = [(d.id, d.old.negotiation) for d in drafts if d.old and d.old.status != "withdrawn"]
    prior = {id: talks.prior_round for id, talks in standing}
    after = {id: talks.next_round for id, talks in standing}
    prior = {id: link for id, link in prior.items() if link not in seen}
    after = {id: link for id, link in after.items() if link not in seen}
    days = {draft.id: day_of_round(draft.home, draft.talks) for draft in drafts}
    for first, second in following(days, {draft.id: draft.talks.parties for draft in drafts}):
        prior[second], after[first] = first, second
        at_hand[first].after = at_hand[second].home.parts
        for here, there in ((first, second), (second, first)):
            home = at_hand[there].home
            free = (part for part in home.parts if part.id not in home.placed)
            guests = (share(part, at_hand[here].talks) for part in free)
            at_hand[here].guests += [guest for guest in guests if guest]
    for draft in drafts:
        draft.talks = replace(draft.talks, prior_round=prior.get(draft.id), next_round=after.get(draft.id))
        for id in (prior.get(draft.id), after.get(draft.id)):
            beside = at_hand[id].talks if id in at_hand else _talks(stored(id) if id else None)
            if beside and beside.venue and beside.venue.casefold() != (draft.talks.venue or "").casefold():
                draft.elsewhere.append(beside.venue)


def _talks(briefing: Briefing | None) -> Negotiation | None:
    return briefing.negotiation if briefing else None


def _invite(draft: _Draft, guests: Mapping[str, Part]) -> None:
    """Documents whose own round is not at hand tell of this one what they told before."""
    for member in draft.old.memberships if draft.old else ():
        part = guests.get(member.document_id)
        guest = share(part, draft.talks) if part and member.kind == "mention" else None
        if guest:
            draft.guests.append(guest)


def _briefing(draft: _Draft, now: datetime, reviews: Reviews, memory: Memory) -> Briefing:
    parts, talks, previous = draft.parts, draft.talks, draft.old
    sources = group_origins(parts, memory)
    known = [as_read(fact) if fact.review else fact for fact in facts_of(previous)] if previous else []
    known += reviews.left_out(draft.id)
    identities = Identities(draft.id, sources, known, memory)
    scope = RoundScope.of(talks, parts, draft.elsewhere)
    told = {part.id: scope.told_by(part) for part in parts}
    facts: dict[str, list[Any]] = {
        kind.name: identities.assign(
            scope.within(deduplicate(kind, _of_kind(kind, told), talks.start, memory), memory)
        )
        for kind in KINDS
    }
    facts = reviews.applied(draft.id, facts, known)
    facts["delegate"] = present(facts["delegate"], parts)
    due = over_time(facts["deadline"], facts["event"], talks, parts, draft.after, now.date(), memory)
    facts["deadline"] = due if draft.after or not talks.next_round else _still_moved(due, previous)
    facts["event"] = happenings(facts["event"], facts["deadline"])
    disagreements = find_conflicts(draft.id, parts, facts, memory)
    disagreements = reviews.settled(draft.id, facts, disagreements, sources)
    facts = reviews.upheld(draft.id, facts, disagreements)
    revision = previous.revision + 1 if previous else 1
    pinned = reviews.pinned(draft.id, facts)
    origins = len({source.origin_group for source in sources})
    telling = Telling(disagreements, Weights(parts, origins, memory).of, previous, revision, memory)
    for name in facts:
        told_of = telling.of(facts[name])
        ordered = sorted(told_of, key=_by_date) if BY_NAME[name].dated else list(by_salience(told_of))
        if pinned:
            ordered.sort(key=lambda fact: pinned.index(fact.id) if fact.id in pinned else len(pinned))
        facts[name] = ordered
    reviews.note(draft.id, (fact for each in facts.values() for fact in each))
    delegations = _delegations(facts["delegate"], disagreements)
    lists = {kind.plural: facts[kind.name] for kind in LISTED}
    return Briefing(
        id=draft.id,
        slug=_slug(talks, sources, draft.id),
        revision=revision,
        status="published",
        note=previous.note if previous else None,
        title=_title(talks),
        headline=None,
        summary=[],
        further=[],
        writing=UNWRITTEN,
        timeline=timeline(facts["event"], facts["deadline"]),
        negotiation=talks,
        pinned=pinned,
        delegations=delegations,
        conflicts=disagreements,
        sources=sources,
        memberships=_memberships(draft),
        created_at=previous.created_at if previous else now,
        updated_at=now,
        **lists,
    )


def _of_kind(kind: Kind, told: Mapping[str, Mapping[str, Sequence[Any]]]) -> dict[str, Sequence[Any]]:
    return {document: own[kind.name] for document, own in told.items()}


def _by_date(fact: Deadline | Event) -> tuple[str, tuple[str, int, int], float]:
    return by_day(fact.date), place(fact), -fact.salience


def _still_moved(deadlines: Sequence[Deadline], before: Briefing | None) -> list[Deadline]:
    """Deadlines that a round which is not at hand moved are still moved."""
    moved = {due.id: due.status for due in (before.deadlines if before else ()) if due.status in _MOVED}
    return [
        replace(due, status=moved[due.id]) if due.id in moved and due.status in OPEN_DEADLINES else due
        for due in deadlines
    ]


def _delegations(people: list[Delegate], disagreements: Sequence[Conflict]) -> list[Delegation]:
    """Who sits for whom. Where sources disagree on who leads, it is disputed until an editor upholds one side."""
    contested = {
        person_id: "sole" if any(is_upheld(c, id) for p in c.positions for id in p.fact_ids) else "disputed"
        for c in disagreements
        if c.kind == "attribution"
        for p in c.positions
        for person_id in p.fact_ids
    }
    return [
        replace(side, head=next((contested[m.id] for m in side.members if m.id in contested), side.head))
        for side in delegations_of(people)
    ]


def _memberships(draft: _Draft) -> list[Membership]:
    own = [_membership(part, "own", fit) for part, fit in memberships(draft.home)]
    guests = [_membership(part, "mention", fit) for part, fit in draft.guests]
    return sorted([*own, *guests], key=lambda one: one.document_id)


def _membership(part: Part, kind: MembershipKind, fit: Fit) -> Membership:
    score = min(fit.score, 1.0)
    return Membership(document_id=part.id, kind=kind, score=score, reasons=list(fit.reasons))


def _slug(talks: Negotiation, sources: Sequence[Source], briefing: str) -> str:
    """Parties, venue and month, as far as they are known; the identity's tail keeps it unique."""
    day = day_of(talks.start) or next((d for s in sources if (d := day_of(s.published))), None)
    words = [
        *(talks.parties if len(talks.parties) <= 4 else talks.parties[:3]),
        talks.venue or "",
        f"{day:%Y-%m}" if day else "",
    ]
    return slug(" ".join([*words, briefing[-4:]]))


def _title(talks: Negotiation) -> str:
    day = day_of(talks.start)
    return f"{talks.name}, {day:%B %Y}" if day else talks.name


def _told(new: Briefing, old: Briefing | None, style: Style, reviews: Reviews) -> Briefing:
    """A briefing with its text: an editor's, the machine's, or the old one as it is where nothing differs."""
    edited = reviews.edited(new)
    if edited is not None:
        return old if old and _unchanged(edited, old) else edited
    if old and old.writing.by != "editor" and is_styled(old, style) and _unchanged(told_as(new, old), old):
        return old
    return with_text(new, old, style)


def _unchanged(new: Briefing, old: Briefing) -> bool:
    """Nothing differs but the revision's own marks."""
    return replace(new, revision=old.revision, updated_at=old.updated_at) == old

"""A digest put together: every sentence with its facts, and each fact with its source's address."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from api.rendering.html import address_of_briefing, address_of_proof, web
from api.rendering.outline import as_line
from api.rendering.wording import (
    BY_MODEL,
    attributed,
    closed,
    enumerated,
    in_words,
    one_line,
    settlement,
    when,
    with_date,
)
from pipeline.briefings.diff import FactChange, is_on, on_topic, story
from pipeline.language.parties import party_name
from schemas import Briefing, BriefingId, Conflict, Deadline, Fact, Source, Stake, proofs_of
from schemas.changes import (
    ChangeSentence,
    ConflictSentence,
    ConflictSide,
    DeadlineSentence,
    Digest,
    DigestBriefing,
    DigestSource,
)
from schemas.dates import FuzzyDate
from schemas.issues import DigestItem, item_ids
from schemas.kinds import facts_of

_BRIEFING = "briefing"
_MOST_FIGURES = 3
_TITLE = 8  # words
_WORDING = {"as_written", "subject", "summary", "text", "title", "topic", "what"}
"""Fields that may change without another fact: other words for it, or another place among our topics."""
_NO_NEWS = {("certainty", "confirmed"), ("status", "unknown")}
"""More proof, and a day that has passed without a word."""
_NAMES = {"applies_to": "whom it falls on", "starts": "start"}
_PARTIES = {"applies_to", "imposed_by", "party"}


class Edition(Struct):
    """What the briefings that changed give to a digest."""

    briefings: list[DigestBriefing]
    changes: list[ChangeSentence]
    conflicts: list[ConflictSentence]


def edition(
    pairs: Iterable[tuple[Briefing | None, Briefing]], base: str, topics: Sequence[str] = ()
) -> Edition:
    """From briefings as they were, or None, and as they are. Where topics are given, other stakes are no news."""
    news = Edition([], [], [])
    for before, after in pairs:
        gone = before is None and after.status == "withdrawn"
        if not gone and any(is_on(one, topics) for one in (before, after) if one):
            news.briefings.append(_briefing(before, after, base))
            _add(news, before, after, base, topics)
    return news


def _briefing(before: Briefing | None, after: Briefing, base: str) -> DigestBriefing:
    facts = {fact.id: fact for fact in facts_of(after)}
    sources = {source.document_id: source for source in after.sources}
    head = after.headline if after.status != "withdrawn" else None
    return DigestBriefing(
        id=after.id,
        title=after.title,
        headline=head.text if head else None,
        headline_sources=cited((facts[id] for id in head.fact_ids), sources, base) if head else [],
        status=after.status,
        note=after.note if after.note and not (before and before.note == after.note) else None,
        page=address_of_briefing(base, after.id),
        revision=after.revision,
        from_revision=before.revision if before else None,
    )


def _add(news: Edition, before: Briefing | None, after: Briefing, base: str, topics: Sequence[str]) -> None:
    both = [one for one in (before, after) if one]
    facts = {fact.id: fact for one in both for fact in facts_of(one)}
    sources = {source.document_id: source for one in both for source in one.sources}

    def sentence_of(text: str, fact_ids: list[str]) -> dict[str, Any]:
        """What every sentence has: its text, its facts and their proofs."""
        proofs = cited((facts[id] for id in fact_ids), sources, base)
        return _of(after.id, after.title, base) | {"text": text, "fact_ids": fact_ids, "sources": proofs}

    way = story(before, after)
    for sentence in way.opening:
        news.changes.append(
            ChangeSentence(
                **sentence_of(attributed(sentence), sentence.fact_ids),
                change="added",
                kind=_BRIEFING,
                salience=1.0,
            )
        )
    for change in [*way.changes, *(_besides(after) if way.opening else ())]:
        off = isinstance(change.fact, Stake) and not on_topic(change.fact, topics)
        if not off and (text := change_sentence(change)):
            news.changes.append(
                ChangeSentence(
                    **sentence_of(text, [change.fact.id]),
                    change=change.change,
                    kind=change.kind,
                    salience=change.fact.salience,
                )
            )
    for conflict, new in way.conflicts:
        ids = [id for position in conflict.positions for id in position.fact_ids]
        sides = [
            ConflictSide(value=one.value, sources=cited((facts[id] for id in one.fact_ids), sources, base))
            for one in conflict.positions
        ]
        news.conflicts.append(
            ConflictSentence(
                **sentence_of(conflict_sentence(conflict), ids),
                about=conflict.about,
                sides=sides,
                conflict_id=conflict.id,
                kind=conflict.kind,
                new=new,
                settlement=settlement(conflict),
            )
        )


def _besides(briefing: Briefing) -> Iterator[FactChange]:
    """What a new briefing has for a newsletter besides its summary: its weightiest figures, and who leads."""
    told = {id for sentence in briefing.summary for id in sentence.fact_ids}
    figures = sorted((one for one in briefing.figures if one.id not in told), key=lambda one: -one.salience)
    yield from (FactChange(change="added", kind="figure", fact=one) for one in figures[:_MOST_FIGURES])
    for side in briefing.delegations:
        for member in side.members:
            if member.head and member.name and member.certainty != "disputed" and member.id not in told:
                yield FactChange(change="added", kind="delegate", fact=member)


def _of(briefing_id: str, title: str, base: str) -> dict[str, Any]:
    return {
        "briefing_id": briefing_id,
        "briefing_title": title,
        "briefing_page": address_of_briefing(base, briefing_id),
    }


def ahead(
    deadlines: Iterable[Deadline[BriefingId]],
    titles: Mapping[str, str],
    sources: Mapping[str, Source],
    base: str,
) -> list[DeadlineSentence]:
    """Deadlines of the briefings that have titles, in their order; what has no date is not ahead."""
    return [
        DeadlineSentence(
            **_of(deadline.briefing_id, titles[deadline.briefing_id], base),
            text=deadline_sentence(deadline),
            fact_ids=[deadline.id],
            sources=cited([deadline], sources, base),
            date=deadline.date,
            kind=deadline.kind,
            status=deadline.status,
        )
        for deadline in deadlines
        if deadline.date and deadline.briefing_id in titles
    ]


def cited(facts: Iterable[Fact], sources: Mapping[str, Source], base: str) -> list[DigestSource]:
    """The proofs of these facts, each once."""
    proofs = {(e.document_id, e.start, e.end): e for fact in facts for e in proofs_of(fact)}
    return [
        DigestSource(
            document_id=evidence.document_id,
            title=source.title or source.publisher or _first_words(evidence.exact),
            publisher=source.publisher,
            url=web(source.url or "") or None,
            page=address_of_proof(base, evidence),
            exact=evidence.exact,
        )
        for evidence in proofs.values()
        for source in [sources[evidence.document_id]]
    ]


def without(digest: Digest, dropped: Collection[str]) -> Digest:
    """The digest without briefings, conflicts and facts, and whatever else is told of them."""

    def stays(item: DigestItem) -> bool:
        return not any(id in dropped for id in item_ids(item))

    return replace(
        digest,
        briefings=[one for one in digest.briefings if stays(one)],
        changes=[one for one in digest.changes if stays(one)],
        deadlines=[one for one in digest.deadlines if stays(one)],
        conflicts=[one for one in digest.conflicts if stays(one)],
    )


def _first_words(text: str) -> str:
    """What stands for the title of a document without one."""
    words = one_line(text).split(" ")
    return " ".join(words[:_TITLE]) + ("…" if len(words) > _TITLE else "")


def deadline_sentence(deadline: Deadline) -> str:
    """A deadline: when, what, from when, on which conditions, and what follows otherwise."""
    parts = [closed(with_date(deadline.date, deadline.what))]
    if deadline.starts:
        parts.append(closed(f"Starts: {when(deadline.starts)}"))
    parts += [closed(f"Condition: {condition.text}") for condition in deadline.conditions]
    if deadline.consequence:
        parts.append(closed(f"Otherwise: {deadline.consequence}"))
    if deadline.proof == "quoted":
        parts.append(closed(BY_MODEL.capitalize()))
    return " ".join(parts)


def conflict_sentence(conflict: Conflict) -> str:
    sides = " versus ".join(position.value for position in conflict.positions)
    parts = (f"Sources disagree on {conflict.about}: {sides}", settlement(conflict))
    return closed("; ".join(filter(None, parts)))


def change_sentence(change: FactChange) -> str | None:
    """What changed, in one sentence. None where the same is told in other words, or by more sources."""
    line = closed(as_line(change.fact))
    if change.change == "gone":
        return f"No longer in the briefing: {line}"
    if change.change == "changed":
        differences = list(_differences(change))
        return closed(f"{line} Changed: {'; '.join(differences)}") if differences else None
    return line


def _differences(change: FactChange) -> Iterator[str]:
    for field in change.fields:
        before, now = (_word(field, getattr(fact, field)) for fact in (change.before, change.fact))
        name = _NAMES.get(field, in_words(field))
        if field in _WORDING or (field, now) in _NO_NEWS:
            continue
        if before is None or now is None:
            yield f"another {name}"
        elif before != now:
            yield f"{name} {before} → {now}"


def _word(field: str, value: Any) -> str | None:
    """A value as it is shown; None where it takes more than a few words."""
    match value:
        case None | []:
            return "none"
        case str() if field in _PARTIES:
            return party_name(value)
        case list() if field in _PARTIES:
            return enumerated(map(party_name, value))
        case bool():
            return "yes" if value else "no"
        case FuzzyDate():
            return when(value)
        case int() | float():
            return f"{value:g}"
        case str() if len(value) <= 40:
            return in_words(value)
    return None

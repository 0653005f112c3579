"""A digest put together: every sentence with its facts, and each fact with its source's address."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from api.http.urls import briefing_page, proof_on_page
from api.rendering.html import web
from api.rendering.sentences import at_odds, due, news
from pipeline.briefings.diff import is_on, on_topic, ranked_facts, story
from schemas import Briefing, Deadline, Fact, Source, Stake
from schemas.digest import (
    ChangeSentence,
    ConflictSentence,
    DeadlineSentence,
    DigestBriefing,
    DigestSource,
)

_BRIEFING = "briefing"


class Edition(Struct):
    """What the briefings that changed give to a digest."""

    briefings: list[DigestBriefing]
    changes: list[ChangeSentence]
    conflicts: list[ConflictSentence]


def edition(
    pairs: Iterable[tuple[Briefing | None, Briefing]], base: str, topics: Sequence[str] = ()
) -> Edition:
    """From briefings as they were, or None, and as they are. Where topics are given, other stakes are no news."""
    found = Edition([], [], [])
    for before, after in pairs:
        gone = before is None and after.status == "withdrawn"
        if not gone and any(is_on(one, topics) for one in (before, after) if one):
            found.briefings.append(_briefing(before, after, base))
            _add(found, before, after, base, topics)
    return found


def _briefing(before: Briefing | None, after: Briefing, base: str) -> DigestBriefing:
    return DigestBriefing(
        id=after.id,
        title=after.title,
        status=after.status,
        page=briefing_page(base, after.id),
        revision=after.revision,
        from_revision=before.revision if before else None,
    )


def _add(found: Edition, before: Briefing | None, after: Briefing, base: str, topics: Sequence[str]) -> None:
    both = [one for one in (before, after) if one]
    facts = {fact.id: fact for one in both for _, fact in ranked_facts(one)}
    sources = {source.document_id: source for one in both for source in one.sources}
    of = _of(after.id, after.title, base)
    told = story(before, after)
    for sentence in told.opening:
        proof = [facts[id] for id in sentence.fact_ids]
        found.changes.append(
            ChangeSentence(
                **of,
                text=sentence.text,
                fact_ids=sentence.fact_ids,
                sources=cited(proof, sources, base),
                change="added",
                kind=_BRIEFING,
            )
        )
    for change in told.changes:
        off = isinstance(change.fact, Stake) and not on_topic(change.fact, topics)
        if not off and (text := news(change)):
            found.changes.append(
                ChangeSentence(
                    **of,
                    text=text,
                    fact_ids=[change.fact.id],
                    sources=cited([change.fact], sources, base),
                    change=change.change,
                    kind=change.kind,
                )
            )
    for conflict, new in told.conflicts:
        ids = [id for position in conflict.positions for id in position.fact_ids]
        found.conflicts.append(
            ConflictSentence(
                **of,
                text=at_odds(conflict),
                fact_ids=ids,
                sources=cited([facts[id] for id in ids], sources, base),
                conflict_id=conflict.id,
                kind=conflict.kind,
                new=new,
            )
        )


def _of(briefing_id: str, title: str, base: str) -> dict[str, str]:
    return {
        "briefing_id": briefing_id,
        "briefing_title": title,
        "briefing_page": briefing_page(base, briefing_id),
    }


def ahead(
    deadlines: Iterable[Deadline], titles: Mapping[str, str], sources: Mapping[str, Source], base: str
) -> list[DeadlineSentence]:
    """Deadlines of the briefings that have titles, in their order."""
    return [
        DeadlineSentence(
            **_of(id, titles[id], base),
            text=due(deadline),
            fact_ids=[deadline.id],
            sources=cited([deadline], sources, base),
            date=deadline.date,
            kind=deadline.kind,
            status=deadline.status,
        )
        for deadline in deadlines
        if (id := deadline.briefing_id) and id in titles
    ]


def cited(facts: Iterable[Fact], sources: Mapping[str, Source], base: str) -> list[DigestSource]:
    """The proofs of these facts, each once."""
    proofs = {(e.document_id, e.start, e.end): e for fact in facts for e in fact.evidence}
    return [
        DigestSource(
            document_id=evidence.document_id,
            title=source.title or f"Document {evidence.document_id[:12]}",
            publisher=source.publisher,
            url=web(source.url or "") or None,
            page=proof_on_page(base, evidence),
            exact=evidence.exact,
        )
        for evidence in proofs.values()
        for source in [sources[evidence.document_id]]
    ]

"""The tools: what each asks of the store, and its answer with the proofs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct, json
from msgspec.structs import asdict
from sqlalchemy import Engine

from api.mcp.budget import that_fit, what_is_left
from api.rendering.outline import as_line, standing
from pipeline.language.matching import locate_quoted
from schemas import Briefing, BriefingId, BriefingSummary, Deadline, Evidence, Fact, Figure, Source, proofs_of
from schemas.agents import (
    AskedOn,
    ComparedSources,
    CompareSources,
    FindBriefings,
    FoundBriefing,
    FoundBriefings,
    FoundMatch,
    ListDeadlines,
    ListFigures,
    ReadBriefingPart,
    SourceQuote,
    ToldBriefing,
    ToldConflict,
    ToldDeadline,
    ToldDeadlines,
    ToldFact,
    ToldFigure,
    ToldFigures,
    ToldPosition,
    ToldSource,
    VerifiedQuotation,
    VerifyQuotation,
)
from schemas.fact_queries import DeadlineQuery, FactsQuery, FigureQuery
from schemas.http import DocumentInfo, SearchHit
from schemas.kinds import KINDS, facts_of, facts_of_kind, kind_of
from schemas.queries import BriefingQuery, DocumentQuery, SearchQuery
from store.briefings import get_briefing, page_briefings
from store.digest import sources_of, summaries_of
from store.documents import get_texts, page_documents
from store.facts import page_facts
from store.paging import decode_cursor, encode_cursor, scope_of
from store.search import search

_PROOFS = 2  # that are shown of a fact: the others say the same
_AT_A_TIME = 20
_MATCHES = 3
_DOCUMENTS = 100
"""Documents that a quotation is looked for in before the answer says that there are more."""
_MARKS = ' "“”„«»'
"""What an agent may have put around a quotation."""
F = TypeVar("F", bound=Fact)


class CannotAnswer(Exception):
    """What was asked for is not there, or makes no sense; the message is a sentence for the agent."""


def find_briefings(engine: Engine, asked: FindBriefings) -> FoundBriefings:
    """Find briefings, one a round of trade talks, newest first; by `words` the best first."""
    if asked.words is not None and (asked.topic or asked.date_from or asked.date_to):
        raise CannotAnswer("`words` goes with `party` alone: leave out the others, or the words.")

    def page(limit: int) -> tuple[list[FoundBriefing], str | None]:
        if asked.words is not None:
            return _by_words(engine, asked, asked.words, limit)
        listed = page_briefings(
            engine,
            BriefingQuery(
                limit=limit,
                cursor=asked.cursor,
                party=asked.party,
                topic=asked.topic,
                date_from=asked.date_from,
                date_to=asked.date_to,
            ),
        )
        found = [json.decode(item, type=BriefingSummary) for item in listed.items]
        return [_found(engine, one, ()) for one in found], listed.next_cursor

    shown, left = _fitted(page, "briefings", asked)
    return FoundBriefings(briefings=shown, **left)


def _by_words(
    engine: Engine, asked: FindBriefings, words: str, limit: int
) -> tuple[list[FoundBriefing], str | None]:
    """A page of what was found, by briefing: what of one comes on a later page names it again."""
    query = SearchQuery(q=words, party=asked.party, limit=limit, cursor=asked.cursor)
    found = search(engine, query).page
    hits: dict[str, list[SearchHit]] = {}
    for item in found.items:
        hit = json.decode(item, type=SearchHit)
        hits.setdefault(hit.briefing_id, []).append(hit)
    summaries = summaries_of(engine, hits)
    return [_found(engine, summaries[id], of) for id, of in hits.items()], found.next_cursor


def _found(engine: Engine, summary: BriefingSummary, hits: Sequence[SearchHit]) -> FoundBriefing:
    briefing = _briefing(engine, summary.id)
    headline = briefing.headline
    facts = _by_id(briefing)
    proofs = [one for id in (headline.fact_ids if headline else ()) for one in proofs_of(facts[id])]
    start = summary.negotiation.start
    return FoundBriefing(
        id=summary.id,
        slug=summary.slug,
        title=summary.title,
        headline=summary.headline,
        parties=summary.negotiation.parties,
        status=summary.negotiation.status,
        starts=start.edtf if start else None,
        matches=[
            FoundMatch(kind=hit.kind, id=hit.id, heading=hit.heading)
            for hit in hits[:_MATCHES]
            if hit.kind != "briefing"
        ],
        **_proven(proofs, _sources(briefing)),
    )


def read_part(engine: Engine, asked: ReadBriefingPart) -> ToldBriefing:
    """Read a part of one briefing; `overview` is its summary. `counts` tells what the other parts hold."""
    briefing = _briefing(engine, asked.briefing)
    counts = {kind.plural: len(facts_of_kind(briefing, kind)) for kind in KINDS}
    counts |= {"conflicts": len(briefing.conflicts), "sources": len(briefing.sources)}
    told: Sequence[ToldFact | ToldSource]
    if asked.part == "sources":
        told = [_source(source) for source in briefing.sources]
    elif asked.part == "overview":
        told = list(_sentences(briefing))
    else:
        kind = next(kind for kind in KINDS if kind.plural == asked.part)
        sources = _sources(briefing)
        told = [_fact(fact, sources) for fact in facts_of_kind(briefing, kind)]
    bare = ToldBriefing(
        id=briefing.id,
        title=briefing.title,
        standing=standing(briefing),
        revision=briefing.revision,
        counts=counts,
        facts=[],
        sources=[],
        left_out=None,
        cursor=None,
    )
    scope = scope_of("read_briefing", {"id": briefing.id, "revision": briefing.revision, "part": asked.part})
    shown, left = _part(told, asked.part, scope, asked, bare)
    return ToldBriefing(
        id=bare.id,
        title=bare.title,
        standing=bare.standing,
        revision=bare.revision,
        counts=counts,
        facts=[one for one in shown if isinstance(one, ToldFact)],
        sources=[one for one in shown if isinstance(one, ToldSource)],
        **left,
    )


def _sentences(briefing: Briefing) -> Iterator[ToldFact]:
    facts, sources = _by_id(briefing), _sources(briefing)
    headline = [briefing.headline] if briefing.headline else []
    for kind, sentence in [("headline", one) for one in headline] + [
        ("summary", one) for one in briefing.summary
    ]:
        proofs = [proof for id in sentence.fact_ids for proof in facts[id].evidence[:1]]
        yield ToldFact(
            kind=kind, id=None, text=sentence.text, certainty=None, proof=None, **_proven(proofs, sources)
        )


def _fact(fact: Fact, sources: Mapping[str, Source]) -> ToldFact:
    return ToldFact(
        kind=kind_of(fact).name,
        id=fact.id,
        text=as_line(fact),
        certainty=fact.certainty,
        proof=fact.proof,
        **_proven(proofs_of(fact), sources),
    )


def list_deadlines(engine: Engine, asked: ListDeadlines) -> ToldDeadlines:
    """List what falls due across all briefings or in one, earliest first. A date that no source fixes is null."""

    def query(limit: int, briefing_id: str | None) -> FactsQuery:
        return DeadlineQuery(
            limit=limit,
            cursor=asked.cursor,
            briefing_id=briefing_id,
            party=asked.party,
            date_from=asked.date_from,
            date_to=asked.date_to,
            kind=asked.kind,
            status=asked.status,
        )

    def told(one: Deadline[BriefingId], sources: Mapping[str, Source]) -> ToldDeadline:
        return ToldDeadline(
            id=one.id,
            briefing_id=one.briefing_id,
            what=one.what,
            date=one.date.edtf if one.date else None,
            date_as_written=one.date.text if one.date else None,
            kind=one.kind,
            status=one.status,
            conditions=[condition.text for condition in one.conditions],
            consequence=one.consequence,
            certainty=one.certainty,
            **_proven(proofs_of(one), sources),
        )

    page = _facts(engine, "deadline", Deadline[BriefingId], asked.briefing, query, told)
    shown, left = _fitted(page, "deadlines", asked)
    return ToldDeadlines(deadlines=shown, **left)


def list_figures(engine: Engine, asked: ListFigures) -> ToldFigures:
    """List quantities, such as tariff rates and trade values, across all briefings or in one."""

    def query(limit: int, briefing_id: str | None) -> FactsQuery:
        return FigureQuery(
            limit=limit,
            cursor=asked.cursor,
            briefing_id=briefing_id,
            party=asked.party,
            measure=asked.measure,
            unit=asked.unit,
            value_min=asked.value_min,
            value_max=asked.value_max,
        )

    def told(one: Figure[BriefingId], sources: Mapping[str, Source]) -> ToldFigure:
        return ToldFigure(
            id=one.id,
            briefing_id=one.briefing_id,
            subject=one.subject,
            value=one.value,
            value_high=one.value_high,
            unit=one.unit,
            as_written=one.as_written,
            measure=one.measure,
            status=one.status,
            period=one.period.edtf if one.period else None,
            imposed_by=one.imposed_by,
            applies_to=one.applies_to,
            certainty=one.certainty,
            **_proven(proofs_of(one), sources),
        )

    page = _facts(engine, "figure", Figure[BriefingId], asked.briefing, query, told)
    shown, left = _fitted(page, "figures", asked)
    return ToldFigures(figures=shown, **left)


def compare_sources(engine: Engine, asked: CompareSources) -> ComparedSources:
    """Show where the sources of a briefing contradict each other, each side with its proof, and what sources it has."""
    briefing = _briefing(engine, asked.briefing)
    facts, sources = _by_id(briefing), _sources(briefing)

    def position(value: str, fact_ids: Iterable[str]) -> ToldPosition:
        return ToldPosition(
            value=value, **_proven([one for id in fact_ids for one in facts[id].evidence], sources)
        )

    told: list[ToldConflict | ToldSource] = [
        ToldConflict(
            id=conflict.id,
            about=conflict.about,
            kind=conflict.kind,
            positions=[position(side.value, side.fact_ids) for side in conflict.positions],
            resolution=conflict.resolution,
        )
        for conflict in briefing.conflicts
    ]
    told += [_source(source) for source in briefing.sources]
    scope = scope_of("compare_sources", {"id": briefing.id, "revision": briefing.revision})
    shown, left = _part(told, "conflicts and sources", scope, asked)
    return ComparedSources(
        conflicts=[one for one in shown if isinstance(one, ToldConflict)],
        sources=[one for one in shown if isinstance(one, ToldSource)],
        **left,
    )


def verify_quotation(engine: Engine, asked: VerifyQuotation) -> VerifiedQuotation:
    """Tell where the words stand in the stored documents; marks, dashes, spaces and case may differ, words may not."""
    if asked.briefing is not None:
        sources: Iterable[Source] = _briefing(engine, asked.briefing).sources
        cursor = None
    else:
        query = DocumentQuery(limit=_DOCUMENTS, cursor=asked.cursor)
        listed = page_documents(engine, query)
        sources = [json.decode(item, type=DocumentInfo).source for item in listed.items]
        cursor = listed.next_cursor
    words = asked.words.strip(_MARKS)
    by_id = {source.document_id: source for source in sources}
    places = []
    for id, text in get_texts(engine, by_id):
        if span := locate_quoted(text, words):
            source = by_id[id]
            places.append(
                SourceQuote(
                    document_id=id,
                    start=span.start,
                    end=span.end,
                    exact=text[span.start : span.end],
                    title=source.title,
                    url=source.url,
                )
            )
    shown = that_fit(places, asked.max_tokens)
    hint = "There are more documents, earlier ones: ask again with this `cursor`." if cursor else None
    if len(shown) < len(places):
        more = f"{len(places) - len(shown)} more places do not fit: give `max_tokens`."
        hint = f"{more} {hint}" if hint else more
    return VerifiedQuotation(
        found=bool(places), documents_searched=len(by_id), places=shown, left_out=hint, cursor=cursor
    )


def _briefing(engine: Engine, id_or_slug: str) -> Briefing:
    record = get_briefing(engine, id_or_slug)
    if record is None:
        raise CannotAnswer(f"There is no briefing {id_or_slug!r}: find_briefings lists them.")
    return json.decode(record.body, type=Briefing)


def _by_id(briefing: Briefing) -> dict[str, Fact]:
    return {fact.id: fact for fact in facts_of(briefing)}


def _sources(briefing: Briefing) -> dict[str, Source]:
    return {source.document_id: source for source in briefing.sources}


def _source(source: Source) -> ToldSource:
    return ToldSource(
        document_id=source.document_id,
        title=source.title,
        publisher=source.publisher,
        url=source.url,
        published=source.published.edtf if source.published else None,
        kind=source.kind,
        origin=source.origin_group,
    )


def _proven(proofs: Sequence[Evidence], sources: Mapping[str, Source]) -> dict[str, Any]:
    """The fields of what is told with its proofs."""
    quotes = []
    for proof in proofs[:_PROOFS]:
        source = sources.get(proof.document_id)
        quotes.append(
            SourceQuote(
                document_id=proof.document_id,
                start=proof.start,
                end=proof.end,
                exact=proof.exact,
                title=source.title if source else None,
                url=source.url if source else None,
            )
        )
    return {"proofs": quotes, "more_proofs": len(proofs) - len(quotes)}


_Pages = Callable[[int], tuple[list[Any], str | None]]
"""The first so many after the cursor that was given, and where those after them begin."""


def _facts(
    engine: Engine,
    kind: str,
    shape: type[F],
    briefing: str | None,
    query: Callable[[int, str | None], FactsQuery],
    told: Callable[[F, Mapping[str, Source]], Struct],
) -> _Pages:
    briefing_id = _briefing(engine, briefing).id if briefing else None

    def page(limit: int) -> tuple[list[Any], str | None]:
        listed = page_facts(engine, kind, query(limit, briefing_id))
        facts = [json.decode(item, type=shape) for item in listed.items]
        sources = sources_of(engine, {proof.document_id for fact in facts for proof in proofs_of(fact)})
        return [told(fact, sources) for fact in facts], listed.next_cursor

    return page


def _fitted(page: _Pages, name: str, asked: AskedOn) -> tuple[list[Any], dict[str, Any]]:
    """What of a page fits, and the fields that say how the answer goes on: behind what is shown."""
    items, cursor = page(_AT_A_TIME)
    shown = that_fit(items, asked.max_tokens)
    rest = items[len(shown) :]
    if rest and shown:
        shown, cursor = page(len(shown))
    left = what_is_left(name, len(shown), rest, asked.cursor if rest and not shown else cursor)
    return shown, asdict(left)


def _part(
    told: Sequence[Any], name: str, scope: str, asked: AskedOn, beside: object = None
) -> tuple[list[Any], dict[str, Any]]:
    """The same, of what was read whole."""
    start = decode_cursor(asked.cursor, scope, int)[0] if asked.cursor is not None else 0
    shown = that_fit(told[start:], asked.max_tokens, beside)
    reached = start + len(shown)
    more = encode_cursor(scope, (reached,)) if shown and reached < len(told) else asked.cursor
    left = what_is_left(name, len(shown), told[reached:], more if reached < len(told) else None, beside)
    return shown, asdict(left)

"""What a search knows of each fact, conflict and briefing: a heading, and a text below it."""

from collections.abc import Iterator

from schemas import Briefing, Conflict, Deadline, Delegate, Event, Fact, Figure, Stake, Statement
from store.index_rows import facts_of, kind_of
from store.search_words import joined
from store.tables import SearchRow


def search_rows(briefing: Briefing) -> Iterator[SearchRow]:
    talks = briefing.negotiation
    told = [talks.name, talks.round, talks.venue, *(sentence.text for sentence in briefing.summary)]
    yield _row(briefing.id, "briefing", briefing.id, briefing.title, told)
    for fact in facts_of(briefing):
        yield _row(briefing.id, kind_of(fact), fact.id, *_told(fact))


def _told(fact: Fact | Conflict) -> tuple[str, list[str | None]]:
    """Heading and text of a fact; the words of its sources follow those that it is told in."""
    match fact:
        case Delegate():
            heading, text = fact.name, [fact.role, fact.organisation]
        case Stake():
            asked = [words for one in fact.positions for words in (one.ask, one.offer, one.red_line)]
            heading, text = fact.summary, [*asked, fact.at_risk]
        case Deadline():
            lifted = [condition.text for condition in fact.conditions]
            heading, text = fact.what, [fact.date.text, *lifted, fact.consequence]
        case Figure():
            heading, text = fact.subject, [fact.as_written, fact.comparison_base, fact.reported_by]
        case Statement():
            heading, text = fact.speaker, [fact.role, fact.text, fact.channel]
        case Event():
            heading, text = fact.what, [fact.date.text, fact.place]
        case Conflict():
            return fact.about, [*(position.value for position in fact.positions), fact.resolution]
        case _:
            raise TypeError(f"nothing is known of a {kind_of(fact)}")
    return heading, [*text, *(proof.exact for proof in fact.evidence)]


def _row(briefing: str, kind: str, id: str, heading: str, told: list[str | None]) -> SearchRow:
    lines: list[str] = []
    for line in told:
        if line and not any(line in before for before in (heading, *lines)):
            lines.append(line)
    words = joined(heading, *lines)
    return SearchRow(
        kind=kind,
        id=id,
        briefing_id=briefing,
        heading=heading,
        text="\n".join(lines),
        heading_words=joined(heading),
        words=words,
        length=len(words.split()),
    )

"""What a reader sees of a briefing or readout, in order: the plan behind Markdown, HTML and the terminal."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from api.rendering.wording import (
    BY_MODEL,
    basis,
    beside_date,
    in_quotes,
    in_words,
    initial,
    measure,
    reading,
    settlement,
    wants,
    when,
    with_date,
)
from pipeline.language.parties import party_name
from schemas import (
    Briefing,
    BriefingSummary,
    Conflict,
    Deadline,
    Delegate,
    Delegation,
    DocumentReadout,
    Event,
    Evidence,
    Fact,
    Figure,
    Source,
    Stake,
    Statement,
    proofs_of,
)
from schemas.dates import FuzzyDate
from schemas.kinds import BY_NAME, Kind, facts_of, facts_of_kind, kind_of

_LEADS = {True: "head", False: "not the head", None: None}
_HEADS = {"sole": "one head", "joint": "joint heads", "disputed": "sources disagree on who leads"}


class Point(Struct, frozen=True):
    """A part of a fact that has a proof of its own."""

    text: str
    evidence: list[Evidence]


class Entry(Struct, frozen=True, kw_only=True):
    """One fact or disagreement: what leads (a name, a date, an amount), what it says, and its proof.

    `read` says so where code has not read all of it itself.
    """

    id: str
    lead: str
    body: str
    notes: list[str]
    points: list[Point] = []
    certainty: str | None
    read: str | None = None
    origins: int
    salience: float = 0.0
    evidence: list[Evidence]

    @property
    def beside_proof(self) -> str:
        """What it says where its proof stands beside it: nothing, if the proof says it in the same words."""
        return "" if any(_tells(e.exact, self.body) for e in self.evidence) else self.body


class Group(Struct, frozen=True):
    label: str | None
    entries: list[Entry]


class OutlineSection(Struct, frozen=True):
    """Entries of one kind. `kind`: its name, or `conflict`."""

    kind: str
    title: str
    groups: list[Group]


def _tells(quote: str, body: str) -> bool:
    """Whether a quote ends with these words, after a date perhaps."""
    told, words = ([word.strip('“”"‘’.,').casefold() for word in text.split()] for text in (quote, body))
    return told[-len(words) :] == words


def _entry(fact: Fact, lead: str, body: str, *notes: str | None, points: Sequence[Point] = ()) -> Entry:
    return Entry(
        id=fact.id,
        lead=lead,
        body=body,
        notes=[note for note in notes if note],
        points=[*points],
        certainty=fact.certainty,
        read=_read(fact),
        origins=fact.origins,
        salience=fact.salience,
        evidence=proofs_of(fact),
    )


def _read(fact: Fact) -> str | None:
    if fact.translated:
        return f"{BY_MODEL} and translated by it"
    return BY_MODEL if fact.proof == "quoted" else None


def _delegate(delegate: Delegate) -> Entry:
    """Somebody whom nobody names is known by the office."""
    told = (delegate.role if delegate.name else None, delegate.organisation)
    return _entry(
        delegate,
        delegate.name or initial(delegate.role),
        ", ".join(filter(None, told)),
        None if delegate.name else "not named",
        _LEADS.get(delegate.head),
        in_words(delegate.capacity) if delegate.capacity else None,
    )


def _stake(stake: Stake) -> Entry:
    topic = in_words(stake.topic)
    return _entry(
        stake,
        initial(stake.title or topic),
        stake.summary,
        topic if stake.title else None,
        f"at risk: {stake.at_risk}" if stake.at_risk else None,
        points=[Point(wants(position), position.evidence) for position in stake.positions],
    )


def _deadline(deadline: Deadline) -> Entry:
    return _entry(
        deadline,
        when(deadline.date),
        beside_date(deadline.date, deadline.what),
        in_words(deadline.kind) if deadline.kind != "other" else None,
        deadline.status if deadline.status != "unknown" else None,
        basis(deadline.date),
        *_start(deadline),
        *(f"condition: {condition.text}" for condition in deadline.conditions),
        f"otherwise: {deadline.consequence}" if deadline.consequence else None,
    )


def _figure(figure: Figure) -> Entry:
    return _entry(
        figure,
        figure.as_written,
        figure.subject,
        reading(figure),
        in_words(figure.measure) if figure.measure != "other" else None,
        figure.direction,
        in_words(figure.status),
        *measure(figure),
        f"period: {when(figure.period)}" if figure.period else None,
        f"against {figure.comparison_base}" if figure.comparison_base else None,
        f"says {figure.reported_by}" if figure.reported_by else None,
    )


def _statement(statement: Statement) -> Entry:
    role = [party_name(statement.party)] if statement.party else []
    return _entry(
        statement,
        statement.speaker,
        _speech(statement),
        statement.role,
        *role,
        statement.channel,
        f"said {when(statement.said_on)}" if statement.said_on else None,
    )


def _speech(statement: Statement) -> str:
    return f"“{statement.text}”" if statement.direct else statement.text


def _event(event: Event) -> Entry:
    return _entry(
        event,
        when(event.date),
        beside_date(event.date, event.what),
        in_words(event.status),
        event.place,
        basis(event.date),
    )


def _conflict(conflict: Conflict, facts: dict[str, Fact]) -> Entry:
    proof = [
        e for position in conflict.positions for fact_id in position.fact_ids for e in facts[fact_id].evidence
    ]
    return Entry(
        id=conflict.id,
        lead=conflict.about,
        body=" versus ".join(position.value for position in conflict.positions),
        notes=[settlement(conflict) or "open"],
        certainty=None,
        origins=len({e.document_id for e in proof}),
        evidence=proof,
    )


def _change(figure: Figure) -> list[str]:
    """What a figure was before, and whose measure it is."""
    return [*([] if figure.previous_value is None else [reading(figure)]), *measure(figure)]


def _amount(figure: Figure) -> str:
    """The sentence that tells it, after the figure itself where that says more, or not in the same words."""
    quote, change = figure.evidence[0].exact, _change(figure)
    told = in_quotes(quote)
    return (
        told if figure.as_written in quote and not change else f"{_beside(figure.as_written, change)}: {told}"
    )


def _start(deadline: Deadline) -> list[str]:
    return [f"starts {when(deadline.starts)}"] if deadline.starts else []


def _seat(delegate: Delegate) -> str:
    """Who sits at the table, and for whom. Somebody whom nobody names is known by the office."""
    party = party_name(delegate.party)
    who = f"{delegate.name}, {delegate.role}" if delegate.name else f"{initial(delegate.role)}, not named"
    return f"{who}, leads for {party}" if delegate.head else f"{who}, for {party}"


def _who(statement: Statement) -> str:
    return ", ".join(filter(None, (statement.speaker, statement.role)))


def _told(stake: Stake) -> str:
    """Who wants what, or else the sentence that says what it is about."""
    return "; ".join(map(wants, stake.positions)) or stake.summary


def _beside(words: str, more: Iterable[str]) -> str:
    """Words with what else there is to tell, in brackets."""
    told = "; ".join(more)
    return f"{words.removesuffix('.')} ({told})" if told else words


class _Telling(NamedTuple):
    """How a kind of fact is told: as an entry of its section, and in a line of its own."""

    entry: Callable[[Any], Entry]
    line: Callable[[Any], str]


_TELLINGS = {
    "delegate": _Telling(_delegate, _seat),
    "deadline": _Telling(_deadline, lambda one: _beside(with_date(one.date, one.what), _start(one))),
    "figure": _Telling(_figure, _amount),
    "stake": _Telling(_stake, lambda one: f"{initial(one.title or in_words(one.topic))}: {_told(one)}"),
    "statement": _Telling(_statement, lambda one: f"{_who(one)}: {_speech(one)}"),
    "event": _Telling(_event, lambda one: with_date(one.date, one.what)),
}
"""Every kind of fact, in the order in which they are read."""


def outline(subject: Briefing | DocumentReadout) -> list[OutlineSection]:
    """The sections that hold something."""
    sections = [_section(subject, BY_NAME[name], telling.entry) for name, telling in _TELLINGS.items()]
    if isinstance(subject, Briefing):
        by_id = {fact.id: fact for fact in facts_of(subject)}
        sections.append(
            OutlineSection(
                "conflict", "Conflicts", [Group(None, [_conflict(c, by_id) for c in subject.conflicts])]
            )
        )
    return [section for section in sections if any(group.entries for group in section.groups)]


def entry_of(fact: Fact) -> Entry:
    """One fact as an entry of its section."""
    return _TELLINGS[kind_of(fact).name].entry(fact)


def as_line(fact: Fact) -> str:
    """What a fact says, in a line that stands alone: `14 March 2031: the talks open`."""
    notes = [_read(fact), "sources disagree" if fact.certainty == "disputed" else None]
    return _beside(_TELLINGS[kind_of(fact).name].line(fact), filter(None, notes))


def _section(
    subject: Briefing | DocumentReadout, kind: Kind, entry: Callable[[Any], Entry]
) -> OutlineSection:
    if kind.fact is Delegate:
        return OutlineSection(
            kind.name,
            "Delegations",
            [Group(_side(side), [entry(member) for member in side.members]) for side in subject.delegations],
        )
    entries = [entry(fact) for fact in facts_of_kind(subject, kind)]
    return OutlineSection(kind.name, kind.plural.capitalize(), [Group(None, entries)])


def _side(delegation: Delegation) -> str:
    head = _HEADS.get(delegation.head)
    return party_name(delegation.party) + (f" ({head})" if head else "")


def standing(subject: Briefing | BriefingSummary | DocumentReadout) -> str | None:
    """The negotiation in one line; None where the document is not about one."""
    talks = subject.negotiation
    if talks is None:
        return None
    dates = [when(date) for date in (talks.start, talks.end) if date]
    parts = [
        " – ".join(party_name(code) for code in talks.parties),
        talks.round,
        talks.venue,
        " to ".join(dict.fromkeys(dates)),
        f"{talks.level} level" if talks.level != "unknown" else None,
        in_words(talks.stage) if talks.stage not in (None, "unknown", talks.status) else None,
        in_words(talks.status) if talks.status != "unknown" else None,
        f"outcome: {talks.outcome}" if talks.outcome else None,
    ]
    return " · ".join(part for part in parts if part)


def _labelled(label: str, date: FuzzyDate | None) -> str | None:
    return f"{label} {when(date)}" if date else None


def source_title(source: Source) -> str:
    """Its title; how its id begins where it has none."""
    return source.title or f"Document {source.document_id[:12]}"


def source_line(source: Source) -> str:
    """Title, publisher, day and kind of a source."""
    title = source_title(source)
    return " · ".join(filter(None, (title, imprint(source))))


def imprint(source: Source) -> str:
    """Publisher, day and kind of a source."""
    parts = [
        source.publisher,
        _labelled("published", source.published),
        _labelled("updated", source.updated),
        in_words(source.kind) if source.kind != "unknown" else None,
    ]
    return " · ".join(part for part in parts if part)

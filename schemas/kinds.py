"""The kinds of fact, a row each: what has to be done for every kind is a loop over `KINDS`."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from types import GenericAlias
from typing import Any

from msgspec import Struct, defstruct

from schemas.briefing import Briefing, DocumentReadout
from schemas.facts import Deadline, Delegate, Event, Fact, Figure, Stake, Statement
from schemas.proposals import (
    Cited,
    DeadlineAnswer,
    DeadlineProposal,
    DelegateAnswer,
    DelegateProposal,
    EventAnswer,
    EventProposal,
    FigureAnswer,
    FigureProposal,
    Proposal,
    StakeAnswer,
    StakeProposal,
    StatementAnswer,
    StatementProposal,
)
from schemas.vocabulary import BriefingId


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of fact.

    `name` is its name in changes, links and rejections; `plural` the field that holds it in readouts, briefings
    and proposals, and the path of its list; `about` says in a few words what it is. `date` is the field with
    its day, `begins` the one with the day from which it applies, `linked` those with parties. `columns` are the
    columns by which stored facts are found, each with the field that fills it: what a column means depends on
    the kind. A search finds it by `heading`, the first of these fields that it tells, and by `searched` below:
    fields, each with the leaves of what it holds.
    """

    name: str
    plural: str
    about: str
    fact: type[Fact]
    proposal: type[Proposal]
    answer: type[Cited]
    date: str | None = None
    begins: str | None = None
    linked: tuple[str, ...] = ()
    columns: Mapping[str, str] = {}
    heading: tuple[str, ...]
    searched: tuple[tuple[str, ...], ...]

    @property
    def dated(self) -> bool:
        """Whether a fact falls on a day of its own, rather than telling of a period."""
        return self.date == "date"

    @property
    def carried(self) -> Any:
        """The shape of a fact of this kind that a briefing carries."""
        return GenericAlias(self.fact, (BriefingId,))


KINDS = (
    Kind(
        name="delegate",
        plural="delegates",
        about="People at the table.",
        fact=Delegate,
        proposal=DelegateProposal,
        answer=DelegateAnswer,
        columns={"party": "party"},
        heading=("name", "role"),
        searched=(("role",), ("organisation",)),
    ),
    Kind(
        name="stake",
        plural="stakes",
        about="What is on the table.",
        fact=Stake,
        proposal=StakeProposal,
        answer=StakeAnswer,
        columns={"topic": "topic"},
        heading=("title", "summary"),
        searched=(("summary",), ("positions", "ask", "offer", "red_line"), ("at_risk",)),
    ),
    Kind(
        name="deadline",
        plural="deadlines",
        about="What falls due.",
        fact=Deadline,
        proposal=DeadlineProposal,
        answer=DeadlineAnswer,
        date="date",
        columns={"word": "kind", "status": "status"},
        heading=("what",),
        searched=(("date", "text"), ("starts", "text"), ("conditions", "text"), ("consequence",)),
    ),
    Kind(
        name="figure",
        plural="figures",
        about="Quantities.",
        fact=Figure,
        proposal=FigureProposal,
        answer=FigureAnswer,
        date="period",
        begins="effective",
        linked=("applies_to",),
        columns={
            "word": "measure",
            "status": "status",
            "unit": "unit",
            "value": "value",
            "imposed_by": "imposed_by",
        },
        heading=("subject",),
        searched=(
            ("as_written",),
            ("comparison_base",),
            ("effective", "text"),
            ("legal_basis",),
            ("reported_by",),
        ),
    ),
    Kind(
        name="statement",
        plural="statements",
        about="Who said what.",
        fact=Statement,
        proposal=StatementProposal,
        answer=StatementAnswer,
        columns={"party": "party", "speaker": "speaker", "direct": "direct"},
        heading=("speaker",),
        searched=(("role",), ("text",), ("channel",), ("said_on", "text")),
    ),
    Kind(
        name="event",
        plural="events",
        about="What happened or is to happen.",
        fact=Event,
        proposal=EventProposal,
        answer=EventAnswer,
        date="date",
        columns={"status": "status"},
        heading=("what",),
        searched=(("date", "text"), ("place",)),
    ),
)
LISTED = tuple(kind for kind in KINDS if kind.fact is not Delegate)
"""Kinds with a list of their own in readouts and briefings; delegates are the members of the delegations."""
LINKED = tuple(name for kind in KINDS for name in kind.linked)
"""Fields by whose parties facts are found."""
BY_NAME = {kind.name: kind for kind in KINDS}
_BY_FACT = {kind.fact: kind for kind in KINDS}


def kind_of(fact: Fact) -> Kind:
    return _BY_FACT[type(fact)]


def facts_of_kind(holder: Briefing | DocumentReadout, kind: Kind) -> list[Any]:
    """The facts of one kind, in order."""
    if kind.fact is Delegate:
        return [member for side in holder.delegations for member in side.members]
    facts: list[Any] = getattr(holder, kind.plural)
    return facts


def briefing_with(shape: Callable[[Kind], Any], **fields: Any) -> Any:
    """A briefing of whose JSON nothing else is read: its facts, each kind in a shape, and these fields."""
    side: Any = defstruct("Delegation", [("members", _list_of(shape(BY_NAME["delegate"])))])
    facts = [(kind.plural, _list_of(shape(kind))) for kind in LISTED]
    return defstruct("Briefing", [("delegations", _list_of(side)), *facts, *fields.items()])


def _list_of(shape: Any) -> Any:
    return GenericAlias(list, (shape,))


def facts_of(holder: Briefing | DocumentReadout) -> Iterator[Fact]:
    """Every fact, kind after kind."""
    return chain.from_iterable(facts_of_kind(holder, kind) for kind in KINDS)

"""A module a kind of fact: what our rules propose of it, what a model's answer does, and what proves either."""

from collections.abc import Callable, Container, Sequence
from typing import Any

from pipeline.documents.document import Span, touching
from pipeline.extraction.asides import asides
from pipeline.extraction.kinds import deadlines, delegates, events, figures, stakes, statements, talks
from pipeline.extraction.verifier import Leaves, Verifier
from pipeline.language.annotate import Annotated, Numbered
from schemas.facts import Fact
from schemas.kinds import KINDS
from schemas.proposals import Proposal, Proposals

Propose = Callable[[Annotated, frozenset[str]], Sequence[Proposal]]
Answered = Callable[[Any, Numbered], Sequence[Proposal]]
Verify = Callable[[Verifier, Any, Leaves, Container[str]], Fact]
_MODULES = {
    "delegate": delegates,
    "stake": stakes,
    "deadline": deadlines,
    "figure": figures,
    "statement": statements,
    "event": events,
}
ANSWERED: dict[str, Answered] = {"negotiation": talks.answered} | {
    kind: module.answered for kind, module in _MODULES.items()
}
"""By the name of the kind; each raises NoSuchSentence."""
PROPOSE: dict[str, Propose] = {kind: module.propose for kind, module in _MODULES.items()}
"""By the name of the kind; `frozenset`: the parties of the talks."""
VERIFY: dict[str, Verify] = {kind: module.verify for kind, module in _MODULES.items()}
"""By the name of the kind; each raises Unproven. `Container`: ids of the facts of the kind that are there already."""


def propose(annotated: Annotated) -> Proposals:
    """What the embedded extractor's rules read in a document."""
    negotiation = talks.propose(annotated)
    if negotiation is None:
        return Proposals(talks=None)
    parties = frozenset(negotiation.parties)
    beside = asides(annotated, parties)
    places = [
        annotated.source(sentence.start, sentence.end)
        for sentence in annotated.body
        if sentence.index in beside
    ]
    proposals: dict[str, Any] = {
        kind.plural: [one for one in PROPOSE[kind.name](annotated, parties) if not _within(one, places)]
        for kind in KINDS
    }
    return Proposals(talks=negotiation, **proposals)


def _within(proposal: Proposal, places: Sequence[Span]) -> bool:
    """Whether a proposal rests on a passage that tells nothing of the talks."""
    return proposal.at is not None and bool(touching(places, proposal.at, proposal.at + 1))

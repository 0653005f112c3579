"""A module a kind of fact: what the embedded extractor proposes of it, and what proves a proposal of any extractor."""

from collections.abc import Callable, Sequence
from typing import Any

from pipeline.extraction.kinds import deadlines, delegates, events, figures, stakes, statements, talks
from pipeline.extraction.verifier import Verifier
from pipeline.language.annotate import Annotated
from schemas.facts import Fact
from schemas.kinds import KINDS
from schemas.proposals import Proposal, Proposals

Propose = Callable[[Annotated, frozenset[str]], Sequence[Proposal]]
Verify = Callable[[Verifier, Any], Fact]
_MODULES = {
    "delegate": delegates,
    "stake": stakes,
    "deadline": deadlines,
    "figure": figures,
    "statement": statements,
    "event": events,
}
PROPOSE: dict[str, Propose] = {kind: module.propose for kind, module in _MODULES.items()}
"""By the name of the kind; `frozenset`: the parties of the talks."""
VERIFY: dict[str, Verify] = {kind: module.verify for kind, module in _MODULES.items()}
"""By the name of the kind; each raises Unproven."""


def propose(annotated: Annotated) -> Proposals:
    """What the embedded extractor's rules read in a document."""
    negotiation = talks.propose(annotated)
    if negotiation is None:
        return Proposals(talks=None)
    parties = frozenset(negotiation.parties)
    proposals: dict[str, Any] = {kind.plural: PROPOSE[kind.name](annotated, parties) for kind in KINDS}
    return Proposals(talks=negotiation, **proposals)

"""Where the quotes of an answer stand: a mention that repeats is mapped to its own place."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from pipeline.documents.document import Document, Span
from pipeline.language.matching import find
from schemas.proposals import Proposal, Proposals

P = TypeVar("P", bound=Proposal)


def placed(document: Document, proposals: Proposals, within: Span) -> Proposals:
    """Proposals with `at` set: the n-th of several equal ones is the n-th mention of the section."""
    taken: Counter[tuple[type[Proposal], bytes]] = Counter()

    def place(proposal: P) -> P:
        spans = [
            span for span in find(document.text, proposal.quote) if within.start <= span.start < within.end
        ]
        key = (type(proposal), msgspec.json.encode(proposal))
        nth = taken[key]
        taken[key] += 1
        return (
            msgspec.structs.replace(proposal, at=spans[min(nth, len(spans) - 1)].start) if spans else proposal
        )

    def place_all(found: Sequence[P]) -> list[P]:
        return [place(proposal) for proposal in found]

    return Proposals(
        talks=place(proposals.talks) if proposals.talks else None,
        delegates=place_all(proposals.delegates),
        stakes=place_all(proposals.stakes),
        deadlines=place_all(proposals.deadlines),
        figures=place_all(proposals.figures),
        statements=place_all(proposals.statements),
        events=place_all(proposals.events),
    )

"""What our own rules propose, as a model would say it: an answer that cites sentences by their numbers."""

from typing import Any

from pipeline.language.annotate import Numbered
from pipeline.language.quantities import amount_unit, reread
from schemas.kinds import KINDS
from schemas.proposals import (
    ConditionAnswer,
    DateAnswer,
    DeadlineAnswer,
    DeadlineProposal,
    DelegateAnswer,
    DelegateProposal,
    EventAnswer,
    EventProposal,
    FigureAnswer,
    FigureProposal,
    ModelAnswer,
    Proposal,
    Proposals,
    StakeAnswer,
    StakeProposal,
    StatementAnswer,
    StatementProposal,
    TalksAnswer,
)


def said(proposals: Proposals, numbered: Numbered) -> ModelAnswer:
    """Proposals as an answer; a model cannot cite a headline."""
    talks = proposals.talks
    lists: dict[str, Any] = {
        kind.plural: [
            _item(one, numbers)
            for one in getattr(proposals, kind.plural)
            if (numbers := _numbers(one, numbered))
        ]
        for kind in KINDS
    }
    if talks is None:
        return ModelAnswer(talks=None)
    own = TalksAnswer(
        s=_numbers(talks, numbered),
        parties=talks.parties,
        venue=talks.venue,
        round=talks.round,
        starts=_date(talks.date_words),
        status=talks.status,
    )
    return ModelAnswer(talks=own, **lists)


def _numbers(proposal: Proposal, numbered: Numbered) -> list[int]:
    assert proposal.at is not None
    return numbered.holding([(proposal.at, proposal.at + len(proposal.quote))])


def _date(words: str | None) -> DateAnswer | None:
    return DateAnswer(words=words) if words else None


def _item(proposal: Proposal, s: list[int]) -> Any:
    match proposal:
        case DelegateProposal(name=name, role=role, party=party, head=head):
            return DelegateAnswer(s=s, name=name, role=role, party=party, head=head)
        case StakeProposal(topic=topic, summary=summary):
            return StakeAnswer(s=s, topic=topic, title=summary)
        case DeadlineProposal(what=what, kind=kind, date_words=words):
            conditions = [ConditionAnswer(kind=one.kind, words=one.text) for one in proposal.conditions]
            return DeadlineAnswer(s=s, what=what, kind=kind, date=_date(words), conditions=conditions)
        case FigureProposal(as_written=words, subject=subject, measure=measure, status=status):
            read = reread(words)
            assert read and status
            return FigureAnswer(
                s=s,
                amount=words,
                value=read.value,
                to=read.value_high,
                unit=amount_unit(read),
                subject=subject,
                measure=measure,
                status=status,
                direction=proposal.direction,
                period=_date(proposal.period_words),
                base=proposal.comparison_base,
                source=proposal.reported_by,
            )
        case StatementProposal(speaker=speaker, role=role, party=party, direct=direct, text=text):
            return StatementAnswer(
                s=s,
                speaker=speaker,
                role=role,
                party=party,
                quoted=direct,
                words=" ".join(text.split()[:8]) if direct else None,
                channel=proposal.channel,
            )
        case EventProposal(what=what, date_words=date_words, status=status, place=place):
            return EventAnswer(s=s, what=what, date=DateAnswer(words=date_words), status=status, place=place)
    raise TypeError(f"not a proposal of a fact: {type(proposal)}")

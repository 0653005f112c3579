"""The model's answer -> proposals at their places. What is malformed is accounted for; what was complete is kept."""

import re
from collections import Counter
from typing import Any, TypeVar

import jiter
import msgspec
from msgspec import Struct

from pipeline.documents.document import Document, Span
from pipeline.language.matching import find
from schemas import Rejection
from schemas.kinds import KINDS
from schemas.proposals import Proposal, Proposals, TalksProposal

_P = TypeVar("_P", bound=Proposal)
_FENCE = re.compile(r"```(?:json)?\s*(?P<json>\{.*?)\s*(?:```|\Z)", re.DOTALL)
_LONGEST_QUOTE = 300


class ParsedAnswer(Struct, frozen=True, kw_only=True):
    """Proposals of one answer. `whole`: the JSON ended where it should; `fits`: it had the asked-for shape."""

    proposals: Proposals
    malformed: list[Rejection]
    whole: bool
    fits: bool


def read_answer(text: str) -> ParsedAnswer:
    """Proposals from whatever a model wrote: JSON, JSON in prose or fences, or the beginning of JSON."""
    raw, whole = _json(text)
    fits = isinstance(raw, dict) and ("talks" in raw or any(isinstance(v, list) for v in raw.values()))
    fields: dict[str, Any] = raw if isinstance(raw, dict) else {}
    malformed: list[Rejection] = []
    talks = _items([fields["talks"]] if fields.get("talks") else [], "negotiation", TalksProposal, malformed)
    facts: dict[str, Any] = {
        kind.plural: _items(fields.get(kind.plural), kind.name, kind.proposal, malformed) for kind in KINDS
    }
    proposals = Proposals(talks=talks[0] if talks else None, **facts)
    return ParsedAnswer(proposals=proposals, malformed=malformed, whole=whole, fits=fits)


def placed(document: Document, proposals: Proposals, within: Span) -> Proposals:
    """Proposals with `at` set: the n-th of several equal ones is the n-th mention of the section."""
    placed_before: Counter[tuple[type[Proposal], bytes]] = Counter()

    def place(proposal: _P) -> _P:
        spans = [
            span for span in find(document.text, proposal.quote) if within.start <= span.start < within.end
        ]
        key = (type(proposal), msgspec.json.encode(proposal))
        nth = placed_before[key]
        placed_before[key] += 1
        if not spans:
            return proposal
        return msgspec.structs.replace(proposal, at=spans[min(nth, len(spans) - 1)].start)

    facts: dict[str, Any] = {
        kind.plural: [place(proposal) for proposal in getattr(proposals, kind.plural)] for kind in KINDS
    }
    return Proposals(talks=place(proposals.talks) if proposals.talks else None, **facts)


def _json(text: str) -> tuple[Any, bool]:
    """The first JSON object in a text, and whether it is whole. None where there is none."""
    text = text.rpartition("</think>")[2]
    fenced = _FENCE.search(text)
    body = fenced["json"] if fenced else text[text.find("{") :] if "{" in text else ""
    if not body:
        return None, False
    for end in (len(body), body.rfind("}") + 1):
        try:
            return msgspec.json.decode(body[:end]), True
        except (msgspec.DecodeError, UnicodeError):
            continue
    try:
        return jiter.from_json(body.encode(errors="replace"), partial_mode=True), False
    except ValueError:
        return None, False


def _items(raw: Any, kind: str, shape: type[_P], malformed: list[Rejection]) -> list[_P]:
    items: list[_P] = []
    for item in raw if isinstance(raw, list) else []:
        try:
            fields = {name: value for name, value in item.items() if name != "at"}
            items.append(msgspec.convert(fields, shape))
        except (AttributeError, msgspec.ValidationError) as error:
            quote = item.get("quote") if isinstance(item, dict) else item
            reason = f"the answer does not fit the schema: {error}"
            malformed.append(Rejection(kind=kind, quote=str(quote)[:_LONGEST_QUOTE], reason=reason))
    return items

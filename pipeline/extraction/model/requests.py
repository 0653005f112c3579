"""What goes to a language model, in sections that fit a call, and what comes back as proposals."""

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

import jiter
import msgspec
from msgspec import Struct

from pipeline.documents.document import Document, Span
from pipeline.documents.layout import body_paragraphs
from pipeline.errors import ModelError, ProviderDown
from pipeline.language.matching import find
from pipeline.language.sentences import split
from prompts import Message, version
from schemas import Rejection, Usage
from schemas.kinds import KINDS
from schemas.proposals import Proposal, Proposals, TalksProposal

Finish = Literal["stop", "length", "refusal", "filter"]


class Request(Struct, frozen=True, kw_only=True):
    """One call: the messages, and the most tokens that the answer may have."""

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    attempt: int = 0
    """Grows where the same question is asked again because its answer could not be read."""

    def key(self) -> str:
        """SHA-256 of all that determines the answer: two equal requests need one call."""
        body = msgspec.json.encode([version(), self.model, self.max_tokens, self.attempt, self.messages])
        return hashlib.sha256(body).hexdigest()

    def chars(self) -> int:
        return sum(len(message["content"]) for message in self.messages)


class Completion(Struct, frozen=True, kw_only=True):
    """An answer as it was received; `seconds` spent waiting for it, `cost` in US dollars where prices are known."""

    text: str
    finish: Finish
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None


Complete = Callable[[Request], Completion]
"""Something that answers requests. Raises ModelError."""


class CallLedger:
    """What the calls about one document cost, and what went wrong with them. Shared by the threads of its sections."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._completions: list[Completion] = []
        self._errors: list[ModelError] = []
        self.malformed: list[Rejection] = []

    def paid(self, completion: Completion, malformed: list[Rejection]) -> None:
        with self._lock:
            self._completions.append(completion)
            self.malformed.extend(malformed)

    def failed(self, error: ModelError, where: str) -> None:
        """A section that got no answer; it is told among the rejections, and the others go on."""
        with self._lock:
            self._errors.append(error)
            self.malformed.append(Rejection(kind="section", quote=where, reason=str(error)))

    @property
    def incomplete(self) -> bool:
        return bool(self._errors)

    def failure(self) -> ModelError:
        return (
            self._errors[0] if self._errors else ProviderDown("the model gave no answer that could be read")
        )

    def usage(self) -> Usage:
        paid = self._completions
        costs = [completion.cost for completion in paid if completion.cost is not None]
        return Usage(
            calls=len(paid),
            prompt_tokens=sum(completion.prompt_tokens for completion in paid),
            cached_tokens=sum(completion.cached_tokens for completion in paid),
            completion_tokens=sum(completion.completion_tokens for completion in paid),
            seconds=round(sum(completion.seconds for completion in paid), 3),
            cost=sum(costs) if costs else None,
        )


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


class TextSection(Struct, frozen=True):
    """Body paragraphs, in order, that go to the model in one call."""

    parts: list[Span]

    @property
    def span(self) -> Span:
        return Span(self.parts[0].start, self.parts[-1].end)

    def text(self, document: Document) -> str:
        return "\n\n".join(document.text[part.start : part.end] for part in self.parts)

    def halves(self) -> list["TextSection"]:
        """The section in two, or nothing where it is one paragraph."""
        middle = len(self.parts) // 2
        return [TextSection(self.parts[:middle]), TextSection(self.parts[middle:])] if middle else []


def _pieces(document: Document, paragraph: Span, most: int) -> Iterator[Span]:
    """A paragraph, cut between sentences where it is too long for one call."""
    if paragraph.end - paragraph.start <= most:
        yield paragraph
        return
    piece: Span | None = None
    for sentence in split(document.text, paragraph.start, paragraph.end):
        if piece and sentence.end - piece.start > most:
            yield piece
            piece = None
        piece = Span(piece.start if piece else sentence.start, sentence.end)
    if piece:
        yield piece


def sections(document: Document, most: int) -> list[TextSection]:
    """The body in sections of about `most` characters; a single sentence may be longer."""
    found: list[TextSection] = []
    parts: list[Span] = []
    size = 0
    for paragraph in body_paragraphs(document.text, document.blocks):
        for piece in _pieces(document, paragraph, most):
            length = piece.end - piece.start
            if parts and size + length > most:
                found.append(TextSection(parts))
                parts, size = [], 0
            parts.append(piece)
            size += length
    return [*found, TextSection(parts)] if parts else found

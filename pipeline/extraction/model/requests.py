"""What goes to a language model, in sections that fit a call, and what comes back as proposals."""

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal, TypeVar

import jiter
import msgspec
from msgspec import Struct

from pipeline.documents.document import Document, Span
from pipeline.documents.layout import body_paragraphs
from pipeline.errors import ModelError, ProviderDown
from pipeline.language.matching import find
from pipeline.language.sentences import split
from prompts import OURS, Message, version
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
_LONGEST_QUOTE = 300
_THINKS = r"(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad)"
_THOUGHT = re.compile(
    rf"[<\[◁](?P<name>{_THINKS})[>\]▷].*?(?:[<\[◁]/(?P=name)[>\]▷]|\Z)", re.DOTALL | re.IGNORECASE
)
_THOUGHT_ENDS = re.compile(rf"[<\[◁]/{_THINKS}[>\]▷]", re.IGNORECASE)
_OBJECT = re.compile(r"""\{(?=\s*(?:["'“}]|//|/\*|[A-Za-z_]\w*\s*:))""")
_MOST_FAULTY = 8
"""Objects that cannot be read as they are, after which no more are looked for."""
_STRICT = json.JSONDecoder(strict=False, parse_constant=lambda _: None)

# Where a string ends for which its quotation marks are not escaped: before a sign that can only follow a string.
_STRING_ENDS = r"""\s*(?:[:}\]]|\Z|"\w+"\s*:|,\s*(?:["'“{\[}\],/]|\Z|-?\d|[A-Za-z_]\w*\s*[:,}\]]))"""
_FAULTY = re.compile(
    rf"""(?P<string>"(?:[^"\\]|\\.|"(?!{_STRING_ENDS}))*+|'(?:[^'\\]|\\.|'(?!{_STRING_ENDS}))*+|“(?:[^”\\]|\\.)*+)"""
    r"""(?P<end>["'”]?)"""
    r"""|(?P<gap>(?<=["'}\]])\s*+(?=["'{\[]))|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[,}\]])"""
    r"""|(?P<word>(?<![\w.])(?:None|True|False|undefined|NaN|[-+]?Infinity)\b)|(?P<name>[A-Za-z_]\w*)(?=\s*:)""",
    re.DOTALL,
)
_IN_STRING = re.compile(r"""(?P<escape>\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))|\\|(?P<sign>["\x00-\x1f])""")
_WORDS = {"True": "true", "False": "false"}
_LONE_SURROGATE = re.compile(
    r"\\u[dD][89aAbB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?<!\\u[dD][89aAbB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


class ParsedAnswer(Struct, frozen=True, kw_only=True):
    """Proposals of one answer. `whole`: the JSON ended where it should; `fits`: it had the asked-for shape."""

    text: str
    proposals: Proposals
    malformed: list[Rejection]
    whole: bool
    fits: bool


def read_answer(text: str) -> ParsedAnswer:
    """Proposals from whatever a model wrote: JSON, JSON in prose or fences, marred JSON, or the beginning of JSON."""
    fields, whole = _best(_objects(text))
    malformed: list[Rejection] = []
    talks = _items([fields["talks"]] if fields.get("talks") else [], "negotiation", TalksProposal, malformed)
    facts: dict[str, Any] = {
        kind.plural: _items(fields.get(kind.plural), kind.name, kind.proposal, malformed) for kind in KINDS
    }
    proposals = Proposals(talks=talks[0] if talks else None, **facts)
    fits = bool(talks or any(facts.values()) or (_known(fields) and not malformed))
    return ParsedAnswer(text=text, proposals=proposals, malformed=malformed, whole=whole, fits=fits)


def _known(fields: Mapping[str, Any]) -> list[Any]:
    """The values of an object that an answer has by their names and shapes."""
    lists = [fields[kind.plural] for kind in KINDS if isinstance(fields.get(kind.plural), list)]
    talks = fields.get("talks", 0)
    return [*lists, talks] if talks is None or isinstance(talks, dict) else lists


def _best(objects: Iterable[tuple[dict[str, Any], bool]]) -> tuple[dict[str, Any], bool]:
    """The object that is the answer: one that says something, then of most names, then the last."""
    none: tuple[dict[str, Any], bool] = ({}, False)
    return max(
        enumerate(objects),
        key=lambda one: (any(known := _known(one[1][0])), len(known), one[0]),
        default=(0, none),
    )[1]


def _objects(text: str) -> Iterator[tuple[dict[str, Any], bool]]:
    """The JSON objects of a text, those inside of others too, and whether each is whole; thoughts are left out."""
    text = _LONE_SURROGATE.sub(r"\\ufffd", text).lstrip("\ufeff \t\r\n")
    if text.startswith('"'):
        with suppress(ValueError, RecursionError):
            text = str(_STRICT.decode(text))
    if not text.startswith("{"):
        text = _THOUGHT_ENDS.split(_THOUGHT.sub("", text))[-1]
    edge, faulty = 0, 0
    for match in _OBJECT.finditer(text):
        if match.start() < edge or faulty == _MOST_FAULTY:
            continue
        try:
            value, edge = _STRICT.raw_decode(text, match.start())
            whole = True
        except (ValueError, RecursionError):
            faulty += 1
            value, whole = _mended(text[match.start() :])
        yield from ((one, whole) for one in _inside(value))


def _inside(value: Any) -> Iterator[dict[str, Any]]:
    """A value and all in it that are objects."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left += one.values()
        elif isinstance(one, list):
            left += one


def _mended(text: str) -> tuple[Any, bool]:
    """What marred JSON says, and whether it is whole; None where it cannot be told."""
    mended = _FAULTY.sub(_mend, text)
    try:
        return _STRICT.raw_decode(mended)[0], True
    except (ValueError, RecursionError):
        pass
    try:
        return jiter.from_json(mended.encode(errors="replace"), partial_mode=True), False
    except ValueError:
        return None, False


def _mend(match: re.Match[str]) -> str:
    """A piece of text as JSON has it: strings in double quotes, its own words, no comment, commas where they belong."""
    if match["gap"] is not None:
        return ","
    if name := match["name"]:
        return f'"{name}"'
    if word := match["word"]:
        return _WORDS.get(word, "null")
    if (string := match["string"]) is None:
        return ""
    inside = _IN_STRING.sub(_escape, string[1:])
    return f'"{inside}"' if match["end"] else f'"{inside}'


def _escape(match: re.Match[str]) -> str:
    """A sign in a string that JSON wants escaped; a backslash that escapes nothing is left out."""
    if sign := match["sign"]:
        return json.dumps(sign)[1:-1]
    return match["escape"] or ""


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


def _items(raw: Any, kind: str, shape: type[_P], malformed: list[Rejection]) -> list[_P]:
    items: list[_P] = []
    for item in raw if isinstance(raw, list) else []:
        try:
            fields = {name: value for name, value in item.items() if name not in OURS}
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

"""What goes to a language model, in sections that fit a call, and what comes back: JSON, however wrapped or marred."""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import jiter
import msgspec
from msgspec import Struct

from pipeline import ModelError, ProviderDown
from pipeline.extraction.kinds import ANSWERED
from pipeline.language.annotate import NoSuchSentence, Numbered
from prompts import Message, answer_format, text_format, translation_format, version, writing_version
from schemas import Rejection, Usage
from schemas.kinds import KINDS
from schemas.proposals import Cited, ModelAnswer, Proposal, Proposals, TalksAnswer, TalksProposal

Finish = Literal["stop", "length", "refusal", "filter"]


class Request(Struct, frozen=True, kw_only=True):
    """One call: the messages, and the most tokens that the answer may have."""

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    compact: bool = False
    """Whether it asks for less, of a model that takes little at once."""
    form: Literal["facts", "text", "translation"] = "facts"
    """What is asked for: the facts of a document, a text from facts, or that text in another language."""
    attempt: int = 0
    """Grows where the same question is asked again because its answer could not be read."""

    def key(self) -> str:
        """SHA-256 of all that determines the answer: two equal requests need one call."""
        asked = version() if self.form == "facts" else writing_version()
        body = msgspec.json.encode(
            [asked, self.model, self.max_tokens, self.compact, self.attempt, self.messages]
        )
        return hashlib.sha256(body).hexdigest()

    def response_format(self) -> dict[str, Any]:
        """The schema of the answer, as a provider takes it."""
        if self.form == "translation":
            return translation_format()
        return answer_format(self.compact) if self.form == "facts" else text_format()

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
            self.malformed.append(Rejection(kind="section", leaf=None, quote=where, reason=str(error)))

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


class Section(Struct, frozen=True):
    """The sentences `first` to `last`, which go to the model in one call."""

    first: int
    last: int

    @property
    def numbers(self) -> range:
        return range(self.first, self.last + 1)

    def halves(self) -> list["Section"]:
        """The section in two, or nothing where it is one sentence."""
        middle = (self.first + self.last) // 2
        if self.first == self.last:
            return []
        return [Section(self.first, middle), Section(middle + 1, self.last)]


def sections(numbered: Numbered, most: int) -> list[Section]:
    """The body in sections of about `most` characters, cut between paragraphs where these are not longer."""
    found: list[Section] = []
    first, size, paragraph = 1, 0, 1
    for number in range(1, len(numbered) + 1):
        span = numbered.span(number)
        if numbered.paragraph_begins(number):
            paragraph = number
        size += span.end - span.start
        if size > most and number > first:
            cut = paragraph if paragraph > first else number
            found.append(Section(first, cut - 1))
            first = cut
            size = sum(s.end - s.start for s in map(numbered.span, range(first, number + 1)))
    return [*found, Section(first, len(numbered))] if len(numbered) else found


_C = TypeVar("_C", bound=Cited)
_P = TypeVar("_P", bound=Proposal)
_LONGEST_SHOWN = 300
_OURS = {"at", "amount_at", "beside", "spans"}
"""Fields of a proposal that only code fills."""
_NUMBERS = {"s", "consequence"}
_DATES = {"starts", "date", "period", "effective", "said_on"}
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
    """What one answer says: items that cite sentences by number, and those that quote them instead.

    `whole`: the JSON ended where it should; `fits`: it had the asked-for shape.
    """

    text: str
    answer: ModelAnswer
    quoting: Proposals
    malformed: list[Rejection]
    whole: bool
    fits: bool


def read_answer(text: str) -> ParsedAnswer:
    """What a model wrote: JSON, JSON in prose or fences, marred JSON, or the beginning of JSON."""
    fields, whole = _best(objects_in(text))
    malformed: list[Rejection] = []
    talks = _items(
        [fields["talks"]] if fields.get("talks") else [], "negotiation", TalksAnswer, TalksProposal, malformed
    )
    facts: dict[str, _Items[Any, Any]] = {
        kind.plural: _items(fields.get(kind.plural), kind.name, kind.answer, kind.proposal, malformed)
        for kind in KINDS
    }
    citing: dict[str, Any] = {plural: items.citing for plural, items in facts.items()}
    quoting: dict[str, Any] = {plural: items.quoting for plural, items in facts.items()}
    told = [items for items in (talks, *facts.values()) if items.citing or items.quoting]
    return ParsedAnswer(
        text=text,
        answer=ModelAnswer(talks=next(iter(talks.citing), None), **citing),
        quoting=Proposals(talks=next(iter(talks.quoting), None), **quoting),
        malformed=malformed,
        whole=whole,
        fits=bool(told or (_known(fields) and not malformed)),
    )


class _Items(NamedTuple, Generic[_C, _P]):
    citing: list[_C]
    quoting: list[_P]


def _items(
    raw: Any, kind: str, shape: type[_C], proposal: type[_P], malformed: list[Rejection]
) -> _Items[_C, _P]:
    items: _Items[_C, _P] = _Items([], [])
    for item in raw if isinstance(raw, list) else []:
        try:
            if isinstance(item, dict) and "quote" in item and not item.get("s"):
                untold = {"head"} if item.get("head") is False else set()
                fields = {n: v for n, v in item.items() if v is not None and n not in _OURS | untold}
                items.quoting.append(msgspec.convert(fields, proposal))
            else:
                items.citing.append(msgspec.convert(_tidy(item), shape))
        except (AttributeError, msgspec.ValidationError) as error:
            reason = f"the answer does not fit the schema: {error}"
            malformed.append(Rejection(kind=kind, leaf=None, quote=_shown(item), reason=reason))
    return items


def _shown(item: Any) -> str:
    shown = item if isinstance(item, str) else msgspec.json.encode(item).decode()
    return shown[:_LONGEST_SHOWN]


def _tidy(item: Any) -> dict[str, Any]:
    """An item without its nulls, with a list for one number and an object for the words of a date."""
    fields = {name: value for name, value in item.items() if value is not None}
    for name in _NUMBERS & fields.keys():
        if isinstance(fields[name], int):
            fields[name] = [fields[name]]
    for name in _DATES & fields.keys():
        if isinstance(fields[name], str):
            fields[name] = {"words": fields[name]}
    if isinstance(fields.get("positions"), list):
        fields["positions"] = [_tidy(one) if isinstance(one, dict) else one for one in fields["positions"]]
    return fields


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


def objects_in(text: str) -> Iterator[tuple[dict[str, Any], bool]]:
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


def proposals_of(parsed: ParsedAnswer, numbered: Numbered, malformed: list[Rejection]) -> Proposals:
    """What an answer proposes; what cites sentences that are not there goes to `malformed`."""
    answer, quoting = parsed.answer, parsed.quoting

    def cited(kind: str, items: Sequence[Cited]) -> Iterator[Proposal]:
        for item in items:
            try:
                yield from ANSWERED[kind](item, numbered)
            except NoSuchSentence as error:
                shown = _shown(msgspec.to_builtins(item))
                malformed.append(Rejection(kind=kind, leaf=None, quote=shown, reason=str(error)))

    facts: dict[str, Any] = {
        kind.plural: [*getattr(quoting, kind.plural), *cited(kind.name, getattr(answer, kind.plural))]
        for kind in KINDS
    }
    talks: Any = next(cited("negotiation", [answer.talks] if answer.talks else []), quoting.talks)
    return Proposals(talks=talks, **facts)

"""Right answers are served leaf by leaf as they were proposed; of wrong ones, nothing that is wrong in them is."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.extraction.model import Completion, Model, Request
from pipeline.extraction.readout import readout
from pipeline.language.matching import fold
from pipeline.language.parties import party_of
from schemas import DocumentReadout
from schemas.kinds import KINDS, facts_of_kind

pytestmark = pytest.mark.usefixtures("read_once")

HERE = Path(__file__).parent / "mutations"
TEXTS: list[dict[str, Any]] = [
    text for file in sorted(HERE.glob("*.toml")) for text in tomllib.loads(file.read_text("utf-8"))["texts"]
]
KIND_NAMES = {"number", "limit", "side", "date", "polarity", "status", "direction", "splice", "sentence"}
SERVED_AS = {"amount": "as_written", "to": "value_high", "limit": "comparator", "before": "previous_value",
             "base": "comparison_base", "by": "imposed_by", "on": "applies_to", "law": "legal_basis",
             "source": "reported_by", "quoted": "direct", "words": "text"}  # fmt: skip
SCALES = {"million": 1e6, "billion": 1e9}
DATES = {"date", "period", "effective", "said_on"}
START = {"talks": "start"}
PARTIES = {"party", "parties", "by", "on"}
LISTS = {"positions", "applies_to", "conditions"}
DERIVED = {"name", "level"}
"""Leaves of talks that other facts make."""
OWN = {"id", "briefing_id", "certainty", "proof", "evidence", "origins", "conflict_ids", "salience", "review",
       "first_revision", "changed_revision"}  # fmt: skip
UNTOLD: list[Any] = [None, [], "unknown"]
"""What a leaf is that the document does not prove."""


class Mutation(NamedTuple):
    """One item of a right answer put wrong."""

    text: dict[str, Any]
    kind: str
    of: str
    place: int
    fields: dict[str, Any]


def _mutations() -> Iterator[Mutation]:
    for text in TEXTS:
        for kind, of, fields in text["mutations"]:
            name, _, index = of.partition(" ")
            yield Mutation(text, kind, name, int(index or 0), fields)


MUTATIONS = list(_mutations())


def _named(mutation: Mutation) -> str:
    fields = json.dumps(mutation.fields, ensure_ascii=False)
    return f"{mutation.kind}: {mutation.text['name']}, {mutation.of} {mutation.place} {fields}"


def _served(text: dict[str, Any], answer: dict[str, Any], again: dict[str, Any]) -> DocumentReadout:
    """The readout of a text by a model that answers so, and so when it is asked again."""
    answers = iter([json.dumps(answer)])

    def complete(request: Request) -> Completion:
        return Completion(text=next(answers, json.dumps(again)), finish="stop")

    document = read(text["text"].strip().encode(), published=text["published"])
    return readout(document, Model(complete, "scripted"))


@cache
def _right(index: int) -> DocumentReadout:
    text = TEXTS[index]
    return _served(text, text["answer"], {"talks": None})


def _code(words: str) -> str:
    code = party_of(words)
    assert code, words
    return code


def _proposed(kind: str, item: dict[str, Any]) -> dict[str, Any]:
    """What a right item says, by the leaves of its fact."""
    leaves: dict[str, Any] = {SERVED_AS.get(name, name): value for name, value in item.items() if name != "s"}
    for name in PARTIES & item.keys():
        value = item[name]
        leaves[SERVED_AS.get(name, name)] = (
            [_code(one) for one in value] if isinstance(value, list) else _code(value)
        )
    for name in (DATES | {"starts"}) & item.keys():
        date = leaves.pop(name)
        if "edtf" in date:
            leaves[START.get(kind, name) if name == "starts" else name] = date["edtf"]
    if kind == "figures":
        leaves.setdefault("comparator", "range" if "to" in item else "eq")
    if before := item.get("before"):
        scale = next((scale for word, scale in SCALES.items() if word in before), 1)
        leaves["previous_value"] = float(re.sub(r"[^\d.]", "", before)) * scale
    if "positions" in item:
        leaves["positions"] = [
            {"party": _code(one["party"]), "ask": None, "offer": None, "red_line": None}
            | {one["wants"]: one["words"]}
            for one in item["positions"]
        ]
    if "conditions" in item:
        leaves["conditions"] = [{"kind": one["kind"], "text": one["words"]} for one in item["conditions"]]
    leaves.pop("consequence", None)
    return leaves


def _leaves(fact: Any) -> dict[str, Any]:
    """The leaves of a served fact: dates by their EDTF, positions without their evidence."""
    fields: dict[str, Any] = msgspec.to_builtins(fact)
    for name, value in fields.items():
        if isinstance(value, dict) and "edtf" in value:
            fields[name] = value["edtf"]
    for one in fields.get("positions", []):
        one.pop("evidence")
    return {name: value for name, value in fields.items() if name not in OWN}


def _within(one: str, other: str) -> bool:
    return fold(one) in fold(other) or fold(other) in fold(one)


def _same(proposed: Any, served: Any) -> bool:
    if isinstance(proposed, str) and isinstance(served, str):
        return fold(proposed) == fold(served)
    if isinstance(proposed, list) and isinstance(served, list):
        return sorted(map(str, proposed)) == sorted(map(str, served))
    return bool(proposed == served)


def _lacks(proposed: dict[str, Any], served: dict[str, Any]) -> list[str]:
    """The leaves that are not served as they were proposed."""
    told = {**proposed, **({"text": served["text"]} if "text" in served else {})}
    if (words := proposed.get("text")) and not fold(served["text"]).startswith(fold(words)):
        told["text"] = words
    if (words := proposed.get("as_written")) and _within(words, served["as_written"]):
        del told["as_written"]
    return [
        f"{name}: {value!r} is served as {served.get(name)!r}"
        for name, value in told.items()
        if not _same(value, served.get(name))
    ]


def _facts(found: DocumentReadout) -> dict[str, list[dict[str, Any]]]:
    facts = {kind.plural: [_leaves(fact) for fact in facts_of_kind(found, kind)] for kind in KINDS}
    talks = _leaves(found.negotiation) if found.negotiation else {}
    facts["talks"] = [{name: value for name, value in talks.items() if name not in DERIVED}] if talks else []
    return facts


def _items(answer: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "talks", answer["talks"]
    for kind in KINDS:
        for item in answer.get(kind.plural, []):
            yield kind.plural, item


@pytest.mark.parametrize("index", range(len(TEXTS)), ids=[text["name"] for text in TEXTS])
def test_every_leaf_of_a_right_answer_is_served_as_it_was_proposed(index):
    found = _right(index)
    served = _facts(found)
    wrong = [
        f"{kind} {item}: {min((_lacks(_proposed(kind, item), fact) for fact in served[kind]), key=len, default=['not served'])}"
        for kind, item in _items(TEXTS[index]["answer"])
        if all(_lacks(_proposed(kind, item), fact) for fact in served[kind])
    ]
    assert not wrong, "\n".join(wrong)
    assert not [(one.kind, one.leaf, one.quote, one.reason) for one in found.rejected]
    own = Counter(kind for kind, _ in _items(TEXTS[index]["answer"]))
    assert {kind: len(facts) for kind, facts in served.items() if facts} == own


def _wrong_answer(mutation: Mutation) -> dict[str, Any]:
    answer = mutation.text["answer"]
    if mutation.of == "talks":
        return {**answer, "talks": answer["talks"] | mutation.fields}
    items = list(answer[mutation.of])
    items[mutation.place] = items[mutation.place] | mutation.fields
    return {**answer, mutation.of: items}


def _mutated_leaves(mutation: Mutation) -> set[str]:
    names = {SERVED_AS.get(name, name) for name in mutation.fields} - {"s"}
    return {START.get(mutation.of, name) if name == "starts" else name for name in names}


def fate(mutation: Mutation) -> tuple[str, list[str]]:
    """What becomes of a mutation: it is refused, its leaves are nulled, or something wrong is served, and what."""
    answer = _wrong_answer(mutation)
    found = _served(mutation.text, answer, answer)
    right = _facts(_right(TEXTS.index(mutation.text)))
    item = {**mutation.text["answer"]}[mutation.of]
    own = _proposed(mutation.of, item if mutation.of == "talks" else item[mutation.place])
    (target,) = [fact for fact in right[mutation.of] if not _lacks(own, fact)][:1] or [{}]
    served = _facts(found)
    told = {one.leaf for one in found.rejected}
    wrong: list[str] = []
    nulled = False
    for kind, facts in served.items():
        for fact in facts:
            own_fact = kind == mutation.of and (fact == target or fact not in right[kind])
            if not own_fact and fact in right[kind]:
                continue
            changed = {name for name in fact if not _same(fact[name], target.get(name))}
            missing = {name for name in changed if fact[name] in UNTOLD or _fewer(fact, target, name)}
            bad = changed - missing
            kept = {name for name in _mutated_leaves(mutation) - changed if target.get(name) not in UNTOLD}
            silent = {name for name in missing if not told & {name, _ANSWERED.get(name, name)}}
            if kind != mutation.of or bad or kept or silent or mutation.kind == "sentence":
                wrong.append(
                    f"{kind} {fact}: served {sorted(bad)}, kept {sorted(kept)}, silent {sorted(silent)}"
                )
            nulled = True
    return ("served" if wrong else "nulled" if nulled else "refused"), wrong


_ANSWERED = {"start": "starts"}


def _fewer(fact: dict[str, Any], target: dict[str, Any], name: str) -> bool:
    """Whether a list of a fact holds less than it should, and nothing else."""
    own, right = fact[name], target.get(name)
    if name not in LISTS or right is None:
        return False
    return len(own) < len(right) and all(one in right for one in own)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=map(_named, MUTATIONS))
def test_nothing_of_a_wrong_answer_is_served_that_is_wrong(mutation):
    assert not fate(mutation)[1]


def test_there_are_enough_of_them():
    assert len(TEXTS) >= 25
    assert len(MUTATIONS) >= 200
    assert {mutation.kind for mutation in MUTATIONS} == KIND_NAMES

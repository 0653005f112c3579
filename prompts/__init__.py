"""What the model is asked: versioned prompt texts and the schema of its answers."""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, TypedDict

import msgspec

from schemas.proposals import Proposals

__all__ = ["Message", "answer_format", "document_message", "repair_message", "static_messages", "version"]


class Message(TypedDict):
    """A chat message as the chat-completions protocol has it."""

    role: str
    content: str


@cache
def _text(name: str) -> str:
    return (files("prompts") / name).read_text("utf-8")


@cache
def answer_format() -> dict[str, Any]:
    """The `response_format` of a call: strict structured output."""
    return {
        "type": "json_schema",
        "json_schema": {"name": "proposals", "strict": True, "schema": answer_schema()},
    }


@cache
def version() -> str:
    """Twelve hexadecimal digits that change with any text of the prompt or with the schema."""
    names = ("system.md", "example_document.txt", "example_answer.json", "repair.md")
    parts = [*(_text(name) for name in names), msgspec.json.encode(answer_format()).decode()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _mark(text: str) -> str:
    """A mark that does not occur in the text, the same for the same text."""
    for n in range(1_000):
        mark = hashlib.sha256(f"{n}|{text}".encode()).hexdigest()[:8]
        if mark not in text:
            return mark
    raise ValueError("no mark is free in this text")


def _block(text: str, header: str = "") -> str:
    """The text between two lines that it cannot forge: their mark is not in it, its brackets are broken."""
    mark = _mark(text)
    inert = text.replace("⟦", "⟦\u200b")
    return f"{header}⟦document {mark}⟧\n{inert}\n⟦end {mark}⟧"


def _example_answer() -> str:
    """The answer to the worked example, with an empty list of each kind of fact that it has none of."""
    answer = msgspec.json.decode(_text("example_answer.json"), type=dict[str, Any])
    return msgspec.json.encode(
        {name: answer.get(name, []) for name in answer_schema()["properties"]}
    ).decode()


@cache
def static_messages() -> tuple[Message, ...]:
    """The instructions and one worked example, invented; the same bytes in every call."""
    return (
        {"role": "system", "content": _text("system.md").strip()},
        {"role": "user", "content": _block(_text("example_document.txt").strip())},
        {"role": "assistant", "content": _example_answer()},
    )


def document_message(text: str, header: str = "") -> Message:
    """The document, or a section of it. `header`: what a section needs to know of what stands before it."""
    return {"role": "user", "content": _block(text, header)}


def repair_message(failed: Sequence[str], missing: Sequence[str]) -> Message:
    """What of an answer failed, one line each with its reason, and what it left out."""
    listed = [("\n".join(f"- {line}" for line in lines) or "- nothing") for lines in (failed, missing)]
    return {
        "role": "user",
        "content": Template(_text("repair.md")).substitute(failed=listed[0], missing=listed[1]).strip(),
    }


_KEPT = {"type", "properties", "items", "enum", "anyOf", "$ref", "required", "additionalProperties"}
OURS = {"at", "amount_at"}
"""Fields of a proposal that only code fills."""


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Every field required, nothing beside them, known words as an enum, only keywords of strict mode."""
    if words := schema.get("x-extensible-enum"):
        return {"type": "string", "enum": list(words)}
    kept = {key: value for key, value in schema.items() if key in _KEPT}
    if "$ref" in kept:
        return {"$ref": kept["$ref"].removesuffix("Proposal")}
    if "properties" in kept:
        own = {name: _strict(part) for name, part in kept["properties"].items() if name not in OURS}
        kept |= {"properties": own, "required": list(own), "additionalProperties": False}
    if "items" in kept:
        kept["items"] = _strict(kept["items"])
    if "anyOf" in kept:
        kept["anyOf"] = [_strict(part) for part in kept["anyOf"]]
        types = [part.get("type") for part in kept["anyOf"]]
        if all(set(part) == {"type"} for part in kept["anyOf"]):
            return {"type": types}
    return kept


def answer_schema() -> dict[str, Any]:
    """The schema of an answer, one declaration with `schemas.proposals`."""
    (_,), components = msgspec.json.schema_components([Proposals], ref_template="#/$defs/{name}")
    root = _strict(components.pop("Proposals"))
    parts = {name.removesuffix("Proposal"): _strict(part) for name, part in sorted(components.items())}
    return root | {"$defs": parts}

"""What the model is asked: versioned prompt texts and the schema of its answers."""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, TypedDict

import msgspec

from schemas.kinds import KINDS
from schemas.proposals import ModelAnswer, TextAnswer, TranslationAnswer
from schemas.vocabulary import TOPICS

__all__ = [
    "Message",
    "answer_format",
    "document_message",
    "facts_message",
    "into_english_again_message",
    "into_english_message",
    "other_language_line",
    "repair_message",
    "retranslating_message",
    "rewriting_message",
    "static_messages",
    "text_format",
    "text_message",
    "translating_message",
    "translation_format",
    "version",
    "writing_message",
    "writing_version",
]


class Message(TypedDict):
    """A chat message as the chat-completions protocol has it."""

    role: str
    content: str


@cache
def _text(name: str) -> str:
    return (files("prompts") / name).read_text("utf-8")


@cache
def answer_format(compact: bool = False) -> dict[str, Any]:
    """The `response_format` of a call. Not strict, for that has every field written, the null ones too."""
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": False, "schema": answer_schema(compact)},
    }


@cache
def text_format() -> dict[str, Any]:
    """The `response_format` of a call for a text."""
    return _format(TextAnswer, "text")


def _format(shape: type[msgspec.Struct], name: str) -> dict[str, Any]:
    (_,), components = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    root = _plain(components.pop(shape.__name__))
    schema = root | {
        "$defs": {name.removesuffix("Answer"): _plain(part) for name, part in components.items()}
    }
    return {"type": "json_schema", "json_schema": {"name": name, "strict": False, "schema": schema}}


@cache
def translation_format() -> dict[str, Any]:
    """`response_format` for a translation."""
    return _format(TranslationAnswer, "translation")


@cache
def writing_version() -> str:
    """Twelve hexadecimal digits that change with the prompts for a text, or with the schemas of their answers."""
    names = ("writing.md", "writing_again.md", "translating.md", "translating_again.md")
    parts = [
        *(_text(name) for name in names),
        *(msgspec.json.encode(form).decode() for form in (text_format(), translation_format())),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


@cache
def version() -> str:
    """Twelve hexadecimal digits that change with any text of the prompt or with the schema."""
    names = (
        "system.md", "system_compact.md", "example_document.txt", "example_answer.json", "repair.md",
        "other_language.md", "into_english.md", "into_english_again.md",
    )  # fmt: skip
    parts = [
        *(_text(name) for name in names),
        *(msgspec.json.encode(answer_format(compact)).decode() for compact in (False, True)),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _mark(text: str) -> str:
    """A mark that does not occur in the text, the same for the same text."""
    for n in range(1_000):
        mark = hashlib.sha256(f"{n}|{text}".encode()).hexdigest()[:8]
        if mark not in text:
            return mark
    raise ValueError("no mark is free in this text")


def _block(text: str, of: str = "document") -> str:
    """The text between two lines that it cannot forge: their mark is not in it, its brackets are broken."""
    mark = _mark(text)
    inert = text.replace("⟦", "⟦\u200b")
    return f"⟦{of} {mark}⟧\n{inert}\n⟦end {mark}⟧"


def writing_message() -> Message:
    """The instructions for a text."""
    return {"role": "system", "content": _text("writing.md").strip()}


def translating_message(language: str) -> Message:
    """The instructions for a translation into a language, by its English name."""
    return {
        "role": "system",
        "content": Template(_text("translating.md")).substitute(language=language).strip(),
    }


def text_message(lines: str) -> Message:
    """What is translated, a numbered sentence a line."""
    return {"role": "user", "content": _block(lines, "text")}


def facts_message(facts: str) -> Message:
    """What a text is written from, a fact a line."""
    return {"role": "user", "content": _block(facts, "facts")}


def rewriting_message(failed: Sequence[str], prompt: str = "writing_again.md") -> Message:
    """The sentences that do not stand, one line each with its reasons."""
    listed = "\n".join(f"- {line}" for line in failed)
    return {"role": "user", "content": Template(_text(prompt)).substitute(failed=listed).strip()}


def retranslating_message(failed: Sequence[str]) -> Message:
    """The translations that do not stand, one line each with its reasons."""
    return rewriting_message(failed, "translating_again.md")


def into_english_message(language: str) -> Message:
    """The instructions for a translation of a document's words, by the English name of its language."""
    return {
        "role": "system",
        "content": Template(_text("into_english.md")).substitute(language=language).strip(),
    }


def into_english_again_message(failed: Sequence[str]) -> Message:
    """The translations into English that do not stand, one line each with its reasons."""
    return rewriting_message(failed, "into_english_again.md")


def other_language_line(language: str) -> str:
    """What is told of a document that is not in English, by the English name of its language."""
    return Template(_text("other_language.md")).substitute(language=language).strip()


def _header(title: str | None, publisher: str | None, published: str | None) -> str:
    """What a document or its sender says of it, a line each: data like its text."""
    known = [("Title", title), ("Publisher", publisher), ("Published", published)]
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in known if value)


@cache
def static_messages(compact: bool = False) -> tuple[Message, ...]:
    """The instructions and one worked example, invented; the same bytes in every call.

    `compact`: for models that take little at once.
    """
    system = Template(_text("system_compact.md" if compact else "system.md")).substitute(
        topics=", ".join(TOPICS)
    )
    answer = msgspec.json.encode(msgspec.json.decode(_text("example_answer.json"))).decode()
    return (
        {"role": "system", "content": system.strip()},
        {"role": "user", "content": _block(_text("example_document.txt").strip())},
        {"role": "assistant", "content": answer},
    )


def document_message(
    lines: str,
    title: str | None = None,
    publisher: str | None = None,
    published: str | None = None,
    more: Sequence[str] = (),
) -> Message:
    """Numbered sentences of a document, and what is said of it. `more`: what a section needs to know of the whole."""
    told = "".join(f"{line}\n" for line in more)
    return {"role": "user", "content": told + _block(_header(title, publisher, published) + lines)}


def repair_message(failed: Sequence[str], missing: Sequence[str]) -> Message:
    """What of an answer failed, one line each with its reason, and what it left out."""
    listed = [("\n".join(f"- {line}" for line in lines) or "- nothing") for lines in (failed, missing)]
    return {
        "role": "user",
        "content": Template(_text("repair.md")).substitute(failed=listed[0], missing=listed[1]).strip(),
    }


_NULL = {"type": "null"}
_KEPT = {"type", "properties", "items", "enum", "$ref", "required", "minItems"}


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of what has to be there and may be, known words as an enum; what is null is left out."""
    if words := schema.get("x-extensible-enum"):
        return {"type": "string", "enum": list(words)}
    if "anyOf" in schema:
        (only,) = (part for part in schema["anyOf"] if part != _NULL)
        return _plain(only)
    kept = {key: value for key, value in schema.items() if key in _KEPT}
    if "$ref" in kept:
        return {"$ref": kept["$ref"].removesuffix("Answer")}
    if "properties" in kept:
        required = kept.get("required", [])
        kept["properties"] = {
            name: {"anyOf": [_plain(part), _NULL]} if name in required and "anyOf" in part else _plain(part)
            for name, part in kept["properties"].items()
        }
        kept |= {"required": required, "additionalProperties": False}
    if "items" in kept:
        kept["items"] = _plain(kept["items"])
    return kept


_COMPACT = {"name", "date", "edtf", "positions", "limit", "words", "talks", *(kind.plural for kind in KINDS)}
"""Of the fields that may be left out, those that a compact answer may have."""


def _compacted(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with the fields that an answer cannot do without, and few others."""
    if "properties" not in schema:
        return schema
    kept = {*schema["required"], *_COMPACT}
    return schema | {"properties": {n: part for n, part in schema["properties"].items() if n in kept}}


def answer_schema(compact: bool = False) -> dict[str, Any]:
    """The schema of an answer, one declaration with `schemas.proposals`."""
    (_,), components = msgspec.json.schema_components([ModelAnswer], ref_template="#/$defs/{name}")
    root = _plain(components.pop("ModelAnswer"))
    parts = {name.removesuffix("Answer"): _plain(part) for name, part in sorted(components.items())}
    if compact:
        root, parts = _compacted(root), {name: _compacted(part) for name, part in parts.items()}
        del parts["Condition"]
    return root | {"$defs": parts}

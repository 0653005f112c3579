"""The fields of a fact as a form has them, and what an editor who sends the form has changed."""

from collections.abc import Mapping
from contextlib import suppress
from types import NoneType
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from msgspec import Struct

from api.rendering.scripts import unturned
from api.rendering.wording import in_words, one_line
from pipeline.briefings.reviews import QUANTITY, correctable
from schemas import Fact, FuzzyDate

Control = Literal["number", "date", "choice", "codes", "line", "words"]
_LONG = 60
"""Characters from which on words have more than one line of a form."""
_YES_OR_NO = ("yes", "no")
_HINTS: dict[Control, str] = {
    "date": "such as 2031-03-14, or 2031-03",
    "codes": "codes, separated by commas",
}


class FormField(Struct, frozen=True):
    """A field of a fact in a form. `value`: as the form has it; `choices`: the words that it can be."""

    name: str
    label: str
    control: Control
    value: str
    choices: tuple[str, ...]
    hint: str
    needed: bool


def form_fields(fact: Fact, sent: Mapping[str, str] | None = None) -> list[FormField]:
    """Those that a form can correct; `sent`: what an editor has written in them already."""
    hints = get_type_hints(type(fact), include_extras=True)
    fields = [_field(name, hints[name], getattr(fact, name), sent or {}) for name in correctable(type(fact))]
    return [field for field in fields if field is not None]


def changed_values(fact: Fact, sent: Mapping[str, str]) -> dict[str, Any]:
    """What an editor who sent the form says otherwise than the machine: in it, or before and left so in it.

    Nothing, where the form was sent as it was.
    """
    changed = {
        field.name: _meant(field, one_line(sent[field.name]))
        for field in form_fields(fact)
        if field.name in sent and one_line(sent[field.name]) != one_line(field.value)
    }
    if not changed or fact.review is None:
        return changed
    before = {one.field: one.editor for one in fact.review.corrections}
    if not changed.keys().isdisjoint(QUANTITY):
        before.pop("as_written", None)
    return before | changed


def _field(name: str, hint: Any, value: Any, sent: Mapping[str, str]) -> FormField | None:
    """None of what has parts of its own, such as conditions."""
    kind = _type_of(hint)
    choices = kind.words
    control: Control
    if kind.bare is FuzzyDate:
        control, text = "date", (value.edtf or "") if value else ""
    elif kind.bare is float:
        control, text = "number", "" if value is None else f"{value:.15g}"
    elif kind.bare is bool:
        control, text = "choice", "" if value is None else _YES_OR_NO[not value]
        choices = _YES_OR_NO
    elif get_origin(kind.bare) is list:
        if _type_of(get_args(kind.bare)[0]).bare is not str:
            return None
        control, text = "codes", ", ".join(value)
    elif choices:
        control, text = "choice", value or ""
        choices = tuple(dict.fromkeys((*choices, *([value] if value else []))))
    else:
        control, text = ("words" if len(value or "") > _LONG else "line"), value or ""
    shown = sent.get(name, unturned(text))
    needed = bool(text) and not kind.may_be_null and control != "codes"
    return FormField(name, in_words(name), control, shown, choices, _HINTS.get(control, ""), needed)


class _Type(NamedTuple):
    """What is behind a type hint. `words`: those of a vocabulary, closed or growing."""

    bare: Any
    words: tuple[str, ...]
    may_be_null: bool


def _type_of(hint: Any) -> _Type:
    if hasattr(hint, "__metadata__"):
        inner = _type_of(get_args(hint)[0])
        schemas = (meta.extra_json_schema or {} for meta in hint.__metadata__)
        words = next((tuple(one["x-extensible-enum"]) for one in schemas if "x-extensible-enum" in one), ())
        return inner._replace(words=inner.words or words)
    if NoneType in get_args(hint):
        [member] = [member for member in get_args(hint) if member is not NoneType]
        return _type_of(member)._replace(may_be_null=True)
    return _Type(hint, get_args(hint) if get_origin(hint) is Literal else (), may_be_null=False)


def _meant(field: FormField, text: str) -> Any:
    if field.control == "codes":
        return [code.strip() for code in text.split(",") if code.strip()]
    if not text:
        return None
    if field.choices == _YES_OR_NO:
        return text == _YES_OR_NO[0]
    if field.control == "number":
        with suppress(ValueError):
            return float(text)
    return text

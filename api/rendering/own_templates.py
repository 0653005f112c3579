"""Letters by templates of one's own: they see the letter and nothing else, and tell where they fail.

The sandbox and the limits are there for slips. Whoever may write into the folder is trusted as whoever sets it.
"""

import traceback
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from api.rendering.html import plain_markdown
from api.rendering.scripts import unturned
from api.rendering.wording import one_line

_LARGEST = 1_000_000  # characters of a letter
_STEPS = 100_000  # that all the ranges of a letter have together, and how often a text is repeated


class BadTemplate(ValueError):
    """A template cannot be read or fails: `digest.md, line 3: 'lettre' is undefined`."""


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or any(isinstance(one, str | list | tuple) for one in (left, right)):
            raise SecurityError(f"`{operator}` is for numbers, and there is no power")
        return super().call_binop(context, operator, left, right)


class _Steps:
    """The `range` of one letter."""

    def __init__(self) -> None:
        self._left = _STEPS

    def __call__(self, *bounds: int) -> range:
        steps = range(*bounds)
        self._left -= len(steps)
        if self._left < 0:
            raise SecurityError(f"there are more than {_STEPS:,} steps of `range`")
        return steps


@cache
def _templates(folder: Path) -> jinja2.Environment:
    environment = _Sandbox(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: unturned(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"line": one_line, "md": plain_markdown}
    return environment


def render_own(folder: Path, name: str, letter: object) -> str:
    """A letter by a template of this folder. Raises BadTemplate."""
    parts, size = [], 0
    try:
        for part in _templates(folder).get_template(name).generate(letter=letter, range=_Steps()):
            parts.append(part)
            size += len(part)
            if size > _LARGEST:
                raise BadTemplate(f"{name}: the letter has more than {_LARGEST:,} characters")
    except jinja2.TemplateSyntaxError as error:
        raise BadTemplate(f"{error.name or name}, line {error.lineno}: {error.message}") from error
    except (
        jinja2.TemplateError,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        if isinstance(error, BadTemplate):
            raise
        raise BadTemplate(f"{_place(error, folder)}: {error}") from error
    return "".join(parts)


def _place(error: Exception, folder: Path) -> str:
    """Where a template failed."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    inside = next((one for one in frames if Path(one.filename).is_relative_to(folder)), None)
    return f"{Path(inside.filename).name}, line {inside.lineno}" if inside else folder.name

"""Briefings as pages, Markdown and HTML: every fact with its source's words and their document."""

import re
from base64 import b64encode
from collections.abc import Container, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from api.rendering.figures import figure_columns, figure_groups
from api.rendering.highlights import cards, how_far
from api.rendering.outline import as_line, entry_of, imprint, outline, source_line, standing
from api.rendering.scripts import language_attributes, unturned
from api.rendering.sides import disagreements, stake_sides
from api.rendering.sources import Citations, numbers, origins_of
from api.rendering.timeline import deadline_line, deadline_states
from api.rendering.wording import (
    announced,
    around,
    attributed,
    beside_date,
    day,
    in_quotes,
    in_words,
    one_line,
    when,
)
from pipeline.language.parties import party_name
from schemas import Briefing, Evidence

_TEMPLATES = Path(__file__).with_name("templates")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def plain_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def web(url: str) -> str:
    """A source's address, or nothing where it is no address of the web: a document may claim any."""
    return url if re.match(r"https?://[^\s<>\"]+$", url) else ""


@cache
def stylesheet() -> str:
    """The pages' own CSS, inlined so that a saved page is whole."""
    return (_TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def style_hash() -> str:
    """What a Content-Security-Policy names to allow that CSS and no other."""
    return "sha256-" + b64encode(sha256(stylesheet().encode()).digest()).decode()


@cache
def script() -> bytes:
    """The pages' own script: what they do without it, they do sooner with it."""
    return (_TEMPLATES / "reader.js").read_bytes()


@cache
def script_path() -> str:
    """It changes with the script, so that a browser may keep it for ever."""
    return f"/reader-{sha256(script()).hexdigest()[:12]}.js"


def _shown(value: Any) -> Any:
    return unturned(value) if type(value) is str else value


def _day(value: date) -> str:
    return day(value.isoformat())


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "as_line": as_line,
        "attributed": attributed,
        "day": _day,
        "how_far": how_far,
        "language": language_attributes,
        "line": one_line,
        "md": plain_markdown,
        "party": party_name,
        "quoted": in_quotes,
        "web": web,
        "when": when,
        "words": in_words,
    }
    environment.globals |= {
        "announced": announced,
        "around": around,
        "beside_date": beside_date,
        "cards": cards,
        "deadline_line": deadline_line,
        "deadline_states": deadline_states,
        "disagreements": disagreements,
        "entry_of": entry_of,
        "few_and_rest": few_and_rest,
        "figure_columns": figure_columns,
        "figure_groups": figure_groups,
        "imprint": imprint,
        "numbers": numbers,
        "origins_of": origins_of,
        "outline": outline,
        "script_path": script_path(),
        "source_line": source_line,
        "stake_sides": stake_sides,
        "standing": standing,
        "style": Markup(stylesheet()),
    }
    return environment


def few_and_rest(
    entries: Sequence[Any], most: int, pinned: Container[str] = ()
) -> tuple[list[Any], list[Any]]:
    """Those that are shown at once, pinned ones and the most telling, and those that are folded away; both in their
    order.
    """
    if len(entries) <= most + 1:
        return list(entries), []
    weightiest = sorted(entries, key=lambda one: (one.id not in pinned, -one.salience))[:most]
    shown = {one.id for one in weightiest}
    return [one for one in entries if one.id in shown], [one for one in entries if one.id not in shown]


def render_page(template: str, **values: object) -> str:
    """A page of the reader, from `templates/`."""
    return _templates().get_template(template).render(values)


def markdown(*briefings: Briefing) -> str:
    return "\n---\n\n".join(render_page("briefing.md", briefing=briefing) for briefing in briefings)


def html(*briefings: Briefing, documents: str | None = None, home: str | None = None, **more: Any) -> str:
    """One whole page. `documents` is the path under which evidence is linked (`{documents}/{id}#c{start}`),
    `home` that of the list of briefings; both are left out of a page that stands alone. `more`: what the page
    says around them."""
    shown = [(briefing, Citations(briefing, documents)) for briefing in briefings]
    values: dict[str, Any] = {"today": datetime.now(UTC).date(), "notice": None, "negotiation": None, **more}
    return render_page("briefing.html", shown=shown, home=home, title=_titles(briefings), **values)


def _titles(briefings: Iterable[Briefing]) -> str:
    return "; ".join(briefing.title for briefing in briefings) or "No briefing"


def address_of_briefing(base: str, briefing_id: str) -> str:
    """The briefing's page, as an address that holds outside of the service: in a mail, a calendar, a feed."""
    return f"{base}/briefings/{briefing_id}"


def address_of_fact(base: str, briefing_id: str, fact_id: str) -> str:
    return f"{address_of_briefing(base, briefing_id)}#{fact_id}"


def address_of_proof(base: str, evidence: Evidence) -> str:
    """The document's own page, where the proof stands."""
    return f"{base}/documents/{evidence.document_id}#c{evidence.start}"

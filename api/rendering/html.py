"""Briefings as pages, Markdown and HTML: every fact with its source's words and their document."""

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

import jinja2
from markupsafe import Markup

from api.rendering.outline import imprint, outline, source_line, standing
from api.rendering.wording import around, in_quotes, in_words, one_line
from pipeline.language.parties import party_name
from schemas import Briefing, Evidence

_TEMPLATES = Path(__file__).with_name("templates")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def _plain_markdown(text: str) -> str:
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
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "line": one_line,
        "md": _plain_markdown,
        "web": web,
        "quoted": in_quotes,
        "party": party_name,
        "words": in_words,
    }
    environment.globals |= {
        "outline": outline,
        "imprint": imprint,
        "source_line": source_line,
        "standing": standing,
        "style": Markup(stylesheet()),
        "numbers": numbers,
        "around": around,
    }
    return environment


def numbers(briefing: Briefing) -> dict[str, int]:
    """Document id -> the number by which its source is cited."""
    return {source.document_id: n for n, source in enumerate(briefing.sources, start=1)}


def render_page(template: str, **values: object) -> str:
    """A page of the reader, from `templates/`."""
    return _templates().get_template(template).render(values)


def markdown(*briefings: Briefing) -> str:
    return "\n---\n\n".join(render_page("briefing.md", briefing=briefing) for briefing in briefings)


def html(*briefings: Briefing, documents: str | None = None, home: str | None = None) -> str:
    """One whole page. `documents` is the path under which evidence is linked (`{documents}/{id}#c{start}`),
    `home` that of the list of briefings; both are left out of a page that stands alone."""
    return render_page(
        "briefing.html", briefings=briefings, documents=documents, home=home, title=_titles(briefings)
    )


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

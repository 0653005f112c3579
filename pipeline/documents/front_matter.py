"""The YAML block that some archives put before a document: its metadata, never its content."""

import datetime
import re

import yaml
from msgspec import Struct

from schemas import FuzzyDate, fuzzy_date

_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.{1,8000}?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)


class FrontMatter(Struct, frozen=True, kw_only=True):
    """What the block says; `end` is the offset where the document itself starts."""

    end: int = 0
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: FuzzyDate | None = None


def _date(value: object) -> FuzzyDate | None:
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return fuzzy_date(value.isoformat(), value.isoformat())
    if isinstance(value, str) and (day := re.match(r"\d{4}-\d{2}-\d{2}", value)):
        try:
            return fuzzy_date(day[0], value)
        except ValueError:
            return None
    return None


def front_matter(text: str) -> FrontMatter:
    """Metadata from a leading `---` block; a block that is not a YAML mapping is plain text."""
    block = _MATTER.match(text)
    if block is None:
        return FrontMatter()
    try:
        fields = yaml.safe_load(block[1])
    except (yaml.YAMLError, ValueError):
        return FrontMatter()
    if not isinstance(fields, dict):
        return FrontMatter()

    def words(*names: str) -> str | None:
        values = (fields.get(name) for name in names)
        return next((" ".join(v.split()) for v in values if isinstance(v, str) and v.strip()), None)

    dates = (_date(fields.get(name)) for name in ("date", "published", "published_time"))
    return FrontMatter(
        end=block.end(),
        title=words("title", "headline"),
        publisher=words("publisher", "site_name", "source"),
        url=words("source_url", "url", "link"),
        published=next((date for date in dates if date), None),
    )

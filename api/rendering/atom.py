"""Briefings as an Atom feed (RFC 4287)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from feedgenerator import Atom1Feed
from markupsafe import Markup, escape

from api.rendering.html import address_of_briefing, address_of_fact
from api.rendering.outline import standing
from api.rendering.wording import one_line
from schemas import BriefingSummary, SummarySentence

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN = ("deadlines", "conflicts", "sources")


class _Feed(Atom1Feed):  # type: ignore[misc]
    def latest_post_date(self) -> datetime:
        """The library takes the present moment for a feed without entries, which then never is the same."""
        return max((item["updateddate"] for item in self.items), default=_NEVER)


def feed(
    briefings: Sequence[BriefingSummary],
    summaries: Mapping[str, list[SummarySentence]],
    *,
    base: str,
    address: str,
) -> bytes:
    """An entry for each briefing: where the talks stand, and its summary, by id. `address` is the feed's own."""
    atom = _Feed(
        title="Readout: trade talks",
        link=f"{base}/",
        description="Briefings on trade negotiations, every fact proven by its source’s words.",
        author_name="Readout",
        language="en",
        feed_url=address,
        feed_guid=_urn(address.removeprefix(base)),
    )
    for briefing in briefings:
        atom.add_item(
            title=one_line(briefing.title),
            link=address_of_briefing(base, briefing.id),
            description=_content(briefing, summaries.get(briefing.id, []), base),
            unique_id=_urn(briefing.id),
            pubdate=briefing.created_at,
            updateddate=briefing.updated_at,
            categories=briefing.negotiation.parties,
        )
    return str(atom.writeString("utf-8")).encode()


def _urn(name: str) -> str:
    """The same for the same thing, wherever the service is."""
    return uuid5(NAMESPACE_URL, name).urn


def _content(briefing: BriefingSummary, summary: Sequence[SummarySentence], base: str) -> str:
    counts = ", ".join(f"{name}: {briefing.counts[name]}" for name in _SHOWN if briefing.counts.get(name))
    state = "withdrawn" if briefing.status == "withdrawn" else ""
    lines = [standing(briefing), state, f"Revision {briefing.revision}; {counts}" if counts else ""]
    paragraphs = [escape(one_line(line)) for line in lines if line]
    paragraphs += [
        escape(one_line(sentence.text))
        + Markup("").join(
            Markup(' <a href="{}">[{}]</a>').format(address_of_fact(base, briefing.id, id), n)
            for n, id in enumerate(sentence.fact_ids, start=1)
        )
        for sentence in summary
    ]
    return str(Markup("").join(Markup("<p>{}</p>").format(paragraph) for paragraph in paragraphs))

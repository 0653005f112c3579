"""Briefings as Markdown, HTML and terminal tables: whole, escaped, each fact beside its proof."""

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from rich.console import Console

from api.http.openapi.story import WHOLE
from api.rendering.html import html, markdown, stylesheet
from api.rendering.outline import Entry, as_line, outline, standing
from api.rendering.terminal import table
from api.rendering.wording import measure, reading, unit_words
from schemas import Briefing, Delegate, Fact
from schemas.kinds import KINDS, facts_of, facts_of_kind, kind_of
from tests.api.rendering.invented import BRIEFING

SECTIONS = [
    "Summary",
    "Delegations",
    "Deadlines",
    "Figures",
    "Stakes",
    "Statements",
    "Events",
    "Conflicts",
    "Sources",
]


def in_terminal(briefing: Briefing, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table(briefing))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("code", "words"),
    [("t", "tonnes"), ("1", ""), ("%", "%"), ("USD/[bbl_us]", "USD per barrel"), ("1/min", "per minute")],
)
def test_a_unit_is_told_in_words(code: str, words: str) -> None:
    assert unit_words(code) == words


def test_every_kind_of_fact_has_its_section_and_its_line() -> None:
    of_kind = {kind.name: facts_of_kind(BRIEFING, kind) for kind in KINDS}
    assert all(of_kind.values())
    entries = [
        entry.id for section in outline(BRIEFING) for group in section.groups for entry in group.entries
    ]
    assert {fact.id for facts in of_kind.values() for fact in facts} <= set(entries)
    assert all(as_line(facts[0]) for facts in of_kind.values())


class Page(HTMLParser):
    """What a browser would make of a page: ids, links, tags and visible text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.tags: list[str] = []
        self.visible = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_data(self, data: str) -> None:
        self.visible += data


@pytest.mark.parametrize("render", [markdown, html])
def test_every_fact_is_there_with_its_proof(render: Callable[[Briefing], str]) -> None:
    shown = render(BRIEFING)
    for fact in facts_of(BRIEFING):
        assert f'id="{fact.id}"' in shown
    for words in (
        "leads the New Zealand side",
        "fall to 3 per cent",
        "Chile offers to cut its duty on New Zealand lamb",
    ):
        assert words in shown


def test_markdown_as_a_whole() -> None:
    lines = markdown(BRIEFING).splitlines()
    assert lines[:9] == [
        "# New Zealand–Chile talks \\<Wellington\\>",
        "",
        "New Zealand – Chile · 3rd round · Wellington · 17 March 2031 · ministerial level · negotiation · scheduled",
        "",
        "Revision 2, 2031-03-15 07:05 UTC. Every fact is followed by the words of its source.",
        "",
        "**Chile offers to cut its duty on lamb [1](#fct_0b9c8d1e2f3a4b51)**",
        "",
        "## Summary",
    ]
    assert [line[3:] for line in lines if line.startswith("## ")] == SECTIONS
    start = next(n for n, line in enumerate(lines) if '<a id="fct_0b9c8d1e2f3a4b52">' in line)
    assert lines[start : start + 4] == [
        '- <a id="fct_0b9c8d1e2f3a4b52"></a>**17 March 2031**: The offer lapses (measure expiry; '
        "pending; “Monday”, counted from published 2031-03-14; starts 3 March 2031; condition: unless a deal is signed) "
        "*reported, 2 independent sources*",
        "  > “The offer, made on 3 March 2031, lapses on 30 April 2031 unless a deal is signed.” [1](#source-1), "
        "characters 325–406",
        "  >",
        "  > “fall to 3 per cent” [2](#source-2), characters 38–56",
    ]


STAKE, FIGURE, DEADLINE = BRIEFING.stakes[0], BRIEFING.figures[0], BRIEFING.deadlines[0]
UNNAMED = BRIEFING.delegations[0].members[0]


def entry_of(fact: Fact) -> Entry:
    alone = {} if isinstance(fact, Delegate) else {kind_of(fact).plural: [fact]}
    holder = replace(BRIEFING, conflicts=[], **alone)
    entries = [entry for section in outline(holder) for group in section.groups for entry in group.entries]
    return next(entry for entry in entries if entry.id == fact.id)


def test_a_figure_tells_what_it_was_whose_measure_it_is_on_whom_and_since_when() -> None:
    assert entry_of(FIGURE).notes == [
        "from 6 % to 2 %",
        "tariff rate",
        "down",
        "proposed",
        "imposed by Chile",
        "on New Zealand",
        "effective 1 July 2031",
        "under Article 12 of their accord",
    ]
    assert as_line(FIGURE).startswith(
        "2 per cent (from 6 % to 2 %; imposed by Chile; on New Zealand; effective 1 July 2031; "
        "under Article 12 of their accord): “Chile offers"
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"previous_value": 0.0}, "from 0 % to 2 %"),
        ({"previous_value": None, "comparator": "lte"}, "at most 2 %"),
        ({"comparator": "lte"}, "from 6 % to at most 2 %"),
        ({"comparator": "range", "value_high": 3.0}, "from 6 % to 2–3 %"),
        ({"previous_value": None, "comparator": "range", "value_high": 3.0}, "2 to 3 %"),
        ({"unit": "1"}, "from 6 to 2"),
    ],
)
def test_a_figure_is_told_as_it_was_understood(given: dict[str, Any], words: str) -> None:
    assert reading(replace(FIGURE, **given)) == words


def test_a_measure_may_fall_on_several() -> None:
    assert measure(replace(FIGURE, applies_to=["NZ", "AU", "FJ"]))[1] == "on New Zealand, Australia and Fiji"
    assert measure(replace(FIGURE, imposed_by=None, applies_to=[], effective=None, legal_basis=None)) == []


def test_a_stake_leads_with_its_title_and_each_position_has_its_own_proof() -> None:
    entry = entry_of(STAKE)
    assert (entry.lead, entry.notes) == ("Its duty on New Zealand lamb", ["market access: agriculture"])
    assert [(point.text, point.evidence) for point in entry.points] == [
        (
            "Chile offers: cut its duty on New Zealand lamb from 6 to 2 per cent",
            STAKE.positions[0].evidence,
        )
    ]
    place = "[1](#source-1), characters 205–324"
    assert f"  - Chile offers: cut its duty on New Zealand lamb from 6 to 2 per cent {place}" in markdown(
        BRIEFING
    )
    start = STAKE.positions[0].evidence[0].start
    assert f'per cent <a class="cite" href="/documents/{STAKE.evidence[0].document_id}#c{start}"' in html(
        BRIEFING, documents="/documents"
    )
    assert as_line(STAKE) == (
        "Its duty on New Zealand lamb: Chile offers: cut its duty on New Zealand lamb from 6 to 2 per cent "
        "(as read by the model)"
    )
    assert as_line(replace(STAKE, title=None, positions=[], summary="A duty.", proof="full")) == (
        "Market access: agriculture: A duty."
    )


def test_the_proof_of_a_position_is_shown_with_those_of_its_stake() -> None:
    own = replace(WHOLE.figures[1].evidence[0], page=3)
    stake = replace(STAKE, positions=[replace(STAKE.positions[0], evidence=[own])])
    briefing = replace(BRIEFING, stakes=[stake])
    assert entry_of(stake).evidence == [*STAKE.evidence, own]
    assert "> “fall to 3 per cent” [2](#source-2), characters 38–56, page 3" in markdown(briefing)
    assert 'title="Characters 38 to 56 of document 2, page 3"' in html(briefing)
    assert "from 6 to 2 per cent [2]" in re.sub(r"\s+", " ", in_terminal(briefing, 120))


def test_who_is_not_named_is_told_by_the_office() -> None:
    entry = entry_of(UNNAMED)
    assert (entry.lead, entry.body, entry.notes) == ("Deputy trade minister", "", ["not named", "official"])
    assert as_line(UNNAMED) == ("Deputy trade minister, not named, for Chile (as read by the model)")


def test_a_source_may_say_that_somebody_does_not_lead() -> None:
    aside = replace(BRIEFING.delegations[1].members[0], head=False, capacity=None)
    briefing = replace(BRIEFING, delegations=[replace(BRIEFING.delegations[1], members=[aside])])
    assert "Trade Minister (not the head)" in markdown(briefing)


def test_a_deadline_tells_its_start_and_that_its_day_is_not_told() -> None:
    assert as_line(DEADLINE) == "17 March 2031: The offer lapses (starts 3 March 2031)"
    undated = replace(DEADLINE, date=None, starts=None)
    entry = entry_of(undated)
    assert (entry.lead, entry.notes[:3]) == (
        "day not told",
        ["measure expiry", "pending", "condition: unless a deal is signed"],
    )
    assert as_line(undated) == "day not told: The offer lapses"


def test_a_statement_tells_when_it_was_made() -> None:
    assert entry_of(BRIEFING.statements[0]).notes == ["New Zealand", "said 14 March 2031"]


def test_what_is_only_quoted_is_told_beside_its_certainty() -> None:
    assert [entry_of(fact).read for fact in (STAKE, DEADLINE)] == ["as read by the model", None]
    assert "*reported, as read by the model*" in markdown(BRIEFING)
    assert '<span class="read">as read by the model</span>' in html(BRIEFING)
    assert markdown(BRIEFING).count("as read by the model") == 3


def test_talks_tell_their_stage_and_their_outcome() -> None:
    talks = replace(BRIEFING.negotiation, status="unknown", stage="dispute", outcome="a joint statement")
    shown = standing(replace(BRIEFING, negotiation=talks))
    assert shown and shown.endswith(" · dispute · outcome: a joint statement")


def test_markdown_escapes_what_sources_say() -> None:
    shown = markdown(BRIEFING)
    assert "We are \\*now\\*," in shown
    assert "<reopen>" not in shown
    assert "javascript:" not in shown


def test_a_page_is_whole_and_loads_nothing() -> None:
    page = Page(html(BRIEFING))
    inside = {link for link in page.links if link.startswith("#")}
    assert {link[1:] for link in inside} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) - inside == {"https://herald.example/talks"}
    assert not {"script", "img", "iframe", "form", "link"} & set(page.tags)
    assert "style" not in page.attributes and not any(name.startswith("on") for name in page.attributes)
    assert "url(" not in stylesheet() and "@import" not in stylesheet()


def test_a_page_escapes_what_sources_say() -> None:
    page = Page(html(BRIEFING))
    assert "New Zealand–Chile talks <Wellington>" in page.visible
    assert "New Zealand & Chile <reopen> talks" in page.visible
    assert "wellington" not in page.tags and "reopen" not in page.tags


def test_a_page_of_the_reader_links_each_proof_to_its_place() -> None:
    page = Page(html(BRIEFING, documents="/documents", home="/"))
    expected = {
        f"/documents/{e.document_id}#c{e.start}" for fact in facts_of(BRIEFING) for e in fact.evidence
    }
    assert expected <= set(page.links)
    assert "/" in page.links


def test_no_briefing_is_still_a_page() -> None:
    assert "None of these documents is about a trade negotiation" in Page(html()).visible


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_terminal_table_fits_and_quotes(width: int) -> None:
    shown = in_terminal(BRIEFING, width)
    assert max(map(len, shown.splitlines())) <= width
    words = re.sub(r"\s+", " ", shown)
    assert "Conflicts ─" in words and "versus" in words
    assert "[1] New Zealand & Chile <reopen> talks · Herald · published 14 March 2031 · news" in words
    assert "2 independent" in words


def test_the_terminal_shows_no_control_characters_of_a_source() -> None:
    evil = msgspec.structs.replace(BRIEFING, title="\x1b[31mred\x1b[0m")
    assert "\x1b" not in in_terminal(evil, 100)

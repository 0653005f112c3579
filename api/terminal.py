"""Briefings and readouts in a terminal, with rich."""

from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from api.outline import Entry, outline, source_line, standing
from api.wording import around, quoted
from schemas import Briefing, DocumentReadout, Evidence

_CERTAINTY = {"confirmed": "green", "reported": "cyan", "claimed": "yellow", "disputed": "bold red"}
_LONGEST_QUOTE = 240
_NEEDS_CONTEXT = 30
_QUOTES_SHOWN = 3


def console(*, stderr: bool = False) -> Console:
    """80 to 120 columns on a terminal, 100 in a pipe."""
    found = Console(stderr=stderr, highlight=False)
    found.width = min(max(found.width, 80), 120) if found.is_terminal else 100
    return found


def _quote(evidence: Evidence) -> Text:
    quote = quoted(evidence.exact)
    if len(quote) < _NEEDS_CONTEXT:
        before, after = around(evidence)
        return Text.assemble((before, "dim"), (quote, "italic"), (after, "dim"))
    if len(quote) > _LONGEST_QUOTE:
        quote = quote[:_LONGEST_QUOTE].rstrip() + "…"
    return Text(quote, style="italic")


def _proof(entry: Entry, numbers: Mapping[str, int]) -> Text:
    quotes: dict[str, tuple[Text, list[int]]] = {}
    for evidence in entry.evidence:
        quote = _quote(evidence)
        _, cited = quotes.setdefault(quote.plain, (quote, []))
        if (number := numbers.get(evidence.document_id, 1)) not in cited:
            cited.append(number)
    shown = [
        Text.assemble(quote, " ", ("".join(f"[{n}]" for n in cited), "bold blue"))
        for quote, cited in list(quotes.values())[:_QUOTES_SHOWN]
    ]
    if len(quotes) > _QUOTES_SHOWN:
        shown.append(Text(f"and {len(quotes) - _QUOTES_SHOWN} more", style="dim"))
    return Text("\n").join(shown)


def _said(entry: Entry) -> Text:
    said = [Text(entry.body)] if entry.body else []
    if entry.notes:
        said.append(Text(" · ".join(entry.notes), style="dim"))
    if entry.certainty:
        by = f" by {entry.origins} independent sources" if entry.origins > 1 else ""
        said.append(Text.assemble((entry.certainty, _CERTAINTY.get(entry.certainty, "")), (by, "dim")))
    return Text("\n").join(said)


def _sections(subject: Briefing | DocumentReadout, numbers: Mapping[str, int]) -> list[RenderableType]:
    shown: list[RenderableType] = []
    for section in outline(subject):
        shown += [Text(), Rule(Text(section.title, style="bold"), align="left", style="dim")]
        for group in section.groups:
            if group.label:
                shown.append(Padding(Text(group.label, style="bold magenta"), (0, 1)))
            grid = Table.grid(padding=(0, 2, 0, 1), expand=True)
            for ratio in (5, 8, 9):
                grid.add_column(ratio=ratio, overflow="fold")
            for number, entry in enumerate(group.entries):
                if number:
                    grid.add_row()
                grid.add_row(Text(entry.lead, style="bold"), _said(entry), _proof(entry, numbers))
            shown.append(grid)
    return shown


def table(subject: Briefing | DocumentReadout) -> RenderableType:
    """A briefing, or the readout of one document, each fact beside its source's words and document."""
    if isinstance(subject, DocumentReadout):
        return _readout(subject)
    numbers = {source.document_id: n for n, source in enumerate(subject.sources, start=1)}
    head: list[RenderableType] = [
        Rule(characters="━", style="magenta"),
        Text(subject.title, style="bold"),
        Text(standing(subject) or "", style="dim"),
    ]
    if subject.summary:
        head += [Text(), *(Padding(Text(f"• {sentence.text}"), (0, 1)) for sentence in subject.summary)]
    sources: list[RenderableType] = [Text(), Rule(Text("Sources", style="bold"), align="left", style="dim")]
    for number, source in enumerate(subject.sources, start=1):
        line = Text(f"[{number}] ", style="bold blue")
        line.append(source_line(source), style="not bold default")
        sources.append(Padding(line, (0, 1)))
    return Group(*head, *_sections(subject, numbers), *sources, Text())


def _readout(readout: DocumentReadout) -> RenderableType:
    name = readout.document.file or readout.document.title or readout.document.id
    shown = _sections(readout, {})
    count = len(readout.rejected)
    rejected = f"{count} proposal{'' if count == 1 else 's'} rejected for want of proof" if count else None
    return Group(
        Rule(characters="━", style="magenta"),
        Text(name, style="bold"),
        Text(standing(readout) or "Not about a trade negotiation: no facts.", style="dim"),
        *shown,
        *([Text(rejected, style="dim")] if rejected else []),
        Text(),
    )

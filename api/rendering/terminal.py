"""Briefings, readouts and scores in a terminal, with rich."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from api.rendering.outline import Entry, outline, source_line, standing
from api.rendering.wording import around, attributed, in_quotes
from schemas import Briefing, DocumentReadout, Evidence, Usage

if TYPE_CHECKING:
    from pipeline.briefings.evaluation import MergeEvaluation
    from pipeline.evaluation import Evaluation, Fault

_CERTAINTY = {"confirmed": "green", "reported": "cyan", "claimed": "yellow", "disputed": "bold red"}
_LONGEST_QUOTE = 240
_NEEDS_CONTEXT = 30
_QUOTES_SHOWN = 3
# A source's characters that would steer the terminal, or break its lines.
_STEERING = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SAFE = dict.fromkeys(_STEERING, "\ufffd") | dict.fromkeys(map(ord, "\t\n\r"), " ")


def console(*, stderr: bool = False) -> Console:
    """80 to 120 columns on a terminal, 100 in a pipe."""
    screen = Console(stderr=stderr, highlight=False)
    screen.width = min(max(screen.width, 80), 120) if screen.is_terminal else 100
    return screen


def _text(words: str, style: str = "") -> Text:
    return Text(words.translate(_SAFE), style)


def _quote(evidence: Evidence) -> Text:
    quote = in_quotes(evidence.exact)
    if len(quote) < _NEEDS_CONTEXT:
        before, after = around(evidence)
        return Text.assemble(_text(before, "dim"), _text(quote, "italic"), _text(after, "dim"))
    if len(quote) > _LONGEST_QUOTE:
        quote = quote[:_LONGEST_QUOTE].rstrip() + "…"
    return _text(quote, "italic")


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


def _body(entry: Entry, numbers: Mapping[str, int]) -> Text:
    lines = [_text(entry.beside_proof)] if entry.beside_proof else []
    if entry.notes:
        lines.append(_text(" · ".join(entry.notes), "dim"))
    for point in entry.points:
        cited = dict.fromkeys(numbers.get(evidence.document_id, 1) for evidence in point.evidence)
        lines.append(Text.assemble(_text(point.text, "dim"), *((f" [{n}]", "bold blue") for n in cited)))
    if entry.certainty:
        link = " by" if entry.certainty == "confirmed" else ","
        by = f"{link} {entry.origins} independent sources" if entry.origins > 1 else ""
        read = f", {entry.read}" if entry.read else ""
        lines.append(
            Text.assemble((entry.certainty, _CERTAINTY.get(entry.certainty, "")), (by + read, "dim"))
        )
    return Text("\n").join(lines)


def _sections(subject: Briefing | DocumentReadout, numbers: Mapping[str, int]) -> list[RenderableType]:
    shown: list[RenderableType] = []
    for section in outline(subject):
        shown += [Text(), Rule(Text(section.title, style="bold"), align="left", style="dim")]
        for group in section.groups:
            if group.label:
                shown.append(Padding(_text(group.label, "bold magenta"), (0, 1)))
            grid = Table.grid(padding=(0, 2, 0, 1), expand=True)
            for ratio in (5, 8, 9):
                grid.add_column(ratio=ratio, overflow="fold")
            for number, entry in enumerate(group.entries):
                if number:
                    grid.add_row()
                grid.add_row(_text(entry.lead, "bold"), _body(entry, numbers), _proof(entry, numbers))
            shown.append(grid)
    return shown


def table(subject: Briefing | DocumentReadout) -> RenderableType:
    """A briefing, or the readout of one document, each fact beside its source's words and document."""
    if isinstance(subject, DocumentReadout):
        return _readout(subject)
    numbers = {source.document_id: n for n, source in enumerate(subject.sources, start=1)}
    head: list[RenderableType] = [
        Rule(characters="━", style="magenta"),
        _text(subject.title, "bold"),
        _text(standing(subject) or "", "dim"),
    ]
    if subject.headline:
        head += [Text(), _text(subject.headline.text, "bold cyan")]
    if subject.summary:
        head += [Text(), _listed((Text("•"), _text(attributed(sentence))) for sentence in subject.summary)]
    sources = _listed(
        (Text(f"[{n}]", "bold blue"), _text(source_line(source)))
        for n, source in enumerate(subject.sources, 1)
    )
    rule = Rule(Text("Sources", style="bold"), align="left", style="dim")
    return Group(*head, *_sections(subject, numbers), Text(), rule, sources, Text())


def _listed(items: Iterable[tuple[Text, Text]]) -> Table:
    grid = Table.grid(padding=(0, 1))
    for mark, item in items:
        grid.add_row(Text(), mark, item)
    return grid


def _readout(readout: DocumentReadout) -> RenderableType:
    name = readout.document.file or readout.document.title or readout.document.id
    shown = _sections(readout, {})
    count = len(readout.rejected)
    rejected = f"{count} proposal{'' if count == 1 else 's'} rejected for want of proof" if count else None
    return Group(
        Rule(characters="━", style="magenta"),
        _text(name, "bold"),
        _text(standing(readout) or _without_facts(readout), "dim"),
        *shown,
        *([Text(rejected, style="dim")] if rejected else []),
        Text(),
    )


def _without_facts(readout: DocumentReadout) -> str:
    if readout.unread:
        return f"Not read: {readout.unread}."
    return "Not about a trade negotiation: no facts."


def scores(result: Evaluation, before: Evaluation | None = None) -> RenderableType:
    """The score of a run, and how it differs from one before; then what is missing, wrong and made up."""
    grid = Table(box=None, padding=(0, 2, 0, 1))
    for name in ("", "F1", "precision", "recall", "annotated", "found", "told", "right"):
        grid.add_column(name, justify="left" if not name else "right")
    for name, tally in result.kinds.items():
        known = before.kinds.get(name) if before else None
        shares = (
            _share(tally.f1, known.f1 if known else None),
            _share(tally.precision),
            _share(tally.recall),
        )
        grid.add_row(name, *shares, *map(str, (tally.wanted, tally.found, tally.told, tally.right)))
    grid.add_row("mean", _share(result.f1, before.f1 if before else None), *[""] * 6)
    talks = (
        f": {result.talks} of {result.whole} rightly taken for talks or not, {result.parties} of {result.about_talks} "
        "with exactly the parties"
    )
    about = (
        f"{result.documents} documents{talks if result.whole else ''}; {result.ungrounded} spans do not hold"
    )
    paid = [_text(_paid(result.usage), "dim")] if result.usage and result.usage.calls else []
    refused = f" ({len(result.rejected)} of them refused)" if result.rejected else ""
    faults = ((f"Missing{refused}", result.missing), ("Wrong", result.wrong), ("Not annotated", result.extra))
    listed = [part for title, these in faults for part in _faults(title, these)]
    return Group(grid, Text(), _text(about), *paid, *listed)


def merge_scores(result: MergeEvaluation) -> RenderableType:
    """The score of merged briefings: shares, the counts behind each, and what is not as it should be."""
    grid = Table(box=None, padding=(0, 2, 0, 1))
    for name in ("", "share", "of"):
        grid.add_column(name, justify="left" if not name else "right")
    rows = (
        ("annotated facts found", result.found, result.wanted),
        ("facts that tell one again", result.repeats, result.matched),
        ("facts that tell several in one", result.folded, result.matched),
        ("conflicts found", result.conflicts_found, result.conflicts_wanted),
        ("documents with their right origin", result.origins_right, result.documents),
        ("rounds with their sides", result.sides_right, result.rounds),
        ("rounds with their start", result.dates_right, result.rounds),
        ("rounds with their status", result.statuses_right, result.rounds),
    )
    for name, part, whole in rows:
        grid.add_row(name, _share(part / whole if whole else None), f"{part} of {whole}")
    about = (
        f"{result.briefings} briefings for {result.rounds} rounds; {result.conflicts_false} conflicts that are none, "
        f"{result.excluded} facts of other matters"
    )
    faults = Table.grid(padding=(0, 2, 0, 1), expand=True)
    for ratio in (2, 6, 6):
        faults.add_column(ratio=ratio, overflow="fold")
    for fault in result.faults:
        what, told = (" ".join(words.split())[:_LONGEST_QUOTE] for words in (fault.what, fault.told or ""))
        faults.add_row(_text(fault.fault, "dim"), _text(what), _text(told, "italic"))
    return Group(grid, Text(), _text(about), Text(), faults)


def _share(now: float | None, before: float | None = None) -> Text:
    shown = Text("–" if now is None else f"{now:.3f}")
    if now is not None and before is not None and f"{now:.3f}" != f"{before:.3f}":
        shown.append(f" ({now - before:+.3f})", "green" if now > before else "red")
    return shown


def _paid(usage: Usage) -> str:
    cost = "" if usage.cost is None else f", {usage.cost:.4f} dollars"
    tokens = (
        f"{usage.prompt_tokens} tokens sent ({usage.cached_tokens} cached), {usage.completion_tokens} written"
    )
    return f"{usage.calls} calls, {tokens}{cost}"


def _faults(title: str, faults: Sequence[Fault]) -> list[RenderableType]:
    if not faults:
        return []
    grid = Table.grid(padding=(0, 2, 0, 1), expand=True)
    for ratio in (3, 2, 5, 6):
        grid.add_column(ratio=ratio, overflow="fold")
    for fault in faults:
        said = " ".join(fault.quote.split())
        told = [f"it says {fault.wanted}"] if fault.wanted else []
        told += [f"read as {fault.told}"] if fault.told else []
        told += [f"refused: {fault.reason}"] if fault.reason else []
        grid.add_row(
            _text(fault.document, "dim"),
            fault.kind,
            _text(said[:_LONGEST_QUOTE], "italic"),
            _text("; ".join(told)),
        )
    rule = Rule(Text(f"{title}: {len(faults)}", style="bold"), align="left", style="dim")
    return [Text(), rule, grid]

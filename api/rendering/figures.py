"""Figures as rows of a table: what compares stands together, with a bar each."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from api.rendering.wording import enumerated, in_words, number, reading, unit_words, when
from pipeline.language.parties import party_name
from schemas import Figure

_COLUMNS = (("Whose", "imposed_by"), ("On whom", "applies_to"), ("Since", "since"))


class FigureRow(Struct, frozen=True, kw_only=True):
    """`bar` and `before` are shares of the widest bar of those that compare, 0 to 100; None: nothing compares."""

    figure: Figure
    value: str
    imposed_by: str
    applies_to: str
    since: str
    bar: float | None
    before: float | None


class FigureGroup(Struct, frozen=True):
    """Figures of one measure and unit, or those that have no others beside them."""

    label: str
    rows: list[FigureRow]


def figure_groups(figures: Sequence[Figure]) -> list[FigureGroup]:
    """Groups in the order of their first figure; what stands alone comes last, together."""
    order: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        order.setdefault((figure.measure, figure.unit), []).append(figure)
    groups, alone = [], []
    for (measure, unit), several in order.items():
        if len(several) == 1:
            alone += several
            continue
        label = " · ".join(filter(None, (in_words(measure).capitalize(), unit_words(unit))))
        groups.append(FigureGroup(label, list(_rows(several))))
    if alone:
        groups.append(
            FigureGroup("Others" if groups else "Figures", [_row(figure, None) for figure in alone])
        )
    return groups


def figure_columns(groups: Sequence[FigureGroup]) -> list[tuple[str, str]]:
    """The columns that some row fills, each with its field."""
    rows = [row for group in groups for row in group.rows]
    return [(title, field) for title, field in _COLUMNS if any(getattr(row, field) for row in rows)]


def _rows(figures: Sequence[Figure]) -> Iterator[FigureRow]:
    values = [value for one in figures for value in (one.value, one.value_high, one.previous_value) if value]
    comparable = bool(values) and min(values) > 0
    for figure in figures:
        yield _row(figure, max(values) if comparable else None)


def _row(figure: Figure, widest: float | None) -> FigureRow:
    before = figure.previous_value
    told = reading(figure)
    if before is not None:
        told = f"{number(before)} → {told.partition(' to ')[2]}"
    value = figure.value if figure.value_high is None else figure.value_high
    return FigureRow(
        figure=figure,
        value=told,
        imposed_by=party_name(figure.imposed_by) if figure.imposed_by else "",
        applies_to=enumerated(map(party_name, figure.applies_to)) if figure.applies_to else "",
        since=when(figure.effective or figure.period) if figure.effective or figure.period else "",
        bar=_share(value, widest),
        before=_share(before, widest),
    )


def _share(value: float | None, widest: float | None) -> float | None:
    return round(value / widest * 100, 1) if value is not None and widest else None

"""The words in which codes and dates are shown to people."""

import re
from collections.abc import Iterable

from pipeline.language.lexicons import lexicon
from pipeline.language.parties import party_name
from schemas import Conflict, Evidence, Figure, FuzzyDate, Position, RevisionNote, SummarySentence

_QUALIFIERS = {"~": "about ", "?": "possibly ", "%": "possibly about "}
_COMPARATORS = {
    "approx": "about ",
    "gt": "more than ",
    "gte": "at least ",
    "lt": "less than ",
    "lte": "at most ",
}
_UNITS = {
    "[pp]": "percentage points", "[bp]": "basis points", "d": "days", "wk": "weeks", "mo": "months", "a": "years",
    "h": "hours", "min": "minutes", "t": "tonnes", "[bbl_us]": "barrels", "[cent]": "cents", "[lb_av]": "pounds",
    "[oz_av]": "ounces", "[oz_tr]": "troy ounces", "[bu_us]": "bushels", "[gal_us]": "gallons", "[mi_i]": "miles",
    "har": "hectares", "1": "", "{share}": "shares", "{person}": "persons", "{head}": "heads", "{TEU}": "TEU",
    "XXX": "in a currency that is not named",
}  # fmt: skip
DAY_NOT_TOLD = "day not told"
ANNOUNCED = {"correction": "Correction", "withdrawal": "Withdrawn"}
"""How a note of that kind begins, and the title of the revision that came with it."""
BY_MODEL = "as read by the model"
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_SPACES = re.compile(r"\s+")
_AFTER_DATE = (":", ",")
_ENDS = (".", "!", "?", "…", "”", '"')
_CONTEXT = 32  # characters of prefix and suffix; one so long was cut, and may begin or end inside a word


def announced(note: RevisionNote) -> str:
    """What an editor tells readers: `Correction: …`."""
    return f"{ANNOUNCED.get(note.kind, 'Update')}: {note.text}"


def in_words(code: str) -> str:
    """`market_access.goods` -> market access: goods."""
    return code.replace("_", " ").replace(".", ": ")


def month_name(month: int) -> str:
    return lexicon.calendar.months[month - 1].name


def _point(edtf: str) -> str:
    qualifier = _QUALIFIERS.get(edtf[-1], "")
    year, *rest = edtf.rstrip("?~%").split("-")
    parts = [year]
    if rest:
        parts.insert(0, month_name(int(rest[0])))
    if len(rest) > 1:
        parts.insert(0, str(int(rest[1])))
    return qualifier + " ".join(parts)


def day(edtf: str) -> str:
    """An EDTF level 0-1 date or interval in English: `2031-03-14` -> 14 March 2031."""
    first, slash, last = edtf.partition("/")
    if not slash:
        return _point(first)
    if first in {"", ".."}:
        return f"until {_point(last)}"
    if last in {"", ".."}:
        return f"from {_point(first)}"
    return f"{_point(first)} to {_point(last)}"


def when(date: FuzzyDate | None) -> str:
    """A date as plainly as the source allows; its own words where nothing fixes it."""
    if date is None:
        return DAY_NOT_TOLD
    return day(date.edtf) if date.edtf else f"“{date.text}”"


def basis(date: FuzzyDate | None) -> str | None:
    """Why a date is not simply what the source says; None where it is, or where there is none."""
    if date is None:
        return None
    if date.basis == "unresolved":
        return "no date follows from the sources"
    if date.basis == "explicit":
        return None
    anchor = f", counted from {date.anchor}" if date.anchor else ""
    return f"“{date.text}”{anchor}"


def number(value: float) -> str:
    """Grouped digits, no trailing zeros: 17400000000.0 -> 17,400,000,000."""
    return f"{value:,.10f}".rstrip("0").rstrip(".")


def unit_words(code: str) -> str:
    """A unit in words: `t` -> tonnes, `USD/[bbl_us]` -> USD per barrel."""
    unit, _, per = code.partition("/")
    words = _UNITS.get(unit, unit)
    return f"{words} per {_UNITS.get(per, per).removesuffix('s')}".lstrip() if per else words


def reading(figure: Figure) -> str:
    """A figure as it was understood: comparator, value, unit, and what it was before."""
    unit = unit_words(figure.unit)
    value, before = number(figure.value), figure.previous_value
    if figure.value_high is not None:
        value = f"{value}{' to ' if before is None else '–'}{number(figure.value_high)}"
    now = f"{_COMPARATORS.get(figure.comparator, '')}{value} {unit}".rstrip()
    return now if before is None else f"from {f'{number(before)} {unit}'.rstrip()} to {now}"


def measure(figure: Figure) -> list[str]:
    """Whose measure a figure is, on whom, since when and by what law, as far as that is told."""
    return [
        *([f"imposed by {party_name(figure.imposed_by)}"] if figure.imposed_by else []),
        *([f"on {enumerated(party_name(code) for code in figure.applies_to)}"] if figure.applies_to else []),
        *([f"effective {when(figure.effective)}"] if figure.effective else []),
        *([f"under {figure.legal_basis}"] if figure.legal_basis else []),
    ]


def wants(position: Position) -> str:
    """What one side wants of another: `Chile offers: a quota`."""
    told = (("asks", position.ask), ("offers", position.offer), ("will not give", position.red_line))
    party = party_name(position.party)
    return "; ".join(f"{party} {verb}: {text}" for verb, text in told if text)


def enumerated(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def settlement(conflict: Conflict) -> str | None:
    """What an editor holds to be right, and why; None while a conflict is open."""
    if conflict.resolution is None:
        return None
    reason = f" ({conflict.review.note})" if conflict.review and conflict.review.note else ""
    return f"settled: {conflict.resolution}{reason}"


def attributed(sentence: SummarySentence) -> str:
    """A sentence of a summary, as the editor's where the facts do not prove it."""
    return f"{sentence.text} (The editor’s words.)" if sentence.unproven else sentence.text


def around(evidence: Evidence) -> tuple[str, str]:
    """The whole words before and after a quote, on one line, joined to it as in the source."""
    before = _SPACES.sub(" ", evidence.prefix)
    after = _SPACES.sub(" ", evidence.suffix)
    if len(evidence.prefix) >= _CONTEXT:
        before = "…" + before.partition(" ")[2]
    if len(evidence.suffix) >= _CONTEXT:
        after = after.rpartition(" ")[0] + "…"
    return before, after


def in_quotes(text: str) -> str:
    """On one line, in quotation marks, unless it begins with one of its own."""
    line = _SPACES.sub(" ", text).strip()
    return line if line[:1] in '“"‘«„' else f"“{line}”"


def one_line(text: str) -> str:
    """Without the line breaks and control characters that a source may have."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def shortened(text: str, most: int) -> str:
    """Its whole words up to so many characters."""
    if len(text) <= most:
        return text
    return (text[:most].rpartition(" ")[0] or text[:most]).rstrip(" ,;:") + "…"


def closed(text: str) -> str:
    """On one line, with a full stop where it has no end of its own."""
    line = one_line(text)
    return line if line.endswith(_ENDS) else f"{line}."


def with_date(date: FuzzyDate | None, what: str) -> str:
    """What happens on a day, which is not told twice."""
    line, first = one_line(what), when(date)
    return line if line.startswith(first) else f"{first}: {line}"


def beside_date(date: FuzzyDate | None, what: str) -> str:
    """What happens on a day that stands beside it: without that day, where the words begin with it."""
    rest = what.removeprefix(when(date))
    return initial(rest[1:].strip()) if rest[:1] in _AFTER_DATE and rest[1:].strip() else what


def initial(words: str) -> str:
    return words[:1].upper() + words[1:]

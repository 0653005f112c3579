"""F1 by class of readouts against gold: facts match where their evidence overlaps the quote and their values agree.

Stakes are a sample of the main ones, so recall stands for their F1.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import DocumentReadout, bounds
from schemas.facts import Fact

Gold = dict[str, Any]
Match = Callable[[Gold, Any], bool]
_UNITS = {
    "percent": "%",
    "units": "1",
    "people": "1",
    "days": "d",
    "weeks": "wk",
    "months": "mo",
    "years": "a",
}
_IN_DAYS = {"d": 1, "wk": 7, "mo": 30, "a": 360}


def read_all(documents: list[Path]) -> dict[str, DocumentReadout]:
    return {path.stem: readout(read(path.read_bytes(), file=path.name)) for path in documents}


def _same_name(one: str, other: str) -> bool:
    def plain(name: str) -> str:
        folded = unicodedata.normalize("NFKD", name)
        return "".join(c for c in folded if not unicodedata.combining(c)).casefold()

    return plain(one).split()[-1] == plain(other).split()[-1]


def _touches(told: Gold, fact: Fact, *, text: str) -> bool:
    spans = [match.span() for match in re.finditer(re.escape(told["quote"]), text)]
    return any(e.start < end and start < e.end for e in fact.evidence for start, end in spans)


def _same_date(told: str | None, read: str | None) -> bool:
    """Equal, or one within the other and the one that was read no coarser than a month."""
    if told is None or read is None:
        return told is read
    (low, high), (first, last) = bounds(told), bounds(read)
    if not (low and high and first and last):
        return told == read
    inside = low <= first and last <= high
    return inside or (first <= low and high <= last and (first.year, first.month) == (last.year, last.month))


def _same_amount(told: Gold, value: float, unit: str) -> bool:
    wanted = _UNITS.get(told["unit"], told["unit"])
    if wanted in _IN_DAYS and unit in _IN_DAYS:
        value, amount = value * _IN_DAYS[unit], told["value"] * _IN_DAYS[wanted]
    elif wanted == unit:
        amount = told["value"]
    else:
        return False
    return bool(abs(value - amount) <= max(abs(amount) * 0.005, 1e-9))


def _both(one: Match, other: Match, told: Gold, fact: Any) -> bool:
    return one(told, fact) and other(told, fact)


class Tally:
    """Hits and misses of one class over all documents."""

    def __init__(self) -> None:
        self.wanted = self.hit = self.given = self.right = 0

    def add(self, gold: list[Gold], facts: list[Any], match: Match) -> None:
        hit = set()
        for fact in facts:
            found = [i for i, told in enumerate(gold) if match(told, fact)]
            if found and not any(gold[i].get("in_scope", True) for i in found):
                continue
            self.given += 1
            self.right += bool(found)
            hit.update(found)
        due = {
            i
            for i, told in enumerate(gold)
            if told.get("in_scope", True) and told.get("must", True) and not told.get("past")
        }
        self.wanted += len(due)
        self.hit += len(due & hit)

    @property
    def recall(self) -> float:
        return self.hit / self.wanted

    @property
    def f1(self) -> float:
        precision = self.right / self.given if self.given else 0.0
        return 2 * precision * self.recall / (precision + self.recall) if precision + self.recall else 0.0


def marks(readouts: dict[str, DocumentReadout], docs: Path, golds: Path) -> dict[str, float]:
    """F1 of each core class, their mean as `core`; how often the parties are exactly right as `parties`."""
    tallies = {kind: Tally() for kind in ("delegates", "stakes", "deadlines", "figures")}
    parties: Counter[bool] = Counter()
    for name, found in readouts.items():
        gold: Gold = json.loads((golds / f"{name}.json").read_text(encoding="utf-8"))
        touches = partial(_touches, text=(docs / f"{name}.txt").read_text(encoding="utf-8"))
        told = gold["negotiation"]
        if not told["is_negotiation"]:
            parties[found.negotiation is None] += 1
            continue
        parties[found.negotiation is not None and set(found.negotiation.parties) == set(told["parties"])] += 1
        people = [m | {"party": d["party"]} for d in gold["delegations"] for m in d["members"]]
        seated = [(d.party, m) for d in found.delegations for m in d.members]
        tallies["delegates"].add(
            people, seated, lambda g, f: g["party"] == f[0] and _same_name(g["name"], f[1].name)
        )
        tallies["stakes"].add(gold["stakes"], found.stakes, touches)
        tallies["deadlines"].add(
            gold["deadlines"],
            found.deadlines,
            partial(_both, touches, lambda g, f: _same_date(g["date_edtf"], f.date.edtf)),
        )
        tallies["figures"].add(
            gold["figures"],
            found.figures,
            partial(_both, touches, lambda g, f: _same_amount(g, f.value, f.unit)),
        )
    scores = {kind: tally.recall if kind == "stakes" else tally.f1 for kind, tally in tallies.items()}
    return scores | {"core": sum(scores.values()) / 4, "parties": parties[True] / parties.total()}

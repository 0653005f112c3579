"""Invented documents, one proposal each: what the text proves comes out on its exact span, the rest is rejected.

The cases are in cases/*.toml, the documents in documents.toml. `gives` lists the leaf values of the fact, `exact`
its span (the quote where it is left out), `nth` which of several mentions. `nulls` names a leaf that is not proven, so
that the fact stands without it; `tells` one whose paraphrase gives way to the words of the quote. A case without any of
the three is refused. `because` is found in the reason.
"""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

import msgspec
import pytest

from schemas import Deadline, DocumentReadout, Event, Figure, Stake
from schemas.facts import Fact
from schemas.proposals import (
    DeadlineProposal,
    DelegateProposal,
    EventProposal,
    FigureProposal,
    Proposal,
    StakeProposal,
    StatementProposal,
)

pytestmark = pytest.mark.usefixtures("read_once")

HERE = Path(__file__).parent
DOCUMENTS: dict[str, str] = tomllib.loads((HERE / "documents.toml").read_text("utf-8"))
SHAPES: dict[str, type[Proposal]] = {
    "delegate": DelegateProposal,
    "stake": StakeProposal,
    "deadline": DeadlineProposal,
    "figure": FigureProposal,
    "statement": StatementProposal,
    "event": EventProposal,
}


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal, and what comes of it."""

    label: str
    kind: str
    text: str
    sides: list[str]
    published: str | None
    proposal: Proposal
    exact: str
    nth: int
    gives: dict[str, Any]
    nulls: str | None
    tells: str | None
    because: str | None

    @property
    def lost(self) -> set[str]:
        """The leaves that are told among the rejections."""
        return {leaf for leaf in (self.nulls, self.tells) if leaf}

    @property
    def refused(self) -> bool:
        return not self.gives and not self.lost


def _cases() -> Iterator[Case]:
    for path in sorted((HERE / "cases").glob("*.toml")):
        for group in tomllib.loads(path.read_text("utf-8"))["groups"]:
            sides = group.get("talks", ["Chile", "Norway"])
            for raw in group["cases"]:
                (kind,) = SHAPES.keys() & raw.keys()
                fields = {"quote": raw.get("text"), **raw[kind]}
                if fields.get("name") == "none":
                    fields["name"] = None
                if kind == "figure":
                    fields = {"measure": "other", "subject": fields["as_written"], **fields}
                yield Case(
                    label=group["class"],
                    kind=kind,
                    text=DOCUMENTS[group["in"]] if "in" in group else f"{{opener}}\n\n{raw['text']}",
                    sides=raw.get("talks", sides),
                    published=raw.get("published"),
                    proposal=msgspec.convert(fields, SHAPES[kind]),
                    exact=raw.get("exact", fields["quote"]),
                    nth=raw.get("nth", 1),
                    gives=raw.get("gives", {}),
                    nulls=raw.get("nulls"),
                    tells=raw.get("tells"),
                    because=raw.get("because"),
                )


CASES = list(_cases())
NAMES = [f"{n}-{case.label}" for n, case in enumerate(CASES)]


def facts_of(readout: DocumentReadout) -> list[Fact]:
    members = [member for delegation in readout.delegations for member in delegation.members]
    lists = (members, readout.stakes, readout.deadlines, readout.figures, readout.statements, readout.events)
    return [fact for facts in lists for fact in facts]


def leaf(fact: Fact, name: str) -> Any:
    """A value of a fact: one of its fields, or one that stands deeper."""
    match fact, name:
        case ((Deadline() | Event()), "edtf" | "words"):
            return fact.date and (fact.date.edtf if name == "edtf" else fact.date.text)
        case Deadline(), "condition":
            return fact.conditions[0].text
        case Figure(), "period":
            return fact.period.edtf if fact.period else None
        case Stake(), "ask" | "offer" | "red_line":
            return getattr(fact.positions[0], name)
    return getattr(fact, name)


def proved(case: Case, proven, opening, **changed: Any) -> tuple[str, DocumentReadout]:
    text = case.text.replace("{opener}", opening(case.sides))
    proposal = msgspec.structs.replace(case.proposal, **changed)
    lists = {"delegate": "delegates", "stake": "stakes", "deadline": "deadlines", "figure": "figures"}
    field = lists.get(case.kind, f"{case.kind}s")
    return text, proven(text, case.sides, case.published, **{field: [proposal]})


def check(case: Case, text: str, readout: DocumentReadout) -> None:
    (fact,) = facts_of(readout) or pytest.fail(f"rejected: {readout.rejected[0].reason}")
    span = fact.evidence[0]
    assert (span.exact, text[span.start : span.end]) == (case.exact, case.exact)
    place = re.compile(re.escape(case.exact))
    assert span.start == [found.start() for found in place.finditer(text)][case.nth - 1]
    got = {name: leaf(fact, name) for name in case.gives}
    assert {name: "none" if value is None else value for name, value in got.items()} == case.gives


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_the_text_proves_comes_out_and_nothing_else(case, proven, opening):
    text, readout = proved(case, proven, opening)
    assert {one.kind for one in readout.rejected} <= {case.kind}
    assert sorted(one.leaf or "" for one in readout.rejected) == sorted(case.lost or [""] * case.refused)
    if case.refused:
        assert facts_of(readout) == []
    else:
        check(case, text, readout)
    if case.nulls:
        assert getattr(facts_of(readout)[0], case.nulls) in (None, [])
    if case.tells:
        assert getattr(facts_of(readout)[0], case.tells) == case.proposal.quote
    if case.because:
        reasons = [one.reason for one in readout.rejected if one.leaf == case.nulls]
        assert all(re.search(case.because, reason) for reason in reasons), reasons


def test_a_refusal_says_why():
    assert [case for case in CASES if case.because is None and (case.refused or case.nulls)] == []


def respelled(quote: str) -> dict[str, str]:
    """The same words with other quotation marks, dashes, white space, composition, widths and case."""
    straight = quote.translate(str.maketrans("“”‘’–—", "\"\"''--"))
    return {
        "straight quotation marks": straight,
        "other quotation marks": straight.replace('"', "«").replace("'", "`"),
        "long dashes": straight.replace(" - ", " — "),
        "line-broken": quote.replace(" ", "\n"),
        "wide white space": "  " + quote.replace(" ", " \u00a0 ") + "\t",
        "NFC": unicodedata.normalize("NFC", quote),
        "NFD": unicodedata.normalize("NFD", quote),
        "NFKC": unicodedata.normalize("NFKC", quote),
        "full width": "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in quote),
        "capitals": quote.upper(),
        "zero-width": quote.replace("a", "a\u200b"),
    }


VERBATIM = [case for case in CASES if case.label == "verbatim"]


@pytest.mark.parametrize("spelling", respelled(""))
@pytest.mark.parametrize("case", VERBATIM, ids=lambda case: f"{case.kind}-{case.proposal.quote[:24]}")
def test_another_spelling_of_a_quote_is_found_on_the_same_span(case, spelling, proven, opening):
    quote = respelled(case.proposal.quote)[spelling]
    text, readout = proved(case, proven, opening, quote=quote)
    check(case, text, readout)


@pytest.mark.parametrize("case", VERBATIM, ids=lambda case: f"{case.kind}-{case.proposal.quote[:24]}")
def test_a_document_broken_into_lines_proves_the_same(case, proven, opening):
    whole = case.text.replace("{opener}", opening(case.sides))
    text = "\n\n".join(fill(paragraph, 60) for paragraph in whole.split("\n\n"))
    (fact,) = facts_of(proved(msgspec.structs.replace(case, text=text), proven, opening)[1])
    span = fact.evidence[0]
    assert text[span.start : span.end] == span.exact
    assert " ".join(span.exact.split()) == case.exact
    got = {name: leaf(fact, name) for name in case.gives}
    assert {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in got.items()
    } == case.gives


def test_equal_proposals_are_mapped_each_to_its_own_mention(proven, opening):
    again = "Norway’s duty on wine is 11 per cent."
    text = f"{opening(('Chile', 'Norway'))} {again} Chile objects to it. {again} {again}"
    same = FigureProposal(
        quote=again, as_written="11 per cent", subject="duty on wine", measure="tariff_rate"
    )
    readout = proven(text, figures=[same] * 4)
    mentions = [found.start() for found in re.finditer(re.escape(again), text)]
    assert [figure.evidence[0].start for figure in readout.figures] == mentions
    assert [rejection.reason for rejection in readout.rejected] == ["it repeats another fact"]


def test_there_are_enough_cases_of_every_class(capsys):
    counts = Counter(case.label for case in CASES)
    with capsys.disabled():
        print()
        for label, count in counts.most_common():
            print(f"  {count:4} {label}")
        print(f"  {len(CASES):4} in all, and {len(VERBATIM) * len(respelled(''))} respelled quotes")
    assert len(CASES) >= 200
    assert min(counts.values()) >= 4

"""`python -m bench.ablation`: what each part of the embedded extractor is worth, by switching it off.

Core F1 (mean of delegates, stakes, deadlines, figures) on our invented documents, and on the seeds and development
documents where the shared folder with their gold and its scorer is there. Prints a Markdown table.
"""

import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from pkgutil import resolve_name
from types import SimpleNamespace
from typing import Any

import msgspec
from msgspec.structs import replace

from pipeline.documents.document import Block
from pipeline.documents.layout import paragraphs
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from pipeline.language.dates import Context
from pipeline.language.lexicons import lexicon
from pipeline.language.people import Person
from tests.pipeline.extraction.corpus.marks import marks, read_all

ROOT = Path(__file__).resolve().parents[1]
CORPUS, SHARED = ROOT / "tests" / "pipeline" / "extraction" / "corpus", ROOT.parent / "shared"
Set = tuple[str, Path, Path, set[str]]
SETS: list[Set] = [
    ("seeds", SHARED / "seeds", SHARED / "gold", set()),
    ("development", SHARED / "dev" / "docs", SHARED / "dev" / "gold", {"stakes", "quotations"}),
]


def _all_body(text: str, start: int = 0, title: str | None = None) -> list[Block]:
    """Every paragraph as body: no menu, caption, promo or byline is told apart."""
    spans = paragraphs(text, start)
    edges = [*(span.start for span in spans), len(text)]
    head = [Block(0, edges[0], "boilerplate")] if edges[0] else []
    return head + [Block(a, b, "body") for a, b in pairwise(edges)]


def _always(value: object) -> Callable[..., Any]:
    return lambda *_: value


def _everybody(text: str, people: Sequence[Person], parties: frozenset[str], shift: int) -> list[Person]:
    return [
        person for person in people if resolve_name("pipeline.extraction.kinds.delegates:_negotiates")(person)
    ]


_KINDS = "pipeline.extraction.kinds"
_NO_OWNERS = replace(lexicon.offices, owners={})
_NO_MEMBERS = SimpleNamespace(
    parties=replace(lexicon.parties, members={}),
    figures=lexicon.figures,
    relevance=lexicon.relevance,
    sources=lexicon.sources,
)
# What is switched off, and the names that stand in for it.
PARTS: dict[str, dict[str, object]] = {
    "regions of the page": {"pipeline.documents.read:blocks_of": _all_body},
    "joining of wrapped lines": {"pipeline.documents.layout:_wrapped": _always(False)},
    "document date, stamps and year": {"pipeline.language.annotate:context_of": _always(Context())},
    "day of a photo told of as past": {"pipeline.documents.publication_date:_captioned": _always(None)},
    "tense of relative dates": {
        "pipeline.language.annotate:date_clause": _always(None),
        "pipeline.language.annotate:tense_of": _always(None),
    },
    "dateline stripping": {"pipeline.language.annotate:_DATELINE": re.compile(r"(?!)")},
    "cues of what falls due": {f"{_KINDS}.deadlines:_due": _always(True)},
    "words that seat people": {f"{_KINDS}.delegates:_seated": _everybody},
    "offices that one party alone has": {"pipeline.language.offices:_OFFICES": _NO_OWNERS},
    "a body or its members": {f"{_KINDS}.talks:lexicon": _NO_MEMBERS},
    "scope of quantities": {"pipeline.language.amounts:AmountReader.in_scope": _always(True)},
    "what a page has told before": {f"{_KINDS}.stakes:_signs_of_matter": _always({})},
    "clauses that tell a stake": {f"{_KINDS}.stakes:_signs_of_clause": _always({})},
}


@contextmanager
def without(part: str | None) -> Iterator[None]:
    """The extractor with a part of it switched off."""
    before: list[tuple[Any, str, object]] = []
    for path, stand_in in PARTS[part].items() if part else ():
        module, _, names = path.partition(":")
        *within, name = names.split(".")
        owner = resolve_name(":".join([module, ".".join(within)]) if within else module)
        before.append((owner, name, getattr(owner, name)))
        setattr(owner, name, stand_in)
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


def _scorer() -> Any:
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval" / "score.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _shared_core(scorer: Any, docs: Path, gold: Path, sampled: set[str]) -> float:
    found = (readout(read(path.read_bytes(), file=path.name)) for path in sorted(docs.glob("*.txt")))
    predictions = [json.loads(msgspec.json.encode(one)) for one in found]
    return float(scorer.score(predictions, docs, gold, sampled)["core_f1"])


def main() -> None:
    scorer = _scorer() if (SHARED / "eval" / "score.py").exists() else None
    sets = SETS if scorer else []
    print("| Without | " + " | ".join([*(name for name, *_ in sets), "invented"]) + " |")
    print("|---|" + "--:|" * (len(sets) + 1))
    for part in (None, *PARTS):
        with without(part):
            row = [_shared_core(scorer, docs, gold, sampled) for _, docs, gold, sampled in sets]
            row.append(
                marks(read_all(sorted((CORPUS / "docs").glob("*.txt"))), CORPUS / "docs", CORPUS / "gold")[
                    "core"
                ]
            )
        print(
            f"| {part or '(nothing: all of it)'} | " + " | ".join(f"{core:.3f}" for core in row) + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()

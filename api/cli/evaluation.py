"""`readout eval`: how well documents are read, by an annotator's hand or by what editors decided."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from msgspec import DecodeError, json

from api.cli import Refused, options
from api.cli.inputs import contents, readable
from api.cli.offline import readouts
from pipeline.documents.document import Document
from schemas import DocumentReadout

if TYPE_CHECKING:
    from pipeline.evaluation import Evaluation, Gold

_TEXTS = (".txt", ".md")


class GoldDocument(NamedTuple):
    """A document, and what is annotated of it."""

    name: str
    document: Document
    gold: "Gold"


@click.command()
@click.argument("gold", metavar="GOLD_DIR", required=False)
@click.argument("docs", metavar="DOCS_DIR", required=False)
@options.own_extractor
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--compare", metavar="RUN", help="A run before, as --format json printed it: what changed since."
)
@click.option(
    "--learn",
    type=click.Choice(["stakes", "talks"]),
    is_flag=False,
    flag_value="stakes",
    help="Print what the annotations teach, not scores: stakes.toml, or relevance.toml for talks.",
)
@click.option(
    "--briefings",
    is_flag=True,
    help="Score the briefings that come of all documents by GOLD_DIR/merged.json.",
)
@click.option(
    "--from-reviews",
    is_flag=True,
    help="Score by what editors decided about facts, without folders.",
)
@options.database
def eval_command(
    gold: str | None,
    docs: str | None,
    extractor: str,
    form: str,
    compare: str | None,
    learn: str | None,
    briefings: bool,
    from_reviews: bool,
    database: str | None,
) -> int:
    """Read the documents of DOCS_DIR that GOLD_DIR has annotations for, and score what was read.

    NAME.json annotates NAME.txt (or .md): docs/evaluation.md tells how. What is missing, wrong or made up is listed,
    and what was proposed and refused. A file that cannot be read is named on stderr; the exit status is 2.
    """
    from api.rendering.terminal import console, scores
    from pipeline.evaluation import evaluate

    refused: list[str] = []
    if from_reviews:
        if gold is not None or briefings or learn == "talks":
            raise Refused("--from-reviews goes with neither folders nor --briefings nor --learn talks")
        documents = _reviewed(database, whole_stakes=learn is not None)
    elif gold is None or docs is None:
        raise Refused("give GOLD_DIR and DOCS_DIR, or --from-reviews")
    elif briefings:
        if compare is not None or learn is not None:
            raise Refused("--briefings goes with neither --compare nor --learn")
        return _eval_briefings(Path(gold), Path(docs), extractor, form)
    else:
        documents = _by_hand(Path(gold), Path(docs), refused)
    before = _run_before(compare) if compare is not None else None
    if learn:
        sys.stdout.write((_learnt_stakes if learn == "stakes" else _learnt_talks)(documents))
        return 2 if refused else 0
    read = readouts(((name, document) for name, document, _ in documents), extractor)
    result = evaluate(
        (Path(name).name, document.text, annotations, readout)
        for (name, document, annotations), (_, readout) in zip(documents, read, strict=True)
    )
    if form == "json":
        sys.stdout.buffer.write(json.format(json.encode(result), indent=2) + b"\n")
    else:
        console().print(scores(result, before))
    return 2 if refused else 0


def _run_before(path: str) -> "Evaluation":
    """Raises Refused."""
    from pipeline.evaluation import Evaluation

    try:
        return json.decode(contents(path), type=Evaluation)
    except (DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path}: it is not what `readout eval --format json` prints ({error})") from None


def _reviewed(database: str | None, *, whole_stakes: bool) -> list[GoldDocument]:
    """The documents of the database about whose facts editors decided; `whole_stakes`: about all of their stakes.

    Raises Refused.
    """
    from api.cli.setup import check_migrated, reached
    from pipeline.editors_gold import are_stakes_decided, gold_of
    from store.documents import get_readout
    from store.review_queue import last_decisions
    from worker.ingest import load

    settings = options.settings(database=database)
    check_migrated(settings)
    with reached(settings.database_url) as engine:
        decisions = last_decisions(engine)
        found = [GoldDocument(id, load(engine, id), gold) for id, gold in sorted(gold_of(decisions).items())]
        if whole_stakes:
            bodies = {one.name: get_readout(engine, one.name) for one in found}
            found = [
                one
                for one in found
                if (body := bodies[one.name])
                and are_stakes_decided(decisions, json.decode(body, type=DocumentReadout))
            ]
    if not found:
        raise Refused(
            "no editor has decided about all stakes of a document"
            if whole_stakes
            else "no editor has decided about a fact that an annotation can tell"
        )
    return found


def _by_hand(gold: Path, docs: Path, refused: list[str]) -> list[GoldDocument]:
    """The documents of a folder with the annotations of another. Raises Refused."""
    return [
        GoldDocument(name, document, annotations)
        for name, annotations in _annotated(gold, docs).items()
        for _, document in readable([name], annotations.published, refused)
    ]


def _eval_briefings(gold: Path, docs: Path, extractor: str, form: str) -> int:
    """The score of what the documents of a folder give when they are merged. Raises Refused."""
    from api.rendering.terminal import console, merge_scores
    from pipeline.briefings.evaluation import evaluate_merged, read_merged
    from pipeline.briefings.merge import merge
    from pipeline.briefings.rounds import Part
    from pipeline.documents.document import source_of

    path = gold / "merged.json" if gold.is_dir() else gold
    try:
        golds = read_merged(path.read_bytes())
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    except (DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path}: {error}") from None
    names = sorted(str(each) for each in docs.iterdir() if each.suffix in _TEXTS) if docs.is_dir() else []
    if not names:
        raise Refused(f"{docs}: no document (*{', *'.join(_TEXTS)})")
    refused: list[str] = []
    documents = dict(readable(names, None, refused))
    parts = [
        Part(readout, source_of(document))
        for document, readout in readouts(documents.items(), extractor)
        if readout.negotiation
    ]
    result = evaluate_merged(
        golds,
        merge(parts),
        {Path(name).name: (document.id, document.text) for name, document in documents.items()},
    )
    if form == "json":
        sys.stdout.buffer.write(json.format(json.encode(result), indent=2) + b"\n")
    else:
        console().print(merge_scores(result))
    return 2 if refused else 0


def _learnt_stakes(documents: Iterable[GoldDocument]) -> str:
    """The lexicon that documents about talks teach by their annotated stakes. Raises Refused where they are too few."""
    from pipeline.learning import as_lexicon, learn, read_example

    pages = [
        read_example(name, document, gold)
        for name, document, gold in documents
        if gold.negotiation.is_negotiation and gold.stakes
    ]
    if len(pages) < 2:
        raise Refused("nothing can be learnt: two documents at least must have annotated stakes")
    return as_lexicon(learn(pages), len(pages))


def _learnt_talks(documents: Iterable[GoldDocument]) -> str:
    """The lexicon that documents about talks, and others, teach. Raises Refused where they are too few."""
    from pipeline.learning import as_talks_lexicon, learn_talks, read_page

    pages = [page for each in documents if (page := read_page(*each))]
    if min([page.told for page in pages].count(told) for told in (True, False)) < 2:
        raise Refused("nothing can be learnt: two documents at least must be about talks, and two not")
    return as_talks_lexicon(learn_talks(pages), pages)


def _annotated(gold: Path, docs: Path) -> "dict[str, Gold]":
    """The annotations of each document that has some, by the document's file. Raises Refused."""
    from pipeline.evaluation import Gold

    for folder in (gold, docs):
        if not folder.is_dir():
            raise Refused(f"{folder}: there is no such folder")
    found: dict[str, Gold] = {}
    for path in sorted(gold.glob("*.json")):
        document = next((d for end in _TEXTS if (d := docs / f"{path.stem}{end}").is_file()), None)
        if document is None:
            raise Refused(f"{path}: {docs} has no document {path.stem}.txt for it")
        try:
            found[str(document)] = json.decode(contents(str(path)), type=Gold)
        except (DecodeError, UnicodeDecodeError) as error:
            raise Refused(f"{path}: {error}") from None
    if not found:
        raise Refused(f"{gold}: there are no annotations (*.json)")
    return found

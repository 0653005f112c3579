"""Reading documents on the command line, several at a time where a model is waited for."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from api.cli import options
from api.cli.inputs import complain
from pipeline.documents.document import Document
from schemas import DocumentReadout

Name = TypeVar("Name")


def readouts(
    read: Iterable[tuple[Name, Document]], extractor: str
) -> Iterator[tuple[Document, DocumentReadout]]:
    """Readouts in the order of their documents. Raises Refused where the model is not configured.

    A document for which the model fails is told on stderr; its readout is the embedded extractor's.
    """
    model = options.model(options.settings(), extractor)
    from worker.extractors import reader

    readout = reader(model)
    for (name, document), found in _in_order(
        lambda one: readout(one[1]), read, model.concurrency if model else 1
    ):
        if found.extractor.stands_in_for:
            complain(f"{name}: the embedded extractor read it, {found.rejected[-1].reason}")
        yield document, found


Given = TypeVar("Given")
Made = TypeVar("Made")


def _in_order(
    make: Callable[[Given], Made], given: Iterable[Given], at_once: int
) -> Iterator[tuple[Given, Made]]:
    """`make` of each, `at_once` of them under way, in the order given. One at a time needs no thread."""
    if at_once == 1:
        yield from ((one, make(one)) for one in given)
        return
    under_way: deque[tuple[Given, Future[Made]]] = deque()
    with ThreadPoolExecutor(at_once) as pool:
        for one in given:
            under_way.append((one, pool.submit(make, one)))
            if len(under_way) > at_once:
                first, future = under_way.popleft()
                yield first, future.result()
        for first, future in under_way:
            yield first, future.result()

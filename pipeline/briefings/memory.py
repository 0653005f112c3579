"""What merging a round found out, kept for its next document: most of a round is as it was.

To merge without it gives the same, and takes as long as the whole round does.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

_T = TypeVar("_T")


_Known = tuple[Any, tuple[object, ...]]
"""What was found out, and from which objects."""


class Memory:
    """Of one round. What is found out is known by the very objects that it follows from, which are held with it.

    What a merge has not asked for is forgotten with the next. `kept` is what a step leaves to itself.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.kept: dict[Hashable, Any] = {}
        self._known: dict[Hashable, _Known] = {}
        self._before: dict[Hashable, _Known] = {}

    def begin(self) -> None:
        """Another merge begins."""
        self._before, self._known = self._known, {}

    def once(self, find: Callable[..., _T], *of: object, beside: tuple[Hashable, ...] = ()) -> _T:
        """Finds out but once what follows from some objects, and from values beside them."""
        # By far the most is asked of one object.
        key: Hashable = (find, id(of[0])) if len(of) == 1 and not beside else (find, *beside, *map(id, of))
        known = self._known.get(key)
        if known is None:
            known = self._before.get(key) or (find(*of, *beside), of)
            self._known[key] = known
        found: _T = known[0]
        return found


class Memories:
    """Of the rounds that were merged last, by briefing; of so many that they have no more documents than this."""

    def __init__(self, most_documents: int = 0) -> None:
        self._most = most_documents
        self._rounds: OrderedDict[str, tuple[int, Memory]] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def of(self, briefing_id: str, documents: int) -> Iterator[Memory]:
        """What is remembered of a round that has so many documents now, for one merge at a time."""
        with self._lock:
            _, memory = self._rounds.pop(briefing_id, (0, Memory()))
            self._rounds[briefing_id] = documents, memory
            while len(self._rounds) > 1 and sum(count for count, _ in self._rounds.values()) > self._most:
                self._rounds.popitem(last=False)
        with memory.lock:
            memory.begin()
            yield memory

"""What merging a round found out, kept for its next document: most of a round is as it was.

To merge without it gives the same, and takes as long as the whole round does.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple, TypeVar

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

    def each(self, find: Callable[..., _T], things: Sequence[object], *beside: Hashable) -> list[_T]:
        """As `once`, of each of many things, in less time. To be asked once in a merge."""
        key = (find, *beside)
        last: dict[int, _Known] = self.kept.get(key, {})
        known = [last.get(id(thing)) or (find(thing, *beside), (thing,)) for thing in things]
        self.kept[key] = dict(zip(map(id, things), known, strict=True))
        return [found for found, _ in known]

    def of_parts(
        self, step: Hashable, parts: Mapping[str, object]
    ) -> tuple[Mapping[int, Any], dict[int, Any]]:
        """What a step found out in the last merge from documents, of which none has gone or been read anew, by `id()`;
        and where it keeps what it finds out in this one, or what of the last still holds.
        """
        before, found = self.kept.get(step, ({}, {}))
        same = all(parts.get(id) is part for id, part in before.items())
        now: dict[int, Any] = {}
        self.kept[step] = parts, now
        return (found if same else {}), now


class _Compared(NamedTuple):
    """Things of which each two about one matter were compared, by what they are about; and those with which something
    held, with whom. All by `id()`.
    """

    things: dict[int, Any]
    together: dict[Hashable, dict[int, Any]]
    holding: dict[int, dict[int, Any]]


def related(
    things: Sequence[_T],
    about: Callable[[_T], Hashable],
    holds: Callable[[_T, _T], bool],
    memory: Memory,
    near: Callable[[_T, Collection[_T]], Iterable[_T]] = lambda _, others: others,
) -> Mapping[int, Mapping[int, _T]]:
    """Of the things with which something holds the others about the same matter with which it does, all by `id()`.

    What the last merge compared is not again. `near`: of others, with which it may hold.
    """
    step = (related, holds)
    # Until all is done nothing is kept: what fails halfway is done anew.
    last: _Compared = memory.kept.pop(step, _Compared({}, {}, {}))
    here = dict(zip(map(id, things), things, strict=True))
    for gone in last.things.keys() - here.keys():
        matter = about(last.things[gone])
        del last.together[matter][gone]
        if not last.together[matter]:
            del last.together[matter]
        for other in last.holding.pop(gone, ()):
            del last.holding[other][gone]
            if not last.holding[other]:
                del last.holding[other]
    places: dict[int, int] = {}
    for new in here.keys() - last.things.keys():
        places = places or _places(things)
        together = last.together.setdefault(about(here[new]), {})
        for known in near(here[new], together.values()):
            both = (here[new], known) if places[new] < places[id(known)] else (known, here[new])
            if holds(*both):
                last.holding.setdefault(new, {})[id(known)] = known
                last.holding.setdefault(id(known), {})[new] = here[new]
        together[new] = here[new]
    memory.kept[step] = last._replace(things=here)
    return last.holding


def each_two(
    things: Sequence[_T],
    about: Callable[[_T], Hashable],
    holds: Callable[[_T, _T], bool],
    memory: Memory,
    near: Callable[[_T, Collection[_T]], Iterable[_T]] = lambda _, others: others,
) -> Iterator[tuple[_T, _T]]:
    """Each two things about one matter with which something holds, in the order of the things; see `related`."""
    holding = related(things, about, holds, memory, near)
    places = _places(things) if holding else {}
    for place in sorted(places[one] for one in holding):
        thing = things[place]
        later = sorted(places[other] for other in holding[id(thing)] if places[other] > place)
        yield from ((thing, things[other]) for other in later)


def _places(things: Sequence[object]) -> dict[int, int]:
    """Where each thing stands, by its `id()`."""
    return dict(zip(map(id, things), range(len(things)), strict=True))


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

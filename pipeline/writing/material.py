"""What a text is written from: the weightiest facts of a briefing, and a mark that changes with any of them."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct

from pipeline.briefings.salience import by_salience
from pipeline.writing.claims import speaks_to_a_writer
from pipeline.writing.edition import english_edition
from schemas import Briefing, Fact, proving_words, unproven
from schemas.kinds import facts_of, kind_of

MOST_FACTS = 40
"""A text is written from so many facts at most."""
_LENGTHS = {"short": 2, "standard": 6, "long": 10}
MOST_SENTENCES = max(_LENGTHS.values())
BOOKKEEPING = {
    "briefing_id", "certainty", "changed_revision", "conflict_ids", "evidence", "first_revision", "id", "origins",
    "proof", "review", "salience", "translated",
}  # fmt: skip


def sentences_of(length: str) -> int:
    """How many sentences a text of a length has at most."""
    return _LENGTHS[length]


class Material(Struct, frozen=True):
    """The facts that may be told, the weightiest first."""

    briefing: Briefing
    facts: list[Fact]

    def basis(self) -> str:
        """Twelve hexadecimal digits that change with what a text could say, and with nothing else.

        More proof of the same changes nothing, unless what was only claimed is borne out by it.
        """
        told = sorted(msgspec.json.encode([kind_of(fact).name, fact_content(fact)]) for fact in self.facts)
        body = b"\0".join([msgspec.json.encode([list(self._talks()), list(self._conflicts())]), *told])
        return hashlib.sha256(body).hexdigest()[:12]

    def _talks(self) -> Iterator[Any]:
        talks = self.briefing.negotiation
        for name in talks.__struct_fields__:
            if name not in {"prior_round", "next_round", "translated"}:
                yield msgspec.to_builtins(getattr(talks, name))

    def _conflicts(self) -> Iterator[list[Any]]:
        ids = {fact.id for fact in self.facts}
        for conflict in self.briefing.conflicts:
            if any(ids.intersection(position.fact_ids) for position in conflict.positions):
                values = [position.value for position in conflict.positions]
                yield [conflict.about, conflict.kind, conflict.resolution, values]


def material_of(briefing: Briefing) -> Material:
    """The facts that may be told. None whose words speak to a writer, for these are no news of the talks."""
    briefing = english_edition(briefing)
    ranked = by_salience(facts_of(briefing))
    fit = (fact for fact in ranked if not any(map(speaks_to_a_writer, proving_words(fact))))
    return Material(briefing, list(islice(fit, MOST_FACTS)))


def fact_content(fact: Fact) -> Any:
    """What a fact says, without how it is proven, but for whether anybody stands by it."""
    content = {
        name: msgspec.to_builtins(unproven(getattr(fact, name)))
        for name in fact.__struct_fields__
        if name not in BOOKKEEPING
    }
    return [fact.certainty if fact.certainty in {"claimed", "disputed"} else "", content]

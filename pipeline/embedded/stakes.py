"""What is on the table: sentences that put a topic before the parties."""

import re
import tomllib
from collections import defaultdict
from functools import cache
from importlib.resources import files

from pipeline.document import Document
from pipeline.embedded.passages import Sentence, quoted
from pipeline.parties import mentions
from pipeline.proposals import StakeProposal

_ON_THE_TABLE = re.compile(
    r"\b(?:concern\w*|issues?|focus\w*|topics?|discuss\w*|demand\w*|seek\w*|push\w*|press\w*|restrict\w*|limit\w*|curbs?|crackdown|eas(?:e|ing)|flow|resume|agree\w*|commit\w*|intend\w*|will"
    r"|remove|reduc\w+|eliminat\w+|lower\w*|provid\w+|access|expire\w*|reprieve|pause|imped\w+|tension\w*|disput\w+|sticking point|bargaining|expectation|obstacle|warn\w*|accus\w+|maintain|set to|includ\w+"
    r"|negotiat\w+|address\w*|strengthen\w*|ensur\w+|avoid|refrain\w*|recogni[sz]\w+|open\w*|halts?|closures?|depletion|dominan\w+|monopoly|incentive|at stake|hopes?|hopeful|want\w*)\b",
    re.IGNORECASE,
)
_PLAIN_SPEECH = re.compile(r"[“\"]")
_PER_TOPIC = 1


@cache
def topics() -> dict[str, re.Pattern[str]]:
    raw = tomllib.loads((files("pipeline") / "lexicons" / "topics.toml").read_text("utf-8"))
    return {
        topic: re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)
        for topic, words in raw["words"].items()
    }


@cache
def labels() -> dict[str, str]:
    """A heading for each topic, for readers."""
    raw = tomllib.loads((files("pipeline") / "lexicons" / "topics.toml").read_text("utf-8"))
    return dict(raw["labels"])


def _score(sentence: Sentence, hits: int, parties: frozenset[str]) -> float:
    text = sentence.text
    named = {m.code for m in mentions(text) if m.code in parties}
    score = 2.0 * min(hits, 2) + 1.5 * min(len(_ON_THE_TABLE.findall(text)), 3) + len(named)
    score -= 2.0 * bool(_PLAIN_SPEECH.search(text)) + 2.0 * (len(text) < 50)
    return score - 0.02 * sentence.index


def find_stakes(
    document: Document, sentences: list[Sentence], parties: frozenset[str]
) -> list[StakeProposal]:
    """The best sentence for each topic; in a text of terms (bullets, numbered items), each item's first topic too."""
    ranked: dict[str, list[tuple[float, Sentence]]] = defaultdict(list)
    terms = sum(sentence.passage.bullet for sentence in sentences) >= 4
    taken: dict[tuple[int, str], None] = {}
    for sentence in sentences:
        text = sentence.text
        if not _ON_THE_TABLE.search(text):
            continue
        found = {topic: len(pattern.findall(text)) for topic, pattern in topics().items()}
        found = {topic: hits for topic, hits in found.items() if hits}
        for topic, hits in found.items():
            ranked[topic].append((_score(sentence, hits, parties), sentence))
        if terms and found:
            taken[sentence.index, next(iter(found))] = None
    for topic, entries in ranked.items():
        for _, sentence in sorted(entries, key=lambda entry: (-entry[0], entry[1].index))[:_PER_TOPIC]:
            taken[sentence.index, topic] = None
    proposals = []
    for index, topic in sorted(taken):
        sentence = sentences[index]
        quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
        proposals.append(StakeProposal(quote=quote, at=at, topic=topic, summary=sentence.text))
    return proposals

"""Two rounds of talks that the tests of texts write of, and what a model may say of them."""

from datetime import UTC, datetime

from msgspec import json

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.model.requests import Completion, Request
from pipeline.extraction.readout import readout
from schemas import Briefing

NOW = datetime(2031, 3, 10, tzinfo=UTC)
OSLO = """\
Norway and Chile open the fifth round of trade talks in Oslo

OSLO, 3 March 2031 - Norway and Chile opened the fifth round of their trade talks in Oslo on Monday. Chile offered to \
lower its duty on Norwegian salmon from 10 to 4 per cent. Norway wants a quota of 9,000 tonnes for its cheese. The \
truce on duties between Norway and Chile runs out on 30 June 2031 unless the two governments extend it. Chile's team \
is led by Trade Minister Elena Fuentealba, that of Norway by Trade Minister Sigrid Bakkeli. A Chilean official said \
Norway could also open its market for walnuts.
"""
SANTIAGO = """\
Norway and Chile meet again in Santiago

SANTIAGO, 20 May 2031 - Norway and Chile opened the sixth round of their trade talks in Santiago on Tuesday. The \
truce on duties between Norway and Chile now runs out on 30 September 2031. Chile's team is led by Deputy Trade \
Minister Tomás Arancibia.
"""


def part(text: str) -> Part:
    document = read(text.encode(), file="talks.txt")
    return Part(readout(document), source_of(document))


def briefing(*texts: str) -> Briefing:
    """The one briefing that these documents give."""
    [one] = merge([part(text) for text in texts or (OSLO,)], now=NOW)
    return one


def ids(of: Briefing, words: str) -> list[str]:
    """The facts that some words prove, the weightiest first."""
    from schemas.kinds import facts_of

    found = [fact for fact in facts_of(of) if any(words in " ".join(e.exact.split()) for e in fact.evidence)]
    assert found, words
    return [fact.id for fact in sorted(found, key=lambda fact: -fact.salience)]


class Scripted:
    """Answers requests for a text one after the other; each cites the facts whose words it names."""

    def __init__(self, *answers: str | list[tuple[str, str]]) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Completion:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            return Completion(text=answer, finish="stop", prompt_tokens=100, completion_tokens=10)
        sentences = [
            {"text": text, "facts": self._numbers(request, words), "about": "stakes"}
            for text, words in answer
        ]
        text = json.encode({"headline": None, "sentences": sentences}).decode()
        return Completion(text=text, finish="stop", prompt_tokens=100, completion_tokens=10)

    @staticmethod
    def _numbers(request: Request, words: str) -> list[int]:
        """The facts in whose lines the words stand."""
        found: list[int] = []
        number = 0
        for line in request.messages[1]["content"].splitlines():
            if line[:1].isdigit():
                number = int(line.split(" ", 1)[0])
            if number and words in line and number not in found:
                found.append(number)
        return found

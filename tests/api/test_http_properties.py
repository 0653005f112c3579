"""Every operation under generated requests, good and bad, alone and one after another: the service keeps to its
description.

All phases of schemathesis: the examples of the description, the values at the edges of each schema (coverage), values
drawn at random (fuzzing), and operations linked by what they answer (stateful). `READOUT_FUZZ_EXAMPLES` says how many
requests fuzzing draws for an operation.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from msgspec import Struct
from requests import Session
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    use_after_free,
)

from tests.api.conftest import AUTHORIZED, KEY
from tests.api.described import DESCRIBED
from tests.api.filled import fill
from tests.conftest import BOTH, new_database
from tests.serving import api, free_port, worker
from tests.waiting import PATIENCE

EXAMPLES = int(os.environ.get("READOUT_FUZZ_EXAMPLES", "16"))
LEAST = max(5_000, 125 * EXAMPLES)  # requests to both databases together
RUNS = 5
LEAST_IN_SEQUENCE = 8 * EXAMPLES  # requests to each database
EVENT = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string"},
        "event": {"enum": ["progress", "finished"]},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/Job"},
        },
    },
}


def described() -> dict[str, Any]:
    """The description with what OpenAPI can say from 3.2 on: what each event of a stream is."""
    found = deepcopy(DESCRIBED)
    stream = found["paths"]["/v1/jobs/{job_id}/events"]["get"]["responses"]["200"]["content"]
    stream["text/event-stream"] = {"itemSchema": EVENT}
    return found


schema = schemathesis.openapi.from_dict(described())

# All checks of schemathesis run, but for these:
# - `positive_data_acceptance`, because a description cannot say which strings are cursors that were given out, which
#   bytes are text, which keys came before, which ids are those of something, or which headers are entity tags
#   (schemathesis strips the quotation marks that it would ask for): left out where the answer is one of these problems;
# - `negative_data_rejection` of forms, because a number sent in a form is a text like any other;
# - `use_after_free`, because what DELETE ends stays to be read: a revoked key, a withdrawn document, a cancelled job.
BEYOND_A_SCHEMA = (
    "/problems/bad-cursor",
    "/problems/bad-etag",
    "/problems/idempotency-key-reused",
    "/problems/precondition-failed",
    "/problems/precondition-required",
    "/problems/unreadable-document",
)
NAMES_NOTHING = (
    "there is no such thing",
    "there is none with this id",
    "it is not in the digest",
    "there is no such time zone",
)
"""Details of an error that is said of an id, or of a name, which looks as these do."""
RIGOUR = settings(
    max_examples=EXAMPLES,
    derandomize="READOUT_FUZZ_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Service(Struct):
    """A service that runs, and how many requests each database had in each phase."""

    address: str
    session: Session
    database: str


asked: Counter[tuple[str, str]] = Counter()
_running: list[Service] = []


@pytest.fixture(scope="module", autouse=True)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A service of each database, with a worker, so that the events of a job come to an end.

    Each request is made once and goes to both, for making it takes longer than the service to answer.
    """
    with ExitStack() as stack:
        for database in BOTH:
            folder = tmp_path_factory.mktemp("properties")
            url = new_database(database, request, folder)
            fill(url)
            port = free_port()
            stack.enter_context(
                api(url, folder, port, auth="required", admin_key=KEY, access_log="off", webhooks="any")
            )
            stack.enter_context(worker(url, folder))
            session = stack.enter_context(Session())
            session.trust_env = False  # which would look for a proxy before each request
            _running.append(Service(f"http://127.0.0.1:{port}", session, database))
        yield
        _running.clear()


def ask(service: Service, case: schemathesis.Case[Any], phase: str) -> Response:
    # Headers that are to be refused may be so for want of the key: it is not added to them.
    refused = case.meta is not None and case.meta.is_negative_at(ParameterLocation.HEADER)
    asked[service.database, phase] += 1
    headers = {} if refused else AUTHORIZED
    return case.call(base_url=service.address, session=service.session, headers=headers, timeout=PATIENCE)


def beyond(case: schemathesis.Case[Any], answer: Response) -> list[schemathesis.CheckFunction]:
    """Checks that this answer would fail although it is right."""
    left_out: list[schemathesis.CheckFunction] = [use_after_free]
    if answer.status_code in (400, 412, 422, 428):
        problem = answer.json()
        named = [error["detail"] for error in problem["errors"]]
        if problem["type"] in BEYOND_A_SCHEMA or (named and set(named) <= set(NAMES_NOTHING)):
            left_out.append(positive_data_acceptance)
    if answer.status_code == 202 and case.media_type == "multipart/form-data":
        left_out.append(negative_data_rejection)
    return left_out


@schema.parametrize()
@RIGOUR
def test_every_operation_keeps_to_its_description(case: schemathesis.Case[Any]) -> None:
    for service in _running:
        answer = ask(service, case, case.meta.phase.name.value if case.meta else "fuzzing")
        case.validate_response(answer, excluded_checks=beyond(case, answer))


class Sequences(schema.as_state_machine()):  # type: ignore[misc]
    """One operation after another, by the links of the description: what one answers is asked for by the next."""

    service: Service

    def call(self, case: schemathesis.Case[Any], **_: Any) -> Response:
        return ask(self.service, case, "stateful")

    def validate_response(self, response: Response, case: schemathesis.Case[Any], **_: Any) -> None:
        case.validate_response(
            response, excluded_checks=beyond(case, response), recorder=self.recorder, headers=AUTHORIZED
        )


@pytest.mark.parametrize("database", BOTH)
def test_operations_one_after_another(database: str) -> None:
    """In several runs: what is answered depends on all that was asked before, and where Hypothesis sees by that the same
    choices lead elsewhere, it ends a run."""
    Sequences.service = _running[BOTH.index(database)]
    for number in range(RUNS):
        if RIGOUR.derandomize:
            seed(number)(Sequences)  # else each run would be the first again
        with suppress(FlakyStrategyDefinition):
            Sequences.run(
                settings=settings(RIGOUR, max_examples=2 * EXAMPLES // RUNS, stateful_step_count=12)
            )
    assert asked[database, "stateful"] >= LEAST_IN_SEQUENCE


@pytest.mark.parametrize("database", BOTH)
def test_the_events_of_a_job_keep_to_their_description(database: str) -> None:
    """Sequences come by them too, but seldom."""
    service = _running[BOTH.index(database)]
    text: dict[str, Any] = {"text": "Talks were adjourned."}
    added = schema["/v1/documents"]["POST"].Case(body=text, media_type="application/json")
    job = {"job_id": ask(service, added, "stateful").json()["job_id"]}
    case = schema["/v1/jobs/{job_id}/events"]["GET"].Case(path_parameters=job)
    answer = ask(service, case, "stateful")
    case.validate_response(answer, headers=AUTHORIZED)
    assert answer.status_code == 200 and b"event: finished\n" in answer.content


@pytest.mark.parametrize("database", BOTH)
def test_the_service_was_asked_enough(database: str) -> None:
    """The last: each phase had its turn on this database."""
    of_phase = {phase: count for (name, phase), count in asked.items() if name == database}
    assert set(of_phase) == {"examples", "coverage", "fuzzing", "stateful"}
    assert sum(of_phase.values()) >= LEAST / len(BOTH), of_phase
    print(f"{database}: {of_phase}")

"""What DBOS does not promise and this product uses: all of it stands in one module, and each name is tried here."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dbos import DBOS

from pipeline.documents.document import Document
from pipeline.documents.read import read
from schemas import Job
from tests.waiting import PATIENCE, until
from tests.worker.conftest import StartWorker
from worker.bells import Bell
from worker.jobs import Jobs, submit
from worker.queue import (
    APPLICATION,
    QUEUE,
    SERIALIZER,
    UPKEEP,
    WAITING,
    WORKFLOW_VERSION,
    Places,
    give_back,
    how_many,
    longest_wait,
    more_than,
    stop_polling,
    system_url,
    take_from,
    take_places,
)

ROOT = Path(__file__).parents[2]
PRIVATE = re.compile(
    r"\bdbos\._\w+|\bDBOS\._\w+|\b_sys_db\b|\b_active_workflows_set\b|\b_get_dbos_instance\b"
)


def document(text: str) -> Document:
    return read(text.encode())


def test_private_names_are_used_in_one_module_alone() -> None:
    rooms = ("api", "worker", "pipeline", "store", "prompts", "schemas")
    modules = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    used = {
        str(path.relative_to(ROOT)): sorted(set(PRIVATE.findall(path.read_text())))
        for path in modules
        if PRIVATE.search(path.read_text())
    }
    assert used.keys() == {"worker/queue.py"}


def test_what_waits_to_be_merged_takes_no_place() -> None:
    places = Places({QUEUE: Bell()})
    _one, _two = places.add("ingest-1", QUEUE), places.add("ingest-2", QUEUE)
    places.add("deliver-1", "deliveries")
    assert (places.count_for_queue(QUEUE), places.running()) == (2, {"ingest-1", "ingest-2", "deliver-1"})
    places.waiting = 1
    assert (places.count_for_queue(QUEUE), places.count_for_queue("deliveries")) == (1, 1)


@pytest.fixture
def dbos(database_url: str) -> Iterator[DBOS]:
    """A process of DBOS beside those of workers, which runs nothing."""
    dbos = DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": system_url(database_url),
            "application_version": WORKFLOW_VERSION,
            "executor_id": "beside",
            "serializer": SERIALIZER,
            "log_level": "WARNING",
        }
    )
    DBOS.listen_queues([])
    DBOS.launch()
    yield dbos
    DBOS.destroy(destroy_registry=True)


def test_work_is_given_back_by_its_holder_alone_and_its_attempts_are_kept(
    jobs: Jobs, start_worker: StartWorker, begun: Path, wait_for: Callable[..., Job], dbos: DBOS
) -> None:
    id = submit(jobs, document("given back")).job_id
    worker = start_worker(seconds=60)
    wait_for(id, "running")
    worker.kill()
    [held] = DBOS.list_workflows(status="PENDING", workflow_ids=[id])
    assert held.executor_id is not None
    assert not give_back(dbos, id, "somebody else", QUEUE)
    assert give_back(dbos, id, held.executor_id, QUEUE)
    assert not give_back(dbos, id, held.executor_id, QUEUE)
    [queued] = DBOS.list_workflows(workflow_ids=[id])
    assert (queued.status, queued.queue_name, queued.recovery_attempts) == ("ENQUEUED", QUEUE, 1)


def test_dbos_looks_at_the_places_that_it_is_given(dbos: DBOS) -> None:
    """It looks into the queue as long as there is room by them: here there is none, so it takes nothing."""
    looked = threading.Event()

    class Full(Places):
        def count_for_queue(self, queue_name: str) -> int:
            if queue_name == UPKEEP:
                looked.set()
            return 1

    bell = Bell()
    take_places(dbos, Full({UPKEEP: bell}))
    take_from(dbos, UPKEEP, 1, bell)
    bell.ring()
    assert looked.wait(timeout=30)
    bell.set()


def test_dbos_ends_all_that_it_would_ask_every_second(dbos: DBOS) -> None:
    asking = ("queue-worker-", "dbos-background-jobs")

    def alive() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith(asking)]

    until(alive)
    stop_polling(dbos)
    until(lambda: not alive(), alive)


def test_a_place_that_becomes_free_rings_the_bell_of_its_queue() -> None:
    bell = Bell()
    places = Places({QUEUE: bell})
    place = places.add("ingest-1", QUEUE)
    other = places.add("deliver-1", "deliveries")
    waits = threading.Thread(target=bell.wait, daemon=True)
    waits.start()
    other.release()
    place.release()
    waits.join(PATIENCE)
    assert not waits.is_alive()
    assert places.running() == set()


def test_a_queue_is_counted_in_a_few_looks(jobs: Jobs) -> None:
    client = jobs.client()
    assert (how_many(client, WAITING), longest_wait(client)) == (0, 0.0)
    for count in range(1, 8):
        submit(jobs, document(f"Document {count}."))
        assert how_many(client, WAITING) == count
        assert more_than(client, count - 1, WAITING)
        assert not more_than(client, count, WAITING)
    assert how_many(client, ["PENDING"]) == 0
    assert 0 < longest_wait(client) < 60

"""What workers raise, and what those who give them work raise. The message of each is for people.

- `WorkerError`
  - `QueueFull`: as many documents wait as may; the message says how many.
  - `NotRetryable`: the job is queued, running or done; the message is which.
  - `Undecidable`: an editor's decision that cannot be carried out, in a sentence.
  - `ChangedMeanwhile`: what an editor decides about is not what the editor saw, in a sentence.
  - `Unfit`: why something that an editor gives does not fit, or is not proven.
  - `NotChecked`: why nobody had the time to check what an editor wrote.
  - `IngestError`: why a document could not be worked on, in a sentence; it is the error of the job.
    - `DocumentRefused`: a page stands in place of it; the message begins with `NOT_READ`.
  - `IsolationError`: what went wrong in the process that read a document apart, as it said itself.
    - `ProcessorTimeSpent`: a document took more of it than it may.
    - `DocumentLost`: that process died of it; the message begins with `LOST`.
  - `OtherExtractor`: the workers read with another extractor than the one that is asked for.
  - `AlreadyUnderWay`: documents are being read again, others than these.
  - `NotCalled`: why an address may not or cannot be called, in words that begin with "it" or "its".
    - `NotLookedUp`: its name cannot be looked up, for now or for ever.
  - `NotFetched`: why a document could not be fetched, in words as those; `reason` is the same in one that stays.
"""

from datetime import timedelta

from schemas import FieldError

LOST = "Every worker that read this document died while it did"
NOT_READ = "The document is not read"


class WorkerError(Exception):
    """Work could not be taken, or could not be done."""


class QueueFull(WorkerError):
    """As many documents wait as may."""


class NotRetryable(WorkerError):
    """The job is queued, running or done."""


class Undecidable(WorkerError):
    """A decision that cannot be carried out."""


class ChangedMeanwhile(WorkerError):
    """It is not as the editor saw it."""


class Unfit(WorkerError):
    """What an editor gives does not fit. `faults`: by pointers into the body of the request."""

    def __init__(self, faults: list[FieldError]) -> None:
        super().__init__(" ".join(fault.detail for fault in faults))
        self.faults = faults


class IngestError(WorkerError):
    """A document could not be worked on."""


class DocumentRefused(IngestError):
    """A page stands in place of a document."""


class IsolationError(WorkerError):
    """The process that read a document apart failed."""


class ProcessorTimeSpent(IsolationError):
    """A document took more processor time than it may."""


class DocumentLost(IsolationError):
    """The process that read a document apart died of it."""


class NotChecked(WorkerError):
    """Nobody had the time to check what an editor wrote."""


class OtherExtractor(WorkerError):
    """The workers read with another extractor."""


class AlreadyUnderWay(WorkerError):
    """Other documents are being read again."""


class NotCalled(WorkerError):
    """An address may not or cannot be called."""


class NotLookedUp(NotCalled):
    """A name that has no address."""


class NotFetched(WorkerError):
    """An address gave nothing. `again`: it may later; `wait`: how long its host wants to be left alone."""

    def __init__(self, reason: str, why: str, *, again: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(why)
        self.reason, self.again, self.wait = reason, again, wait

"""What the calls about one document cost, and what went wrong with them. Shared by the threads of its sections."""

import threading

from pipeline.extraction.model.requests import Completion, ModelError, ProviderDown
from schemas import Rejection, Usage


class Account:
    """Sums of one document."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._completions: list[Completion] = []
        self._errors: list[ModelError] = []
        self.malformed: list[Rejection] = []

    def paid(self, completion: Completion, malformed: list[Rejection]) -> None:
        with self._lock:
            self._completions.append(completion)
            self.malformed.extend(malformed)

    def failed(self, error: ModelError, where: str) -> None:
        """A section that got no answer; it is told among the rejections, and the others go on."""
        with self._lock:
            self._errors.append(error)
            self.malformed.append(Rejection(kind="section", quote=where, reason=str(error)))

    @property
    def incomplete(self) -> bool:
        return bool(self._errors)

    def failure(self) -> ModelError:
        return (
            self._errors[0] if self._errors else ProviderDown("the model gave no answer that could be read")
        )

    def usage(self) -> Usage:
        paid = self._completions
        costs = [completion.cost for completion in paid if completion.cost is not None]
        return Usage(
            calls=len(paid),
            prompt_tokens=sum(completion.prompt_tokens for completion in paid),
            cached_tokens=sum(completion.cached_tokens for completion in paid),
            completion_tokens=sum(completion.completion_tokens for completion in paid),
            seconds=round(sum(completion.seconds for completion in paid), 3),
            cost=sum(costs) if costs else None,
        )

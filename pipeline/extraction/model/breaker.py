"""A circuit breaker: what fails time after time is left alone for a while."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class BreakerOpen(Exception):
    """It failed too often, so it was not tried."""


class Breaker:
    """Opens after `failures` in a row, for so many seconds; then one more opens it again, and a success closes it.

    Safe to use from several threads.
    """

    def __init__(self, failures: int, seconds: float, is_failure: Callable[[Exception], bool]) -> None:
        self._failures = failures
        self._seconds = seconds
        self._is_failure = is_failure
        self._lock = Lock()
        self._in_a_row = 0
        self._tried_again = 0.0

    def run(self, act: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Raises BreakerOpen, and what `act` raises."""
        with self._lock:
            if self._in_a_row >= self._failures and monotonic() < self._tried_again:
                raise BreakerOpen
        try:
            result = act(*args, **kwargs)
        except Exception as error:
            self._note(failed=self._is_failure(error))
            raise
        self._note(failed=False)
        return result

    def _note(self, *, failed: bool) -> None:
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if failed else 0
            if self._in_a_row >= self._failures:
                self._tried_again = monotonic() + self._seconds

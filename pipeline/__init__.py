"""Documents -> grounded facts -> briefings. Pure: no database, no HTTP server.

What it raises; the message of each is one sentence for people:

- `PipelineError`
  - `Unreadable`: bytes that are no text document; the sentence is about "it" and says what to do.
    - `ReaderFault`: a reader of ours failed at them, sound or not.
  - `ModelError`: a language model gave no answer.
    - `ProviderDown`: its provider cannot be reached, or answers with errors, after all tries.
    - `ProviderRefused`: it takes requests but not these: wrong key, unknown model, or what it will not answer.
      - `TooLong`: what it was asked is longer than the model takes.
    - `BudgetSpent`: the call would go over the budget of the document or of the day.
"""


class PipelineError(Exception):
    """A document could not be read."""


class Unreadable(PipelineError):
    """Bytes that are not a text document."""


class ReaderFault(Unreadable):
    """A reader of ours fails at a file, sound or not. Its cause is the exception."""


class ModelError(PipelineError):
    """No answer was to be had."""


class ProviderDown(ModelError):
    """The provider cannot be reached, or answers with errors, after all tries."""


class ProviderRefused(ModelError):
    """The provider takes requests but not these."""


class TooLong(ProviderRefused):
    """The request is longer than the model takes."""


class BudgetSpent(ModelError):
    """The call would go over the budget of the document or of the day."""

"""Whether a provider answers, found out cheaply."""

import msgspec
import openai

from pipeline.errors import ProviderDown, ProviderRefused
from pipeline.extraction.model.provider import client_of
from pipeline.extraction.settings import ModelSettings

PATIENCE = 5.0  # seconds


def check(settings: ModelSettings) -> str:
    """What the provider says of the model, in a few words. Raises ProviderDown or ProviderRefused.

    Asks for the list of models; a server that has none is asked for one token.
    """
    try:
        with client_of(settings, PATIENCE) as client:
            return _asked(client, settings.name)
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise ProviderRefused(f"the model's provider refuses the key ({error.status_code})") from error
    except openai.APIStatusError as error:
        raise ProviderRefused(f"the model's provider answers with an error ({error.status_code})") from error
    except (openai.APIError, ValueError, msgspec.MsgspecError) as error:
        raise ProviderDown(f"the model's provider does not answer: {error}") from error


def _asked(client: openai.OpenAI, model: str) -> str:
    try:
        known = [found.id for found in client.models.list().data or []]
    except (openai.NotFoundError, openai.BadRequestError, openai.UnprocessableEntityError):
        client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "Hello"}], max_completion_tokens=1
        )
        return f"{model} answers"
    return f"{model} is there" if model in known else f"the provider answers, but does not list {model}"

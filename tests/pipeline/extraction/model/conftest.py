"""A model at a provider that follows a script, impatient so that tests are quick."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest

from pipeline.extraction.model import ChatCompletions, Model
from pipeline.extraction.readout import readout
from pipeline.extraction.settings import ModelSettings
from schemas import DocumentReadout
from tests.pipeline.extraction.model.provider import Provider, Script, provider
from tests.pipeline.extraction.model.three_sections import SECTION_CHARS, document
from tests.waiting import PATIENCE


class Asked(NamedTuple):
    """A provider, its client, and the document of three sections read through them, one section at a time."""

    server: Provider
    chat: ChatCompletions

    def read(self, section_chars: int = SECTION_CHARS) -> DocumentReadout:
        model = Model(self.chat, Provider.model, section_chars=section_chars, max_tokens=1000, at_once=1)
        return readout(document(), model)


Ask = Callable[..., Asked]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Starts a provider with a script; `patience` is how often and how soon the client tries again."""
    with ExitStack() as stack:

        def start(script: Script, timeout: float = PATIENCE, **patience: Any) -> Asked:
            server = stack.enter_context(provider(script))
            quick: dict[str, Any] = {"attempts": 3, "pause": 0.002} | patience
            prices = {Provider.model: (1.0, 0.1, 4.0)}
            settings = ModelSettings(base_url=server.base_url, api_key="k", timeout=timeout, prices=prices)
            chat = ChatCompletions(settings, **quick)
            stack.callback(chat.close)
            return Asked(server, chat)

        yield start

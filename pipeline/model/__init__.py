"""The extractor that asks a language model, at any OpenAI-compatible provider."""

from pipeline.model.extractor import Model, made_by
from pipeline.model.provider import ChatCompletions, Provider
from pipeline.model.requests import (
    BudgetSpent,
    Complete,
    Completion,
    ModelError,
    ProviderDown,
    ProviderRefused,
    Request,
)

__all__ = [
    "BudgetSpent",
    "ChatCompletions",
    "Complete",
    "Completion",
    "Model",
    "ModelError",
    "Provider",
    "ProviderDown",
    "ProviderRefused",
    "Request",
    "made_by",
]

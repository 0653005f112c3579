"""The extractor that asks a language model, at any OpenAI-compatible provider."""

from pipeline import BudgetSpent, ModelError, ProviderDown, ProviderRefused
from pipeline.extraction.model.extractor import Model, made_by
from pipeline.extraction.model.provider import ChatCompletions
from pipeline.extraction.model.requests import Complete, Completion, Request

__all__ = [
    "BudgetSpent",
    "ChatCompletions",
    "Complete",
    "Completion",
    "Model",
    "ModelError",
    "ProviderDown",
    "ProviderRefused",
    "Request",
    "made_by",
]

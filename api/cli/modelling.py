"""Which extractor the settings ask for, as the plain values that a worker takes."""

from typing import TYPE_CHECKING

from api.settings import BadSetting, Settings, per_seconds

if TYPE_CHECKING:
    from worker.extractors import ModelSettings

_NO_KEY = "none"  # servers on one's own machine take any key, and the client wants one


def configured(settings: Settings) -> bool:
    """Whether there is a model to ask, and a way to reach it."""
    return settings.model is not None and bool(settings.openai_api_key or settings.openai_base_url)


def model_of(settings: Settings, extractor: str | None = None) -> "ModelSettings | None":
    """The model that reads documents; None for the embedded extractor. `extractor` goes before the setting.

    Raises BadSetting where the model is asked for and not configured.
    """
    chosen = extractor or settings.extractor
    if chosen == "embedded" or (chosen == "auto" and not configured(settings)):
        return None
    if settings.model is None or not configured(settings):
        raise BadSetting(
            "the model extractor needs READOUT_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL: set them, "
            "or use --extractor embedded"
        )
    budgets = settings.model_budget_document, settings.model_budget_day
    if budgets != (None, None) and settings.model not in settings.model_prices:
        raise BadSetting(
            f"a budget needs the price of the model {settings.model!r}: add it to READOUT_MODEL_PRICES"
        )
    from worker.extractors import ModelSettings

    return ModelSettings(
        model=settings.model,
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key or _NO_KEY,
        concurrency=settings.model_concurrency,
        rate=per_seconds(settings.model_rate) if settings.model_rate else None,
        timeout=settings.model_timeout,
        prices=settings.model_prices,
        budget_document=settings.model_budget_document,
        budget_day=settings.model_budget_day,
    )

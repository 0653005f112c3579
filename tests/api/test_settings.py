"""Settings from the environment and `.env`; a wrong one is one sentence."""

from pathlib import Path

import pytest

from api.settings import BadSetting, Settings, check_serving, load_settings
from pipeline.extraction.settings import ModelSettings

KEY = "rk_invented_0123456789abcdef"


def test_defaults(tmp_path: Path) -> None:
    assert load_settings({}, tmp_path / ".env") == Settings(
        database_url="sqlite:///readout.db",
        extractor="auto",
        model=ModelSettings(
            name="",
            api_key=None,
            base_url=None,
            concurrency=4,
            rate=None,
            timeout=120.0,
            prices={},
            budget_document=None,
            budget_day=None,
        ),
        auth="local",
        admin_key=None,
        queue_limit=10_000,
        stream_limit=100,
        keep_days=90,
        host="127.0.0.1",
        port=8000,
        log_format="text",
        log_level="info",
        access_log="on",
        rate_limit=None,
        cors_origins=None,
        trusted_proxies=None,
    )


def test_every_setting_has_its_variable(tmp_path: Path) -> None:
    environ = {
        "READOUT_DATABASE_URL": "postgresql://readout@db.example/readout",
        "READOUT_EXTRACTOR": "model",
        "OPENAI_API_KEY": "sk-invented",
        "OPENAI_BASE_URL": "https://models.example/v1",
        "READOUT_MODEL": "invented-1",
        "READOUT_MODEL_CONCURRENCY": "8",
        "READOUT_MODEL_RATE": "60/minute",
        "READOUT_MODEL_TIMEOUT": "30",
        "READOUT_MODEL_PRICES": '{"invented-1": [0.25, 0.025, 2]}',
        "READOUT_MODEL_BUDGET_DOCUMENT": "0.05",
        "READOUT_MODEL_BUDGET_DAY": "20",
        "READOUT_AUTH": "required",
        "READOUT_ADMIN_KEY": KEY,
        "READOUT_HOST": "0.0.0.0",
        "READOUT_QUEUE_LIMIT": "500",
        "READOUT_STREAM_LIMIT": "20",
        "READOUT_KEEP_DAYS": "30",
        "READOUT_PORT": "80",
        "READOUT_LOG_FORMAT": "json",
        "READOUT_LOG_LEVEL": "warning",
        "READOUT_ACCESS_LOG": "off",
        "READOUT_RATE_LIMIT": "600/minute",
        "READOUT_CORS_ORIGINS": "https://app.example, http://localhost:5173",
        "READOUT_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
    }
    assert load_settings(environ, tmp_path / ".env") == Settings(
        database_url="postgresql://readout@db.example/readout",
        extractor="model",
        model=ModelSettings(
            name="invented-1",
            api_key="sk-invented",
            base_url="https://models.example/v1",
            concurrency=8,
            rate="60/minute",
            timeout=30.0,
            prices={"invented-1": (0.25, 0.025, 2.0)},
            budget_document=0.05,
            budget_day=20.0,
        ),
        auth="required",
        admin_key=KEY,
        host="0.0.0.0",
        queue_limit=500,
        stream_limit=20,
        keep_days=30,
        port=80,
        log_format="json",
        log_level="warning",
        access_log="off",
        rate_limit="600/minute",
        cors_origins="https://app.example, http://localhost:5173",
        trusted_proxies="10.0.0.0/8, ::1",
    )


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("READOUT_PORT=8001\nREADOUT_HOST=localhost\n")
    settings = load_settings({"READOUT_PORT": "8002"}, tmp_path / ".env")
    assert (settings.host, settings.port) == ("localhost", 8002)


def test_an_empty_value_is_none(tmp_path: Path) -> None:
    assert load_settings({"READOUT_PORT": " ", "OPENAI_API_KEY": ""}, tmp_path / ".env") == Settings()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("READOUT_PORT", "abc", "READOUT_PORT must be a whole number from 1 to 65535, not 'abc'"),
        ("READOUT_PORT", "70000", "READOUT_PORT must be a whole number from 1 to 65535, not '70000'"),
        ("READOUT_AUTH", "none", "READOUT_AUTH must be local or required, not 'none'"),
        (
            "READOUT_MODEL_PRICES",
            '{"invented-1": [1, 2]}',
            'READOUT_MODEL_PRICES must be a JSON object like {"model": [prompt, cached prompt, completion]}, '
            """not '{"invented-1": [1, 2]}'""",
        ),
        (
            "READOUT_MODEL_PRICES",
            "cheap",
            'READOUT_MODEL_PRICES must be a JSON object like {"model": [prompt, cached prompt, completion]}, '
            "not 'cheap'",
        ),
        (
            "READOUT_MODEL_BUDGET_DAY",
            "nan",
            "READOUT_MODEL_BUDGET_DAY must be a number of US dollars, more than 0, not 'nan'",
        ),
        (
            "READOUT_MODEL_BUDGET_DOCUMENT",
            "0",
            "READOUT_MODEL_BUDGET_DOCUMENT must be a number of US dollars, more than 0, not '0'",
        ),
        (
            "READOUT_RATE_LIMIT",
            "often",
            "READOUT_RATE_LIMIT must be like 600/minute: a number, and second, minute, hour or day, not 'often'",
        ),
        (
            "READOUT_CORS_ORIGINS",
            "https://app.example/page",
            "READOUT_CORS_ORIGINS must be `*`, or origins like https://app.example, separated by commas, "
            "not 'https://app.example/page'",
        ),
        ("READOUT_WEBHOOKS", "all", "READOUT_WEBHOOKS must be public or any, not 'all'"),
        ("READOUT_EXTRACTOR", "magic", "READOUT_EXTRACTOR must be auto, embedded or model, not 'magic'"),
        ("READOUT_HOST", "a b", "READOUT_HOST must be an address or a host name, not 'a b'"),
        (
            "READOUT_DATABASE_URL",
            "mysql://u:secret@h/d",
            "READOUT_DATABASE_URL must be sqlite:///PATH or postgresql://USER@HOST/DATABASE",
        ),
        (
            "READOUT_ADMIN_KEY",
            "secret",
            "READOUT_ADMIN_KEY must be at least 16 characters of printable ASCII, no spaces",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as error:
        load_settings({name: value}, tmp_path / ".env")
    assert str(error.value) == sentence


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"READOUT_PORT=\xff\xfe")
    with pytest.raises(BadSetting, match="is not UTF-8 text: save it as UTF-8"):
        load_settings({}, tmp_path / ".env")


def test_secrets_are_not_shown() -> None:
    model = ModelSettings(name="invented-1", api_key="secret", base_url="https://u:secret@models.example")
    settings = Settings(database_url="postgresql://u:secret@h/d", model=model, auth="required", admin_key=KEY)
    assert repr(settings) == "Settings(auth='required', host='127.0.0.1', port=8000)"
    assert repr(model) == "ModelSettings(name='invented-1')"


def test_other_machines_are_not_served_without_a_key() -> None:
    with pytest.raises(BadSetting, match="READOUT_AUTH is `local`, for this machine only"):
        check_serving(Settings(host="0.0.0.0"))


def test_required_keys_need_a_key() -> None:
    with pytest.raises(BadSetting, match="READOUT_ADMIN_KEY must be set, or a key made with"):
        check_serving(Settings(auth="required"))
    check_serving(Settings(auth="required"), keys=True)


@pytest.mark.parametrize(
    "settings", [Settings(), Settings(host="::1"), Settings(auth="required", admin_key=KEY, host="0.0.0.0")]
)
def test_settings_that_can_be_served_with(settings: Settings) -> None:
    check_serving(settings)

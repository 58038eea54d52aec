from pathlib import Path

import pytest

from app import create_app
from app.settings import Settings, SettingsError

KEY = "0123456789abcdef"


def test_settings_come_from_the_environment(tmp_path):
    environ = {"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_MODELS": str(tmp_path), "NEXTQUERY_TRUSTED_PROXIES": "2"}
    assert Settings.from_environment(environ) == Settings(secret_key=KEY, models=tmp_path, trusted_proxies=2)


def test_absent_settings_have_their_defaults(root):
    settings = Settings.from_environment({"NEXTQUERY_SECRET_KEY": KEY})
    assert (settings.models, settings.trusted_proxies) == (root / "sample_models", 0)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, "NEXTQUERY_SECRET_KEY"),
        ({"NEXTQUERY_SECRET_KEY": "  "}, "NEXTQUERY_SECRET_KEY"),
        ({"NEXTQUERY_SECRET_KEY": "short"}, "NEXTQUERY_SECRET_KEY"),
        ({"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_MODELS": "/no/such/folder"}, "/no/such/folder"),
        ({"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_TRUSTED_PROXIES": "many"}, "NEXTQUERY_TRUSTED_PROXIES"),
        ({"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_TRUSTED_PROXIES": "-1"}, "NEXTQUERY_TRUSTED_PROXIES"),
        ({"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_TRUSTED_PROXIES": "11"}, "NEXTQUERY_TRUSTED_PROXIES"),
        ({"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_TRUSTED_PROXIES": "9" * 5000}, "NEXTQUERY_TRUSTED_PROXIES"),
        ({"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_BLOCKLIST": "/no/such/file"}, "NEXTQUERY_BLOCKLIST.*/no/such/file"),
        ({"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_RATE_LIMIT": "lots"}, "NEXTQUERY_RATE_LIMIT"),
        ({"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_LOG_QUERIES": "yes"}, "NEXTQUERY_LOG_QUERIES"),
    ],
)
def test_a_bad_setting_is_named(environ, named):
    with pytest.raises(SettingsError, match=named):
        Settings.from_environment(environ)


def test_limits_can_be_set_and_lifted():
    def limit(text):
        return Settings.from_environment({"NEXTQUERY_SECRET_KEY": KEY, "NEXTQUERY_RATE_LIMIT": text}).rate_limit

    assert [limit("5/second"), limit("off"), limit("")] == ["5/second", None, "100/second;3000/minute"]


def test_a_bad_setting_ends_the_process_with_one_line(monkeypatch):
    monkeypatch.delenv("NEXTQUERY_SECRET_KEY", raising=False)
    with pytest.raises(SystemExit) as ended:
        create_app()
    assert str(ended.value.code).startswith("error: NEXTQUERY_SECRET_KEY")
    assert "\n" not in str(ended.value.code)


def test_a_block_list_that_cannot_be_read_ends_the_process_with_one_line(tmp_path, root):
    words = tmp_path / "words.txt"
    words.write_bytes(b"\xff\xfe")
    with pytest.raises(SystemExit, match=r"^error: .*words\.txt, line 1: the block list is not UTF-8"):
        create_app(Settings(secret_key=KEY, models=root / "sample_models", blocklist=words))


def test_a_folder_without_models_ends_the_process_with_one_line(tmp_path):
    with pytest.raises(SystemExit, match="holds no model"):
        create_app(Settings(secret_key=KEY, models=tmp_path))


def test_a_damaged_model_ends_the_process_with_one_line(tmp_path):
    model = tmp_path / "broken"
    model.mkdir()
    Path(model / "model.json").write_text("{", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        create_app(Settings(secret_key=KEY, models=tmp_path))
    assert str(ended.value.code).startswith("error: ")

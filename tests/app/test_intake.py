import json
import os
import shutil

import pytest

from app import create_app, metrics
from app.catalog import Catalog, Preset
from app.intake import Found, Watcher, find_models, read_presets, take_up
from app.settings import Settings, SettingsError
from tests.app.conftest import KEY
from xmr_engine.errors import ModelFormatError


def test_models_are_found_at_and_below_the_folder_but_never_half_written(tmp_path):
    for name in ("b", "a", "c.partial", "deep/inner"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "model.json").touch()
    assert [found.name for found in find_models(tmp_path)] == ["a", "b", "inner"]
    assert find_models(tmp_path / "a") == [Found("a", tmp_path / "a")]


def test_presets_are_read_from_below_the_folder(tmp_path):
    (tmp_path / "shop").mkdir()
    row = {"title": "One", "previous": ["a"], "typed": "b", "shows": "c"}
    (tmp_path / "shop" / "presets.json").write_text(json.dumps([row]), encoding="utf-8")
    assert read_presets(tmp_path) == [Preset(title="One", previous=("a",), typed="b", shows="c")]


def test_a_folder_without_presets_has_none(tmp_path):
    assert read_presets(tmp_path) == []


@pytest.mark.parametrize("content", ["{", '[{"title": "no more"}]', '["text"]'])
def test_presets_that_are_none_are_refused(tmp_path, content):
    (tmp_path / "presets.json").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="presets"):
        read_presets(tmp_path)


def test_where_a_link_says_which_is_current_it_alone_is_served_under_the_folders_name(tmp_path):
    for name in ("shop/v1", "shop/v2", "web"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "model.json").touch()
    (tmp_path / "shop" / "current").symlink_to("v1")
    assert find_models(tmp_path) == [Found("shop", tmp_path / "shop" / "v1"), Found("web", tmp_path / "web")]
    assert find_models(tmp_path / "shop") == [Found("shop", tmp_path / "shop" / "v1")]
    assert find_models(tmp_path / "shop" / "current") == [Found("v1", tmp_path / "shop" / "v1")]


def test_two_models_of_one_name_are_refused(tmp_path, shop_model):
    for name in ("a/same", "b/same"):
        shutil.copytree(shop_model, tmp_path / name)
    with pytest.raises(SettingsError, match="two models have the name 'same'"):
        take_up(tmp_path)


@pytest.fixture
def shelves(tmp_path, shop_model):
    """A folder whose link says which of two models is served; the second is a damaged one."""
    shutil.copytree(shop_model, tmp_path / "shop" / "v1")
    shutil.copytree(shop_model, tmp_path / "shop" / "v2")
    link(tmp_path, "v1")
    return tmp_path


def link(folder, version):
    beside = folder / "shop" / "next"
    beside.symlink_to(version)
    os.replace(beside, folder / "shop" / "current")


def damage(model):
    """Alter an array in place of one of the same size."""
    file = model / "count.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.unlink()
    file.write_bytes(bytes(content))


def watched(folder):
    shelf = take_up(folder)
    catalog = Catalog(list(shelf.completers.values()), shelf.presets)
    return catalog, Watcher(catalog, folder)


def taken():
    return metrics.SWITCHES.labels("taken")._value.get(), metrics.SWITCHES.labels("refused")._value.get()


def test_a_new_model_is_switched_to_once_it_looks_the_same_twice(shelves):
    catalog, watcher = watched(shelves)
    old, before = catalog.default, taken()
    link(shelves, "v2")
    assert [watcher.look(), watcher.look(), watcher.look()] == [False, True, False]
    assert catalog.default is not old
    assert catalog.default.name == "shop"
    assert old.answer("n", k=3)["completions"] == catalog.default.answer("n", k=3)["completions"]
    assert taken() == (before[0] + 1, before[1])


def test_a_bad_model_is_refused_and_the_old_one_stays(shelves, caplog):
    catalog, watcher = watched(shelves)
    old, before = catalog.default, taken()
    damage(shelves / "shop" / "v2")
    link(shelves, "v2")
    assert [watcher.look() for _ in range(4)] == [False] * 4
    assert catalog.default is old
    assert taken() == (before[0], before[1] + 1)
    assert "refused, the old ones stay" in caplog.text
    assert "count.npy: was altered" in caplog.text
    link(shelves, "v1")
    assert [watcher.look() for _ in range(3)] == [False] * 3


def test_what_was_refused_is_tried_again_after_a_while(shelves, monkeypatch):
    monkeypatch.setattr("app.intake._PATIENCE_SECONDS", 0.0)
    _, watcher = watched(shelves)
    damage(shelves / "shop" / "v2")
    link(shelves, "v2")
    assert [watcher.look(), watcher.look()] == [False, False]
    damage(shelves / "shop" / "v2")
    assert watcher.look()


def test_a_model_that_vanishes_is_served_on(shelves):
    catalog, watcher = watched(shelves)
    shutil.rmtree(shelves / "shop")
    assert [watcher.look(), watcher.look()] == [False, False]
    assert catalog.default.answer("n")["completions"]


def test_an_altered_model_is_not_taken_up(shelves):
    damage(shelves / "shop" / "v1")
    with pytest.raises(ModelFormatError, match="was altered"):
        take_up(shelves)


def test_a_new_block_list_is_followed(shelves):
    words = shelves / "words.txt"
    words.write_text("nothing of the kind", encoding="utf-8")
    shelf = take_up(shelves, words)
    catalog = Catalog(list(shelf.completers.values()))
    watcher = Watcher(catalog, shelves, words)
    first = catalog.default.answer("n", k=1)["completions"][0]["text"]
    words.with_suffix(".new").write_text(first.split()[0], encoding="utf-8")
    os.replace(words.with_suffix(".new"), words)
    assert [watcher.look(), watcher.look()] == [False, True]
    found = catalog.default.answer("n", k=50)["completions"]
    assert found
    assert not [row for row in found if first.split()[0] in row["text"].split()]


@pytest.mark.parametrize(
    "name", ["../shop", "shop/v1", "/etc", "..%2fshop", "shop\x00", "shop\r\nX: y", "<script>", "a" * 300]
)
def test_a_models_name_is_looked_up_and_never_a_path(shelves, name):
    client = create_app(Settings(secret_key=KEY, models=shelves)).test_client()
    answer = client.get("/api/v1/complete", query_string={"model": name, "prefix": "n"})
    assert answer.status_code in {422, 503}
    assert answer.content_type == "application/problem+json"

"""Settings: ranges kept, unknown keys refused, and the way there and back."""

import math

import pytest

from tests.engine.small import INDEXES, SMALL
from xmr_engine.config import (
    DataConfig,
    FeatureConfig,
    IndexConfig,
    MatchingConfig,
    RankingConfig,
    TrainConfig,
    from_dict,
    to_dict,
)
from xmr_engine.errors import ConfigError
from xmr_engine.pipeline import make_config


@pytest.mark.parametrize(
    ("kind", "name", "good", "bad"),
    [
        (FeatureConfig, "word_ngrams", [0, 5], [-1, 6]),
        (FeatureConfig, "char_ngrams", [0, 6], [-1, 7]),
        (IndexConfig, "trie_depth", [None, 1, 64], [0, 65, -1]),
        (IndexConfig, "must_link", [0, 64], [-1, 65]),
        (IndexConfig, "branching", [2, 256], [1, 257]),
        (IndexConfig, "leaf", [1, 4096], [0, 4097]),
        (IndexConfig, "embedding", ["label_text", "pifa"], ["", "words"]),
        (MatchingConfig, "cost", [0.01], [0, -1, math.nan]),
        (MatchingConfig, "tolerance", [0.01], [0, -1, math.nan]),
        (MatchingConfig, "passes", [1], [0]),
        (MatchingConfig, "threshold", [0, 0.5], [-0.1, math.nan]),
        (MatchingConfig, "negatives", ["teacher", "matcher", "both"], ["", "none"]),
        (MatchingConfig, "beam", [1, 1000], [0, 1001]),
        (RankingConfig, "beam", [1, 1000], [0, 1001]),
        (RankingConfig, "beam_candidates", [0, 1000], [-1, 1001]),
        (RankingConfig, "popular", [0, 1000], [-1, 1001]),
        (RankingConfig, "successors", [0, 1000], [-1, 1001]),
        (RankingConfig, "decay", [0, 1], [-0.1, 1.1, math.nan]),
        (RankingConfig, "ridge", [0.1], [0, -1, math.nan]),
        (DataConfig, "gap_minutes", [0.5], [0, -1, math.nan]),
        (DataConfig, "held_out", [0.5], [0, 1, math.nan]),
        (DataConfig, "min_people", [1], [0, -3]),
        (TrainConfig, "indexes", [{"trie": IndexConfig()}], [{}, {"graph": IndexConfig()}]),
    ],
)
def test_ranges_are_kept(kind: type, name: str, good: list[object], bad: list[object]) -> None:
    for value in good:
        assert getattr(kind(**{name: value}), name) == value
    for value in bad:
        with pytest.raises(ConfigError, match=name.removesuffix("es")) as caught:
            kind(**{name: value})
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"colour": 1}, "config: unknown key 'colour'; known are"),
        ({"matching": {"beams": 3}}, "config.matching: unknown key 'beams'"),
        ({"indexes": {"tree": {"leafs": 3}}}, "config.indexes.tree: unknown key 'leafs'"),
        ({"matching": {"beam": "3"}}, "config.matching.beam: expected int, got '3'"),
        ({"matching": {"beam": True}}, "config.matching.beam: expected int, got True"),
        ({"matching": {"beam": 2.5}}, "config.matching.beam: expected int, got 2.5"),
        ({"matching": {"cost": None}}, "config.matching.cost: expected int or float, got None"),
        ({"ranking": {"enabled": 1}}, "config.ranking.enabled: expected bool, got 1"),
        ({"indexes": ["tree"]}, "config.indexes: expected an object of indexes"),
        ({"matching": 7}, "config.matching: expected an object, got 7"),
        ({"corpus": 7}, "config.corpus: expected str, got 7"),
        ({"features": {"word_ngrams": 9}}, "word_ngrams must be from 0 to 5, got 9"),
    ],
)
def test_what_is_no_setting_is_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_dict(TrainConfig, settings)
    assert str(caught.value).startswith(told)


def test_there_and_back() -> None:
    config = from_dict(TrainConfig, SMALL | {"indexes": INDEXES})
    assert config.indexes["tree"].must_link == 2
    assert config.matching.threshold == 0.05
    assert from_dict(TrainConfig, to_dict(config)) == config
    assert from_dict(TrainConfig, {}) == TrainConfig()


def test_options_go_before_a_config() -> None:
    base = {"indexes": {"tree": {"leaf": 7}}, "seed": 4, "matching": {"beam": 3}}
    config = make_config(base, {"index": ("trie", "tree"), "branching": 5, "beam": 9, "seed": 8, "min_people": 2})
    assert list(config.indexes) == ["trie", "tree"]
    assert config.indexes["tree"] == IndexConfig(leaf=7, branching=5)
    assert (config.matching.beam, config.ranking.beam, config.seed, config.data.min_people) == (9, 9, 8, 2)


@pytest.mark.parametrize("options", [{"indexs": "tree"}, {"index": "graph"}, {"branching": 1}])
def test_options_that_cannot_be_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        make_config(None, options)


@pytest.mark.parametrize("content", ["[1]", "{", '"x"', "\xff"])
def test_a_config_file_that_holds_no_settings_is_refused(tmp_path, content: str) -> None:
    file = tmp_path / "config.json"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"config\.json"):
        make_config(file, {})


def test_a_config_file_that_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        make_config(tmp_path / "none.json", {})

"""Drawings hold every string once, and the search they show is the engine's."""

import pytest

from xmr_engine.drawing import KINDS, draw
from xmr_engine.errors import ConfigError

EIGHT = ["a", "ab", "abc", "abd", "abfgh", "abfgi", "bcde", "bcdf"]


def nodes_of(root):
    return [root, *(node for child in root["children"] for node in nodes_of(child))]


@pytest.mark.parametrize("kind", KINDS)
def test_every_string_is_drawn_once_and_every_node_too(kind):
    index = draw(EIGHT, branching=3)["indexes"][kind]
    nodes = nodes_of(index["root"])
    assert sorted(node["label"] for node in nodes if node["label"]) == EIGHT
    assert sorted(one for node in nodes for one in node["nodes"]) == list(range(index["nodes"]))
    assert all(node["size"] == sum(child["size"] for child in node["children"]) for node in nodes if node["children"])


def test_a_trie_node_holds_what_begins_with_its_name():
    for kind, deepest in (("trie", 16), ("hybrid", 2)):
        root = draw(EIGHT, depth=2)["indexes"][kind]["root"]
        named = [node for node in nodes_of(root) if node["name"]]
        assert named
        for node in named:
            assert len(node["name"]) <= deepest
            labels = [below["label"] for below in nodes_of(node) if below["label"]]
            assert all(label.startswith(node["name"]) for label in labels)


@pytest.mark.parametrize("kind", KINDS)
def test_a_wide_beam_finds_all_that_begins_so(kind):
    index = draw(EIGHT, prefix="ab", beam=8)["indexes"][kind]
    assert sorted(row["text"] for row in index["found"]) == ["ab", "abc", "abd", "abfgh", "abfgi"]
    scores = [row["score"] for row in index["found"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("kind", KINDS)
def test_no_layer_keeps_more_than_the_beam(kind):
    index = draw(EIGHT, beam=2)["indexes"][kind]
    leaves = {node["nodes"][-1] for node in nodes_of(index["root"]) if node["label"]}
    for layer in index["layers"]:
        assert sum(row["kept"] for row in layer if row["node"] not in leaves) <= 2
    assert len(index["found"]) == 2


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        ([], {}),
        (["  "], {}),
        ([str(n) for n in range(61)], {}),
        (["a" * 61], {}),
        (["a"], {"depth": 0}),
        (["a"], {"branching": 1}),
        (["a"], {"beam": 21}),
    ],
)
def test_what_cannot_be_drawn_is_refused(texts, wrong):
    with pytest.raises(ConfigError):
        draw(texts, **wrong)


def test_any_script_is_drawn_and_equal_strings_are_one():
    assert draw(["日本", "日本語", "Été", "été", "😀"])["strings"] == ["été", "日本", "日本語", "😀"]
    assert draw(["only"])["indexes"]["tree"]["root"]["label"] == "only"

import numpy as np
import pytest

from tests.engine.retrieval.small import small_model
from xmr_engine.features.codes import to_codes
from xmr_engine.kernels.product_paths import LOWEST_OWN, LOWEST_PATH, climb, read_clusters, read_own
from xmr_engine.kernels.retrieve import search_tree, tree_row
from xmr_engine.kernels.search import gate
from xmr_engine.retrieval.retriever import Retriever

QUERIES = ("red sofa", "couch", "arvo anorak", "évora reading light 3", "nothing of the kind", "")


def climbed(query, products):
    store = small_model().store()
    row = tree_row(store.vectorizer, (to_codes(query), 0, len(query)))
    clusters = store.tree.parent[store.tree.leaf[products]]
    return store, row, climb(store.tree, store.chunks, row, clusters)


@pytest.mark.parametrize("query", QUERIES)
def test_the_way_to_any_product_is_the_one_a_beam_goes_that_leaves_none_out(query):
    found = search_tree(small_model().store(), (to_codes(query), 0, len(query)), 1000, 1000)
    store, row, way = climbed(query, found.labels)
    out, own = np.zeros((found.labels.size, 4)), np.zeros(found.labels.size)
    read_clusters(store.tree, way, found.labels, np.ones(found.labels.size), out)
    read_own(store.tree, store.chunks.scale, store.own, row, found.labels, own)
    whole = out[:, 0] + [gate(z) for z in own]
    near = (out[:, 0] > LOWEST_PATH) & (own > LOWEST_OWN)
    assert near.any()
    assert whole[near] == pytest.approx(found.scores[near], abs=1e-9)


def test_a_way_holds_every_node_above_once_and_no_root():
    products = np.array([70, 3, 3, 41, 99], np.int32)
    store, _, way = climbed("red sofa", products)
    expected = set()
    for product in products.tolist():
        node = int(store.tree.parent[store.tree.leaf[product]])
        while node:
            expected.add(node)
            node = int(store.tree.parent[node])
    assert way.nodes.tolist() == sorted(expected)


def test_a_cluster_is_as_crowded_as_its_other_products_weigh():
    products = np.arange(100, dtype=np.int32)
    weights = np.linspace(0.1, 2.0, products.size)
    store, _, way = climbed("red sofa", products)
    out = np.zeros((products.size, 4))
    read_clusters(store.tree, way, products, weights, out)
    clusters = store.tree.parent[store.tree.leaf[products]]
    for i in range(products.size):
        others = (clusters == clusters[i]) & (products != i)
        assert out[i, 3] == pytest.approx(weights[others].sum() / weights.sum())


def test_what_no_beam_brought_is_ordered_by_the_tree_too():
    retriever = Retriever(small_model())
    one = [product.product_id for product in retriever.search("couch", k=100, beam=1)]
    pruned = [product.product_id for product in retriever.search("couch", k=100, beam=1, threshold=0.9)]
    assert sorted(one) != one
    assert one != pruned

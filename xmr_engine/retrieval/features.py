"""The names of what the ranker of products reads, in the order of the columns."""

NAMES = (
    "own classifier", "crowding of the cluster", "place by words",
    "bought: likeness", "bought: most alike", "bought: times", "bm25", "bm25 a rarity",
    "cosine of words", "cosine of trigrams", "purchases", "bm25 of the best", "words of the best",
    "trigrams of the best", "mix of the best",
    "cover", "missing", "whole", "neighbours", "last word", "head", "first place", "last place", "numbers", "length",
    "attributes", "like the best", "like the better", "like bought",
    "path to the cluster", "cluster", "cluster above", "own classifier of the first by words",
)  # fmt: skip

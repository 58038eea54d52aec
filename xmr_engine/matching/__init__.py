"""The second stage: linear scorers of the tree's nodes, and the search that follows the best of them.

Knows rows, labels' ids and the tree; knows no string, and not how the tree was built.
"""

"""From query logs to (previous, prefix, next) pairs.

Knows strings and times; must not know arrays, labels or features.
"""

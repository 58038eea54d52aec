"""The machine room: compiled functions that see arrays and numbers only.

A kernel checks nothing: whoever calls it has checked everything. Each has a plain twin in `tests/naive.py`.
"""

"""The description of every call, as an OpenAPI document and as a page to read.

Knows what calls take and give; knows nothing of how they are answered.
"""

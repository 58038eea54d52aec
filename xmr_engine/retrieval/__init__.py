"""Product retrieval: a query to products, on the same indexing and matching as completion. Knows nothing of HTTP."""

from xmr_engine.retrieval.retriever import Product, Retriever, open_retriever

__all__ = ["Product", "Retriever", "open_retriever"]

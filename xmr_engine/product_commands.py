"""The commands of product retrieval and their options; how any of it is done, they do not know."""

from collections.abc import Mapping
from typing import Any

import click

from xmr_engine import console

__all__ = ["products"]

AT_LEAST_ONE = click.IntRange(min=1)
SYSTEMS = click.Choice(["full", "xr-linear", "lexical", "neural"])
as_json = click.option("--json", "as_json", is_flag=True, help="Write one JSON document to stdout.")


@click.group()
def products() -> None:
    """Product retrieval: train on purchases and a catalogue, search, evaluate."""


@products.command()
@click.argument("purchases")
@click.argument("catalogue")
@click.option("--out", required=True, metavar="MODEL", help="Folder to write.")
@click.option("--held-out", metavar="PURCHASES", help="Purchases kept to show and measure; they train nothing.")
@click.option("--neural", metavar="NETWORK", help="Folder of a trained two-tower network to keep beside.")
@click.option("--branching", type=click.IntRange(min=2), help="Children a node; default 32.")
@click.option("--leaf", type=AT_LEAST_ONE, help="Most products a leaf's parent holds; default 100.")
@click.option("--threshold", type=click.FloatRange(min=0), help="Weights below it are dropped; default 0.1.")
@click.option("--beam", type=AT_LEAST_ONE, help="Nodes kept at a depth; default 10.")
@click.option("--threads", type=AT_LEAST_ONE, help="Threads; the model does not depend on them.")
@click.option("--seed", type=int, help="Seed of whatever is drawn.")
@click.option("--config", metavar="FILE", help="JSON file of further settings.")
def train(purchases: str, catalogue: str, out: str, threads: int | None, **options: Any) -> None:  # noqa: ANN401
    """Build a retrieval model from PURCHASES (query, product_id, count) and a CATALOGUE (product_id, title, …)."""
    from xmr_engine.retrieval.options import to_config
    from xmr_engine.retrieval.train import train_products

    held_out, neural = options.pop("held_out"), options.pop("neural")
    config = to_config(options.pop("config"), options)
    with console.shown_progress() as progress:
        train_products(
            purchases,
            catalogue,
            out,
            held_out=held_out,
            neural=neural,
            config=config,
            threads=threads or 1,
            progress=progress,
        )
    console.tell(f"model written to {out}")


@products.command()
@click.argument("model")
@click.option("--query", required=True, help="What is looked for.")
@click.option("-k", type=AT_LEAST_ONE, default=10, show_default=True, help="Most products.")
@click.option("--beam", type=AT_LEAST_ONE, help="Nodes kept at a depth; default: the model's.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="Leave smaller weights of the tree out.")
@click.option("--system", type=SYSTEMS, default="full", show_default=True, help="Which one answers.")
@as_json
def search(model: str, as_json: bool, **options: Any) -> None:  # noqa: ANN401
    """Find products for a query."""
    from xmr_engine.retrieval.retriever import open_retriever

    retriever = open_retriever(model)
    retriever.answer(**options)  # loads the compiled kernels, which is not the engine's time
    document = retriever.answer(**options)
    (console.write_json if as_json else _write_products)(document)


@products.command()
@click.argument("model")
@click.argument("purchases")
@as_json
def evaluate(model: str, purchases: str, as_json: bool) -> None:
    """Measure the recall of every system on purchases the model has not seen."""
    from xmr_engine.retrieval.measure import evaluate_file

    document = evaluate_file(model, purchases)
    (console.write_json if as_json else console.write_document)(document)


def _write_products(document: Mapping[str, Any]) -> None:
    """Write products, one a line: rank, score, id, title, and where it came from."""
    rows = document["products"]
    for rank, row in enumerate(rows, 1):
        sources = ", ".join(row["sources"])
        click.echo(f"{rank:>3}  {row['score']:>9.4f}  {row['product_id']}  {row['title']}  ({sources})")
    console.tell(f"{len(rows)} products in {document['took_ms']:.2f} ms")

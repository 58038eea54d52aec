"""The commands and their options.

Knows what the user can type; must not know how any of it is done. Each command loads what it
needs when it runs, so that ``--help`` is instant.
"""

import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from xmr_engine import __version__, console
from xmr_engine.errors import XmrError
from xmr_engine.product_commands import products

__all__ = ["main"]

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the program's name; by default what it was called with.

    Returns
    -------
    int
        0 done, 1 bad data or model or no room to write, 2 bad usage, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        result = commands.main(args=arguments, prog_name="python -m xmr_engine", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        console.tell("interrupted")
        return INTERRUPTED
    except XmrError as error:
        return _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename is not None else ""
        return _fail(f"{place}{error.strerror or error}")
    except MemoryError:
        return _fail("out of memory; give fewer rows or use a larger machine")
    return result if isinstance(result, int) else 0


def _fail(message: str) -> int:
    console.tell("error: " + " ".join(message.split()))
    return 1


def _numbers(_: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    """Parse numbers separated by commas."""
    if value is None:
        return None
    parts = value.split(",")
    if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise click.BadParameter(f"{value!r}; expected positive numbers separated by commas, such as 1,2,3")
    return tuple(int(part) for part in parts)


def _names(_: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Parse names separated by commas."""
    if value is None:
        return None
    names = tuple(name.strip() for name in value.split(","))
    if not all(names):
        raise click.BadParameter(f"{value!r}; expected names separated by commas")
    return names


AT_LEAST_ONE = click.IntRange(min=1)
A_SHARE = click.FloatRange(0, 1, max_open=True)
LOG_FORMATS = click.Choice(["auto", "log", "aol", "amazonqac"])
as_json = click.option("--json", "as_json", is_flag=True, help="Write one JSON document to stdout.")
previous = click.option("--previous", multiple=True, metavar="QUERY", help="Earlier query; repeatable, oldest first.")
index_name = click.option("--index", metavar="NAME", help="Index to search; default: the model's first.")
blocklist = click.option("--blocklist", metavar="FILE", help="Words that no query of the model may hold.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="nextquery")
def commands() -> None:
    """Session-aware query completion: prepare logs, train, evaluate, complete, explain."""


@commands.command()
@click.argument("logs", nargs=-1, required=True, metavar="LOG...")
@click.option("--out", required=True, metavar="DIR", help="Folder to write.")
@click.option(
    "--gap-minutes",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    help="A longer pause ends a session.",
)
@click.option("--valid", type=A_SHARE, default=0.1, show_default=True, help="Share of sessions for validation.")
@click.option("--test", type=A_SHARE, default=0.1, show_default=True, help="Share of sessions for test, the last.")
@click.option("--min-people", type=AT_LEAST_ONE, default=1, show_default=True, help="Drop queries of fewer persons.")
@blocklist
@click.option("--format", type=LOG_FORMATS, default="auto", show_default=True, help="Auto decides by the header.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the prefix lengths.")
@click.option("--memory-limit", metavar="SIZE", help="Memory for cutting sessions, such as 2GB; the rest is on disk.")
@as_json
def pairs(logs: tuple[str, ...], out: str, as_json: bool, **settings: Any) -> None:  # noqa: ANN401
    """Turn query logs into train.tsv, valid.tsv, test.tsv and a report."""
    from xmr_engine.data.prepare import PairsConfig, prepare_pairs

    config = PairsConfig(**settings)
    with console.shown_progress() as progress:
        report = prepare_pairs(logs, out, config, progress)
    (console.write_json if as_json else console.write_document)(report.as_dict())


@commands.command()
@click.argument("sources", nargs=-1, required=True, metavar="PAIRS_OR_LOG...")
@click.option("--out", required=True, metavar="MODEL", help="Folder to write.")
@click.option("--valid", metavar="PAIRS", help="Pairs that fit the ranker; default: the last tenth.")
@click.option("--index", callback=_names, metavar="NAMES", help="hybrid, tree, trie; the first is the default index.")
@click.option("--trie-depth", type=AT_LEAST_ONE, help="Depth of the trie above the tree (hybrid).")
@click.option("--must-link", type=click.IntRange(min=0), help="Characters that labels of one cluster share.")
@click.option("--branching", type=click.IntRange(min=2), help="Children a node.")
@click.option("--leaf", type=AT_LEAST_ONE, help="Most labels a leaf's parent holds.")
@click.option("--threshold", type=click.FloatRange(min=0), help="Weights below it are dropped.")
@click.option("--beam", type=AT_LEAST_ONE, help="Nodes kept at a depth.")
@click.option("--min-people", type=AT_LEAST_ONE, help="Keep strings of fewer persons out; default 1.")
@blocklist
@click.option("--threads", type=AT_LEAST_ONE, help="Threads; the model does not depend on them.")
@click.option("--seed", type=int, help="Seed of whatever is drawn.")
@click.option("--config", metavar="FILE", help="JSON file of further settings.")
@click.option("--cluster", metavar="tcp://...", help="Dask scheduler to train on; local: processes of this machine.")
def train(sources: tuple[str, ...], out: str, **options: Any) -> None:  # noqa: ANN401
    """Build a model from pair files or logs."""
    import xmr_engine

    given = {name: value for name, value in options.items() if value is not None}
    if given.get("min_people", 1) == 1:
        console.tell("advice: before a model leaves the house, train it with --min-people 3 or more")
    with console.shown_progress() as progress:
        xmr_engine.train(*sources, out=out, progress=progress, **given)
    console.tell(f"model written to {out}")


@commands.command()
@click.argument("model")
@click.argument("pairs")
@click.option("--lengths", callback=_numbers, default="1,2,3,5,8", show_default=True, help="Fixed prefix lengths.")
@click.option("--against", callback=_names, metavar="NAME,...", help="mfq, successor, gru, an index, or a model.")
@as_json
def evaluate(model: str, pairs: str, lengths: tuple[int, ...], against: tuple[str, ...] | None, as_json: bool) -> None:
    """Measure a model on pairs it has not seen."""
    from xmr_engine.evaluation.report import evaluate as measure

    document = measure(model, pairs, lengths=lengths, against=against or ())
    (console.write_json if as_json else console.write_evaluation)(document)


@commands.command()
@click.argument("model")
@previous
@click.option("--prefix", default="", help="What is typed so far.")
@click.option("-k", type=AT_LEAST_ONE, default=10, show_default=True, help="Most completions.")
@index_name
@click.option("--beam", type=AT_LEAST_ONE, help="Nodes kept at a depth; default: the model's.")
@as_json
def complete(
    model: str,
    previous: tuple[str, ...],
    prefix: str,
    as_json: bool,
    **options: Any,  # noqa: ANN401
) -> None:
    """Complete a prefix after the session's earlier queries."""
    from xmr_engine import open_completer

    completer = open_completer(model)
    completer.answer(prefix, previous=previous, **options)  # loads the compiled kernels, which is not the engine's time
    document = completer.answer(prefix, previous=previous, **options)
    (console.write_json if as_json else console.write_completions)(document)


@commands.command()
@click.argument("model")
@previous
@click.option("--prefix", required=True, help="What is typed so far.")
@click.option("--label", required=True, help="The query to explain.")
@index_name
@as_json
def explain(model: str, previous: tuple[str, ...], prefix: str, label: str, index: str | None, as_json: bool) -> None:
    """Show the exact sum behind a score, or where a query was lost."""
    from xmr_engine import open_completer

    document = open_completer(model).explain(prefix, label, previous=previous, index=index)
    (console.write_json if as_json else console.write_document)(document)


commands.add_command(products)


@commands.command()
@click.argument("model")
@as_json
def inspect(model: str, as_json: bool) -> None:
    """Show what a model holds, every array checked."""
    from xmr_engine.inspection import inspect as look_into

    document = look_into(model)
    (console.write_json if as_json else console.write_document)(document)

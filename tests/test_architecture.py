"""Who may import whom, read from the source: one direction through the engine, and what each part must never know."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = "xmr_engine"

# A part names only parts of the lines above its own.
ORDER = (
    ("errors", "text", "kernels", "frozen", "keys", "parallel", "compilation"),
    ("config",),
    ("options",),
    ("data", "labels"),
    ("features", "indexing"),
    ("matching",),
    ("distributed", "resume"),
    ("ranking",),
    ("inputs", "parts"),
    ("statistics_parts",),
    ("model",),
    ("storage",),
    ("xlinear", "trace"),
    ("comparison", "evidence", "explain", "question"),
    ("completer",),
    ("baselines",),
    ("retrieval",),
    ("evaluation", "pipeline", "inspection"),
    ("console", "drawing"),
    ("product_commands",),
    ("cli",),
    ("__main__",),
    ("app",),
)
RANK = {part: rank for rank, line in enumerate(ORDER) for part in line}
WEB = {"flask", "werkzeug", "gunicorn", "jinja2"}
ARRAYS = {"numpy", "scipy", "numba"}

# part -> what it must never import: a library, or a module of this project (with all below it)
NEVER = {
    "kernels": {ENGINE},
    "data": ARRAYS | {"sklearn"},
    "features": {"xmr_engine.indexing", "xmr_engine.matching", "xmr_engine.ranking", "xmr_engine.data"},
    "indexing": {"xmr_engine.features", "xmr_engine.matching", "xmr_engine.labels", "xmr_engine.data"},
    "matching": {
        "xmr_engine.text",
        "xmr_engine.data",
        "xmr_engine.labels",
        "xmr_engine.features",
        "xmr_engine.indexing.build",
        "xmr_engine.indexing.trie",
        "xmr_engine.indexing.hybrid",
        "xmr_engine.indexing.embedding",
    },
    "ranking": {
        "xmr_engine.matching",
        "xmr_engine.indexing",
        "xmr_engine.kernels.candidates",
        "xmr_engine.kernels.search",
        "xmr_engine.kernels.popular.popular_in_span",
    },
    "storage": {
        "xmr_engine.kernels",
        "xmr_engine.model",
        "xmr_engine.parts",
        "xmr_engine.statistics_parts",
        "xmr_engine.config",
    },
    "model": {"xmr_engine.storage"},
    "completer": {"xmr_engine.pipeline", "xmr_engine.matching.train", "xmr_engine.ranking.fit", "xmr_engine.indexing"},
    "evaluation": {"xmr_engine.kernels", "xmr_engine.matching", "xmr_engine.ranking", "xmr_engine.model"},
    "app": ARRAYS | {"duckdb", "xmr_engine.model", "xmr_engine.parts", "xmr_engine.kernels", "xmr_engine.pipeline"},
}


def imports(source: str) -> Iterator[str]:
    """Yield the full name of whatever a source imports, anywhere in it; a relative import as its dots."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def part_of(name: str) -> str | None:
    """Return the part that a module's name belongs to, None for what is not of the project."""
    head, *rest = name.split(".")
    if head == "app":
        return "app"
    if head != ENGINE:
        return None
    return rest[0] if rest and rest[0] in RANK else "the door"


def breaches(part: str, source: str) -> list[str]:
    """Return every import of a source that its part may not have."""
    found = []
    for name in imports(source):
        other = part_of(name)
        if name.startswith("."):
            found.append(f"{name}: relative")
        if other != part and any(name == no or name.startswith(no + ".") for no in NEVER.get(part, set())):
            found.append(f"{name}: {part} must never know it")
        if other in RANK and other != part and RANK[other] >= RANK[part]:
            found.append(f"{name}: stands after {part}")
        if part != "app" and name.split(".")[0] in WEB:
            found.append(f"{name}: the engine knows nothing of the web")
    return found


def modules() -> list[tuple[str, Path]]:
    """Return every module of engine and app with its part; the door itself is left out."""
    found = []
    for path in sorted((ROOT / ENGINE).rglob("*.py")):
        inside = path.relative_to(ROOT / ENGINE).parts
        if inside != ("__init__.py",):
            found.append((inside[0].removesuffix(".py"), path))
    return found + [("app", path) for path in sorted((ROOT / "app").rglob("*.py"))]


MODULES = modules()
NAMES = [str(path.relative_to(ROOT)) for _, path in MODULES]


@pytest.mark.parametrize(("part", "path"), MODULES, ids=NAMES)
def test_a_part_names_only_parts_before_it(part: str, path: Path) -> None:
    assert part in RANK, f"{path.name}: give the part {part!r} its place in ORDER"
    assert breaches(part, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("kernels", "from xmr_engine.errors import XmrError"),
        ("labels", "from xmr_engine.data import pairs"),
        ("data", "import numpy as np"),
        ("data", "def f():\n    from scipy.sparse import csr_matrix"),
        ("matching", "from xmr_engine.indexing.trie import trie_split"),
        ("ranking", "from xmr_engine.kernels.search import beam_search"),
        ("storage", "from xmr_engine.model import Model"),
        ("model", "from xmr_engine import storage"),
        ("completer", "import xmr_engine.pipeline"),
        ("config", "from . import errors"),
        ("app", "import numpy"),
        ("cli", "from flask import Flask"),
        ("pipeline", "from app import create_app"),
    ],
)
def test_a_forbidden_import_is_seen(part: str, line: str) -> None:
    assert len(breaches(part, line)) >= 1


def test_what_is_allowed_is_let_through() -> None:
    assert breaches("kernels", "import math\nfrom xmr_engine.kernels.arrays import Ids") == []
    assert breaches("model", "from xmr_engine import __version__\nfrom xmr_engine.parts import Arrays") == []
    assert breaches("app", "from flask import Flask\nfrom xmr_engine import open_completer") == []


def test_kernels_import_only_numbers_and_one_another() -> None:
    allowed = {"math", "numpy", "numba", "llvmlite", "typing", "collections"}
    for path in sorted((ROOT / ENGINE / "kernels").glob("*.py")):
        for name in imports(path.read_text("utf-8")):
            assert name.startswith("xmr_engine.kernels.") or name.split(".")[0] in allowed, f"{path.name}: {name}"


def test_kernels_draw_nothing_and_open_nothing() -> None:
    for path in sorted((ROOT / ENGINE / "kernels").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not used & {"random", "open", "print", "Path"}, path.name
        assert not [n for n in ast.walk(tree) if isinstance(n, (ast.Dict, ast.DictComp, ast.JoinedStr))], path.name


def test_the_door_opens_on_use() -> None:
    tree = ast.parse((ROOT / ENGINE / "__init__.py").read_text("utf-8"))
    loaded = {f"{node.module}" for node in tree.body if isinstance(node, ast.ImportFrom)}
    ours = {name for name in loaded if name.startswith(ENGINE)}
    assert ours == {"xmr_engine.errors", "xmr_engine.compilation"}


def test_the_twins_do_not_know_what_they_judge() -> None:
    for name in imports((ROOT / "tests" / "naive.py").read_text("utf-8")):
        assert name.startswith("xmr_engine.text.") or name.split(".")[0] in sys.stdlib_module_names, name


def test_scikit_learn_is_for_tests_only() -> None:
    for _, path in MODULES:
        known = {name.split(".")[0] for name in imports(path.read_text("utf-8"))}
        assert not known & {"sklearn", "pandas", "joblib", "pickle"}, path.name


@pytest.mark.parametrize(("script", "unknown"), [("combobox.js", "fetch("), ("completions.js", "document.")])
def test_scripts_keep_their_borders(script: str, unknown: str) -> None:
    assert unknown not in (ROOT / "static" / "js" / script).read_text("utf-8")

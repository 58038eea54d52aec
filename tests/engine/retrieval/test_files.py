import gzip
import json

import pytest

from tests.engine.retrieval.small import write_files
from xmr_engine.cli import main
from xmr_engine.data.products import read_catalogue, read_purchases

LINES = [
    {"id": "3", "title": "Nivora  X-2 Toner", "supplier": "Nivora", "price": 4995, "attributes": {"type": "Original"}},
    {"id": "1", "title": 'Ösel notebook 15"', "attributes": {"cores": 2, "touch": True, "ports": ["usb", "hdmi"]}},
    {"id": "2", "title": "Null modem adapter", "attributes": {}},
]


def test_a_catalogue_of_lines_with_nested_attributes(tmp_path):
    path = tmp_path / "products.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in LINES)
    first, second, third = read_catalogue(path)
    assert (first.product_id, first.title) == ("1", 'Ösel notebook 15"')
    assert first.attributes == {"cores": "2", "touch": "yes", "ports": "usb, hdmi"}
    assert second.attributes == {}
    assert third.title == "Nivora X-2 Toner"
    assert third.attributes == {"supplier": "Nivora", "price": "4995", "type": "Original"}


def test_purchases_without_a_count_are_one_each(tmp_path):
    path = tmp_path / "p.tsv"
    path.write_text("query\tproduct_id\n Red  SOFA\t7\n", "utf-8")
    assert [tuple(row) for row in read_purchases(path)] == [("red sofa", "7", 1)]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("c.tsv", "product_id\tname\n1\ta\n", "no column 'title'"),
        ("c.tsv", "sku\ttitle\n1\ta\n", "no column 'product_id'"),
        ("c.tsv", "product_id\ttitle\n1\ta\n1\tb\n", "line 3: product '1' a second time"),
        ("c.tsv", "product_id\ttitle\n\ta\n2\t \n3\tc\n", "more than half"),
        ("c.jsonl", "nothing\nhere\n", "more than half"),
        ("c.jsonl", "", "no rows"),
        ("c.jsonl.gz", "no gz", "gz"),
        ("c.xlsx", "", "unknown kind of file"),
    ],
)
def test_a_bad_catalogue_is_one_clear_line(tmp_path, capsys, name, content, says):
    path = tmp_path / name
    path.write_text(content, "utf-8")
    purchases, _, _ = write_files(tmp_path)
    assert main(["products", "train", purchases, str(path), "--out", str(tmp_path / "model")]) == 1
    error = capsys.readouterr().err.strip().splitlines()
    assert len(error) == 1
    assert error[0].startswith("error: ")
    assert says in error[0]
    assert name in error[0]
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("query\tcount\na\t1\n", "no column 'product_id'"),
        ("query\tproduct_id\tcount\nsofa\tp000\t-1\nsofa\tp000\tx\n", "more than half"),
        ("query\tproduct_id\tcount\nsofa\tq1\t1\nsofa\tq2\t2\n", "purchases are of products that the catalogue lacks"),
    ],
)
def test_bad_purchases_are_one_clear_line(tmp_path, capsys, content, says):
    path = tmp_path / "bought.tsv"
    path.write_text(content, "utf-8")
    _, catalogue, _ = write_files(tmp_path)
    assert main(["products", "train", str(path), catalogue, "--out", str(tmp_path / "model")]) == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("error: ")
    assert says in error


def test_train_search_evaluate(tmp_path, capsys):
    purchases, catalogue, held_out = write_files(tmp_path)
    settings = tmp_path / "settings.json"
    settings.write_text('{"ranking": {"folds": 2}, "features": {"triples": 100}}', "utf-8")
    model = str(tmp_path / "model")
    options = ["--leaf", "8", "--branching", "4", "--threshold", "0.05", "--config", str(settings)]
    assert main(["products", "train", purchases, catalogue, "--out", model, *options]) == 0
    capsys.readouterr()
    assert main(["products", "search", model, "--query", "couch", "-k", "3", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["query"], document["system"], len(document["products"])) == ("couch", "full", 3)
    assert set(document["products"][0]) == {"product_id", "title", "score", "sources"}
    assert main(["products", "search", model, "--query", "red sofa", "--system", "xr-linear", "--beam", "2"]) == 0
    assert "Sofa" in capsys.readouterr().out
    assert main(["products", "evaluate", model, held_out, "--json"]) == 0
    systems = json.loads(capsys.readouterr().out)["systems"]
    assert set(systems) == {"full", "xr-linear", "lexical"}
    low, high = systems["full"]["recall10_ci"]
    assert low <= systems["full"]["recall10"] <= high
    assert main(["inspect", model, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "retrieval"


@pytest.mark.parametrize("arguments", [["--system", "neural"], ["--beam", "5000"]])
def test_what_a_model_cannot_do_is_one_line(tmp_path, capsys, arguments):
    purchases, catalogue, _ = write_files(tmp_path)
    model = str(tmp_path / "model")
    assert main(["products", "train", purchases, catalogue, "--out", model, "--leaf", "8"]) == 0
    capsys.readouterr()
    assert main(["products", "search", model, "--query", "sofa", *arguments]) == 1
    assert capsys.readouterr().err.startswith("error: ")


def test_the_same_files_give_the_same_bytes(tmp_path):
    purchases, catalogue, held_out = write_files(tmp_path)
    for name, threads in (("a", "1"), ("b", "3")):
        out = ["--out", str(tmp_path / name), "--held-out", held_out, "--leaf", "8", "--threads", threads]
        assert main(["products", "train", purchases, catalogue, *out]) == 0
    for file in (tmp_path / "a").iterdir():
        assert (tmp_path / "b" / file.name).read_bytes() == file.read_bytes()

"""Every string in a model was typed by enough people, passes the filters, and is not on the block list."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

import xmr_engine
from tests.engine.small import compiled
from xmr_engine.completer import Completer, open_completer
from xmr_engine.data.blocklist import Blocklist
from xmr_engine.data.privacy import refusal
from xmr_engine.labels import LabelTable
from xmr_engine.text import words

pytestmark = compiled

PEOPLE = 3
BLOCKED = Blocklist(frozenset({("rude",), ("red", "light")}))
QUERIES = ("camera", "camera bag", "red tent", "tent pegs", "desk lamp", "camera bag red", "lamp shade", "tent camera")
PERSONAL = (
    "mail ann@example.com",
    "call 555 123 4567",
    "1234567",
    "so rude",
    "red light",
    "assassin creed",
    "scunthorpe",
)


@pytest.fixture(scope="module")
def typed() -> list[tuple[str, str]]:
    """Who typed what: some queries by many, some by one or two, some personal ones by many."""
    draw = np.random.default_rng(3)
    rows = [(f"u{draw.integers(40)}", QUERIES[draw.integers(len(QUERIES))]) for _ in range(500)]
    rows += [(f"u{n}", query) for query in PERSONAL for n in range(6)]
    rows += [(f"u{n % 2}", f"camera secret {n % 7}") for n in range(60)]
    rows += [("u5", "only one person types this")] * 9
    return [rows[at] for at in draw.permutation(len(rows))]


@pytest.fixture(scope="module")
def model(typed, tmp_path_factory) -> Completer:
    folder = tmp_path_factory.mktemp("personal")
    lines = (f"{user}\t{1_000_000 + 40 * at}\t{query}\n" for at, (user, query) in enumerate(typed))
    (folder / "log.tsv").write_text("user\ttime\tquery\n" + "".join(lines), "utf-8")
    (folder / "words.txt").write_text("rude\nred light\n", "utf-8")
    options = {"min_people": PEOPLE, "blocklist": folder / "words.txt", "index": ("hybrid", "tree", "trie")}
    xmr_engine.train(folder / "log.tsv", out=folder / "model", **options)
    return open_completer(folder / "model")


def people_of(parts) -> dict[object, set[str]]:
    people = defaultdict(set)
    for user, items in parts:
        for item in items:
            people[item].add(user)
    return people


def test_every_label_keeps_the_bound_and_passes_the_filters(model: Completer, typed) -> None:
    labels = model.model.labels.texts()
    people = people_of((user, [query]) for user, query in typed)
    assert set(labels) == {q for q in people if len(people[q]) >= PEOPLE and refusal(q, BLOCKED) is None}
    assert {"assassin creed", "scunthorpe"} <= set(labels)
    assert not any("secret" in label or "example" in label for label in labels)


def test_every_word_keeps_the_bound(model: Completer, typed) -> None:
    people = people_of((user, words(query)) for user, query in typed)
    for terms in (model.model.words, model.model.input_words):
        for term in LabelTable(terms.strings).texts():
            assert all(len(people[word]) >= PEOPLE for word in words(term)), term
            assert refusal(term, BLOCKED) is None


def test_every_succession_keeps_the_bound(model: Completer, typed) -> None:
    """Two words in a row are counted in labels alone, and each label was typed by enough people."""
    people = people_of((user, pairwise(words(query))) for user, query in typed)
    for label in model.model.labels.texts():
        assert all(len(people[pair]) >= PEOPLE for pair in pairwise(words(label)))


def test_no_answer_holds_what_was_kept_out(model: Completer) -> None:
    for prefix in ("", "c", "camera ", "camera s", "so ", "red ", "red l", "only", "mail", "call ", "1"):
        for index in model.indexes:
            for found in model.complete(prefix, ["camera", "so rude"], k=50, index=index):
                assert refusal(found.text, BLOCKED) is None, found
                assert "secret" not in found.text
                assert "example" not in found.text


def test_no_file_of_the_model_names_a_person_or_a_personal_query(model: Completer, tmp_path_factory) -> None:
    folder = next(tmp_path_factory.getbasetemp().glob("personal*/model"))
    whole = b"".join(file.read_bytes() for file in sorted(folder.iterdir()))
    for text in (b"example.com", b"5551234567", b"1234567", b"secret", b"only one person", b"rude"):
        assert text not in whole

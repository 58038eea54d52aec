import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from sample_models.shop.__main__ import main
from sample_models.shop.generate import Plan, generate
from sample_models.shop.slips import mistakes
from sample_models.shop.taxonomy import DATA, Law, load, stands_after
from sample_models.shop.wish import Style, Wish, other_number, query, singular

ROOT = Path(__file__).parents[2]
HALF_HOUR = 30 * 60
FILES = ("catalogue.tsv", "log.tsv", "purchases-test.tsv", "purchases-train.tsv")


class Shop(NamedTuple):
    folder: Path
    report: dict
    log: list[tuple[str, int, str]]
    sessions: list[list[str]]
    counts: Counter


def read(path):
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def cut(log):
    """Cut a log into sessions the plain way."""
    last, sessions = {}, []
    for user, time, text in log:
        if user not in last or time - last[user][0] > HALF_HOUR:
            sessions.append([])
            last[user] = (time, sessions[-1])
        last[user] = (time, last[user][1])
        last[user][1].append(text)
    return sessions


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    report = generate(folder, Plan(sessions=20_000, products=6_000)).report()
    log = [(user, int(time), text) for user, time, text in read(folder / "log.tsv")]
    return Shop(folder, report, log, cut(log), Counter(text for _, _, text in log))


def digests(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def test_same_seed_gives_same_bytes_in_another_process(tmp_path):
    found = []
    for hash_seed in ("1", "2"):
        out = tmp_path / hash_seed
        size = ["--sessions", "300", "--products", "990"]
        command = [sys.executable, "-m", "sample_models.shop", "--out", str(out), *size]
        subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": hash_seed}, check=True)
        found.append(digests(out))
    assert found[0] == found[1]


def test_another_seed_gives_another_log(tmp_path):
    for seed in (1, 2):
        generate(tmp_path / str(seed), Plan(sessions=50, products=950, seed=seed))
    assert digests(tmp_path / "1")["log.tsv"] != digests(tmp_path / "2")["log.tsv"]


def test_report_counts_what_is_in_the_files(shop):
    report = shop.report
    assert report["sessions"] == len(shop.sessions) == 20_000
    assert report["events"] == len(shop.log)
    assert report["users"] == len({user for user, _, _ in shop.log})
    assert report["distinct_queries"] == len(shop.counts) > 20_000
    assert report["products"] == len(read(shop.folder / "catalogue.tsv")) == 6_000
    assert sum(report["transitions"].values()) == pytest.approx(1, abs=0.01)


def test_log_is_ordered_by_time_and_its_texts_are_clean(shop):
    times = [time for _, time, _ in shop.log]
    assert times == sorted(times)
    assert all(text == " ".join(text.lower().split()) and text for text in shop.counts)
    assert max(len(text.split()) for text in shop.counts) <= 8


def test_sessions_of_a_person_lie_far_apart_and_people_come_back(shop):
    gaps, last = [], {}
    for user, time, _ in shop.log:
        gaps += [time - last[user]] if user in last else []
        last[user] = time
    assert not [gap for gap in gaps if HALF_HOUR * 0.9 < gap < 2 * HALF_HOUR]
    assert len(shop.sessions) > 4 * len(last)


def test_a_good_quarter_of_transitions_change_the_topic(shop):
    shares = shop.report["transitions"]
    assert 0.25 <= shares["new topic"] + shares["related"] <= 0.35
    assert set(shares) >= {"narrow", "broaden", "swap brand", "swap attribute", "accessory", "synonym", "go back"}
    assert min(shares.values()) > 0.01


def test_popularity_has_a_short_head_and_a_long_tail(shop):
    ranked = shop.counts.most_common()
    head = [text for text, _ in ranked[:50]]
    assert sum(n for _, n in ranked[:100]) > 0.12 * len(shop.log)
    assert sum(n == 1 for _, n in ranked) > 0.5 * len(ranked)
    assert sum(len(text.split()) for text in head) / len(head) < 2
    assert sum(len(text.split()) for text in shop.counts) / len(shop.counts) > 3


def test_camera_then_n_is_the_camera_brand_and_without_it_the_shoes(shop):
    alone = Counter({text: n for text, n in shop.counts.items() if text.startswith("n")})
    after = Counter(
        new
        for session in shop.sessions
        for old, new in pairwise(session)
        if "camera" in old and new.startswith("n")
        if not old.startswith("n")
    )
    assert alone.most_common(1)[0][0].startswith("nestrel")
    assert after.most_common(1)[0][0].startswith("nikavo")
    assert sum(n for text, n in after.items() if text.startswith("nikavo")) > after.total() / 2


def test_accessories_and_synonyms_follow(shop):
    followers = Counter((old, new) for session in shop.sessions for old, new in pairwise(session))
    assert followers["digital camera", "memory card"] >= 3
    assert followers["air fryer", "air fryer liners"] >= 3
    assert followers["sofa", "couch"] + followers["sofa", "settee"] >= 3


def test_taxonomy_is_as_wide_as_promised():
    taxonomy = load()
    assert len(taxonomy.departments) >= 12
    assert len(taxonomy.by_popularity) >= 250
    assert len({brand for kind in taxonomy.types for brand in kind.brands}) >= 150
    assert all(kind.brands and kind.attributes for kind in taxonomy.types)
    assert sum(bool(kind.synonyms) for kind in taxonomy.by_popularity) > 0.9 * len(taxonomy.by_popularity)


def test_titles_never_use_a_synonym(shop):
    synonyms = {kind.name: kind.synonyms for kind in load().types}
    for row in read(shop.folder / "catalogue.tsv"):
        words = f" {row[1].lower().replace(',', ' ,')} "
        assert not [one for one in synonyms[row[3]] if f" {one} " in words], row[1]


def test_purchases_name_products_and_asked_queries_and_shoppers_are_apart(shop):
    products = {row[0] for row in read(shop.folder / "catalogue.tsv")}
    parts = {part: read(shop.folder / f"purchases-{part}.tsv") for part in ("train", "test")}
    for rows in parts.values():
        assert rows == sorted(rows)
        assert all(product in products and int(count) >= 1 and text for text, product, count in rows)
        assert sum(text in shop.counts for text, _, _ in rows) > 0.9 * len(rows)
    assert 0.12 < len(parts["test"]) / (len(parts["test"]) + len(parts["train"])) < 0.3


def test_bought_products_answer_synonym_queries(shop):
    kinds = {row[0]: row[3] for row in read(shop.folder / "catalogue.tsv")}
    rows = read(shop.folder / "purchases-train.tsv")
    bought = [kinds[product] for text, product, _ in rows if "couch" in text.split()]
    assert Counter(bought).most_common(1)[0][0] == "sofa"


def test_withheld_queries_are_never_written_but_their_words_follow_each_other(shop):
    withheld = (DATA / "withheld.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert withheld
    assert not [text for text in withheld if text in shop.counts]
    for words in ("trail shoes", "espresso machine", "waterproof trail", "descaler espresso"):
        assert any(words in text for text in shop.counts), words


def test_presets_are_true_of_the_log(shop):
    presets = json.loads((DATA.parent / "presets.json").read_text(encoding="utf-8"))
    assert len(presets) >= 10
    known = set(shop.counts)
    for preset in presets:
        assert {"title", "previous", "typed", "expects", "shows"} <= set(preset), preset["title"]
        assert any(text.startswith(preset["typed"]) for text in known) or may_be_asked(preset, known), preset["title"]
    assert "mirrorless camera for bird photos" not in known
    assert not {"waterproof trail shoes", "descaler espresso machine"} & known
    assert not any(text.startswith(("nikabo", "nikavoc", "shoes red n")) for text in known)
    assert {"nikavo camera", "memory card", "couch", "soundbar", "laptop bag", "espresso machine cleaner"} <= known


def may_be_asked(preset, known):
    """Tell whether what a preset expects is a query of the log, or two of its words in a row are, each time."""
    return all(any(two in text for text in known) for two in map(" ".join, pairwise(preset["expects"].split())))


def test_mistakes_keep_the_first_letter_and_are_few():
    for word in ("nikavo", "camera", "book", "keyboard"):
        found = mistakes(word)
        assert len(set(found)) == 5
        assert word not in found
        assert all(typed[0] == word[0] and abs(len(typed) - len(word)) <= 1 for typed in found)
    assert "nikabo" not in mistakes("nikavo")


@pytest.mark.parametrize(("one", "many"), [("camera", "cameras"), ("brush", "brushes"), ("battery", "batteries")])
def test_number_changes_both_ways(one, many):
    assert other_number(one) == many
    assert singular(many) == one


def test_a_wish_is_written_in_its_shoppers_order():
    kind = load().by_name["running shoes"]
    color, who = (next(a for a in kind.attributes if a.name == name) for name in ("color", "audience"))
    wish = Wish(kind=kind, term="running shoes", brand="nestrel").having(color, "red").having(who, "mens")
    assert query(wish) == "nestrel mens red running shoes"
    backwards = Wish(kind=kind, term="shoes", values=((color, "red"),), style=Style(noun_first=True))
    assert query(backwards) == "shoes red"
    assert query(Wish(kind=kind, term="shoes", values=((who, "mens"),), style=Style(who_after=True))) == "shoes for men"


def test_free_features_know_their_side():
    assert stands_after("with lid")
    assert not stands_after("waterproof")


def test_power_law_draws_the_first_most():
    law, rng = Law.power(20, 1.0), Random(1)
    drawn = Counter(law.draw(rng) for _ in range(4_000))
    assert drawn.most_common(1)[0][0] == 0
    assert max(drawn) <= 19


def test_command_prints_one_document_and_refuses_bad_numbers(tmp_path, capsys):
    assert main(["--out", str(tmp_path), "--sessions", "40", "--products", "950", "--stats"]) == 0
    assert json.loads(capsys.readouterr().out)["sessions"] == 40
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path), "--sessions", "0"])


def test_unwritable_output_is_one_line(tmp_path, capsys):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert main(["--out", str(tmp_path / "taken")]) == 1
    assert capsys.readouterr().err.startswith("error: ")

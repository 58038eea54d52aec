"""BLEU is sacrebleu's to the last bit, though most of its work is done once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU

from xmr_engine.evaluation.bleu import bleu_rr, sentence_bleu, signature

ORACLE = BLEU(effective_order=True)
WORDS = st.sampled_from(["a", "b", "c", "rock'n'roll", "1,5", "x-y", "&amp;", "é", "ab.", "$3"])
QUERIES = st.lists(WORDS, max_size=8).map(" ".join)


@given(QUERIES, QUERIES)
def test_it_is_sacrebleus(found, wanted):
    assert sentence_bleu(found, wanted) == ORACLE.sentence_score(found, [wanted]).score / 100.0


@given(st.text(max_size=12), st.text(max_size=12))
def test_it_is_sacrebleus_for_any_text(found, wanted):
    assert sentence_bleu(found, wanted) == ORACLE.sentence_score(found, [wanted]).score / 100.0


def test_a_short_query_that_is_the_answer_scores_one():
    assert sentence_bleu("two words", "two words") == pytest.approx(1.0)


@given(st.lists(QUERIES, max_size=10), QUERIES)
def test_the_mean_weighs_by_one_over_the_rank(completions, wanted):
    scores = [ORACLE.sentence_score(found, [wanted]).score / 100.0 for found in completions]
    above = sum(score / (i + 1) for i, score in enumerate(scores))
    below = sum(1 / (i + 1) for i in range(len(scores)))
    assert bleu_rr(completions, wanted) == pytest.approx(above / below if below else 0.0)


def test_the_signature_names_the_effective_order():
    assert "eff:yes" in signature()
    assert "smooth:exp" in signature()
    assert "tok:13a" in signature()

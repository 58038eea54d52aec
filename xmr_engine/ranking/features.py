"""The ranker's features by name: what each measures, its unit, and the group an explanation counts it to."""

from typing import Literal, NamedTuple

Group = Literal["typed", "previous query", "earlier queries", "popularity", "base"]


class Feature(NamedTuple):
    """One named feature of a candidate."""

    name: str
    group: Group
    meaning: str


T: Group = "typed"
P: Group = "previous query"
E: Group = "earlier queries"
C: Group = "popularity"

OF_LABELS: tuple[Feature, ...] = (
    Feature("path", "base", "sum of g(z) over the path's nodes, shared among the input's n-grams"),
    Feature("popularity", C, "ln(1 + times asked)"),
    Feature("popularity as a first query", C, "ln(1 + times a session began with it)"),
    Feature("length", T, "what ln(bytes) exceeds 2.5 by"),
    Feature("faithful company", C, "ln of sessions shared with other queries over the number of these queries"),
    Feature("number of extensions", C, "ln(1 + labels that are it and more words)"),
    Feature("extensions", C, "ln(1 + times such a label was asked)"),
    Feature("plausibility", C, "log probability of its words in a row, nats, its own counts left out"),
    Feature("plausibility a word", C, "the same over words + 1"),
    Feature("popularity over 2", C, "what it exceeds 2 by"),
    Feature("popularity over 3.5", C, "what it exceeds 3.5 by"),
    Feature("popularity x span", C, "popularity times ln(labels that begin with what is typed)"),
    Feature("rest", T, "ln(1 + bytes not typed yet)"),
    Feature("complete", T, "1 if all of it is typed"),
    Feature("plausibility a word x popularity", C, "product of the two"),
    Feature("popularity x the session's", E, "product of its popularity and the session's mean popularity"),
    Feature("popularity x queries", E, "product of its popularity and the number of the session's queries"),
    Feature("followed", P, "ln(1 + times asked right after the previous query)"),
    Feature("ever followed", P, "1 if it was ever asked right after the previous query"),
    Feature("followed share", P, "its share of what was asked right after the previous query"),
    Feature("followed share, earlier", E, "its shares after earlier queries, each counting 0.8 of the next"),
    Feature("together", P, "ln(1 + sessions with it and the previous query)"),
    Feature("two steps away", E, "ln(0.001 + weight of the ways to it over one other query)"),
    Feature("two steps away over -3.5", E, "what it exceeds -3.5 by"),
    Feature("like sessions", E, "ln(1 + 10 x sum of squared cosines of the log's like sessions that hold it)"),
    Feature("like sessions over 0.7", E, "what it exceeds 0.7 by"),
    Feature("most like session", E, "highest cosine of a session that holds it"),
    Feature("most like session over 0.5", E, "what it exceeds 0.5 by"),
    Feature("most like session x span", E, "the cosine times ln(labels that begin with what is typed)"),
    Feature("paired words", E, "its new words' highest information with a word of the session, summed, nats"),
    Feature("paired words, previous, over 5", P, "the same with the previous query, what it exceeds 5 by"),
    Feature("similarity", P, "tf-idf cosine of words with the previous query"),
    Feature("similarity over 0.3", P, "what it exceeds 0.3 by"),
    Feature("similarity x popularity", P, "product of the two"),
    Feature("similarity, earlier", E, "sum of cosines with earlier queries, each counting 0.8 of the next"),
    Feature("kept words", P, "number of its words in the previous query"),
    Feature("new words", E, "number of its words that no query of the session holds"),
    Feature("any new word", E, "1 if there is such a word"),
    Feature("keeps all words", P, "1 if it holds every word of the previous query"),
    Feature("same last word", P, "1 if it ends with the previous query's last word"),
    Feature("one word swapped", P, "1 if as many words as the previous query, all but one kept"),
    Feature("extends", P, "1 if it goes on where the previous query ends"),
    Feature("extended by", P, "1 if the previous query goes on where it ends"),
    Feature("one edit away", P, "1 if one edit parts it from the previous query"),
    Feature("two edits away", P, "1 if two edits part it from the previous query"),
    Feature("is the previous query", P, "1 if it is the previous query"),
    Feature("asked before", E, "1 if asked earlier in this session"),
    Feature("meaning", E, "cosine of word vectors with the session"),
    Feature("meaning over 0.6", E, "what it exceeds 0.6 by"),
    Feature("meaning x popularity", E, "product of the two"),
    Feature("meaning x span", E, "the cosine times ln(labels that begin with what is typed)"),
    Feature("meaning, earlier", E, "highest cosine of word vectors with an earlier query"),
    Feature("company's meaning", E, "cosine of the vectors of the queries around it with the session"),
)
OF_COMPOSED: tuple[Feature, ...] = (
    Feature("composed", "base", "1 if it is no label but composed"),
    Feature("composed x span", T, "ln(1 + labels that begin with what is typed)"),
    Feature("composed x asked", C, "ln(1 + times such labels were asked)"),
    Feature("chance of the word", C, "log probability of the word, after the one before and begun so, nats"),
    Feature("chance of the word, session", E, "what the session's words add to it, nats"),
    Feature("word after the last", C, "ln(1 + times the word stood right after the one before)"),
    Feature("word anywhere", C, "ln(1 + times the word was asked)"),
    Feature(
        "word of the session",
        E,
        "what the latest query that holds it counts: 1, each earlier one 0.8 of the next",
    ),
    Feature("word finished", T, "1 if all of the word is typed"),
    Feature("word typed", T, "ln(1 + bytes of the word that are typed)"),
    Feature("word's rest", T, "ln(1 + bytes of the word not typed yet)"),
    Feature("word begun", C, "log probability of any word begun so, after the one before, nats"),
    Feature("last word known", T, "1 if the log knows the word before"),
    Feature("backed off", C, "1 if the word never stood after the one before, and is none of the session's"),
    Feature("added words", T, "number of words after the one being typed"),
    Feature("chance of added words", C, "their log probability, each after the one before, nats"),
    Feature("chance of added words, session", E, "what the session's words add to it, nats"),
    Feature("added words of the session", E, "number of added words that a query of the session holds"),
    Feature("added words not seen so", C, "number of added words that never stood after the one before"),
    Feature("session's words in a row", E, "number of its pairs of words that stand so in a query of the session"),
    Feature("chance of the end", C, "log probability that a query ends after its last word, nats"),
    Feature("ends as the session", E, "1 if a query of the session ends with its last word"),
)
FEATURES = OF_LABELS + OF_COMPOSED
NAMES = tuple(feature.name for feature in FEATURES)

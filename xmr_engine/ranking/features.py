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

FEATURES: tuple[Feature, ...] = (
    Feature("path", "base", "sum of g(z) over the path's nodes, shared among the input's n-grams"),
    Feature("popularity", C, "ln(1 + times asked)"),
    Feature("popularity after another query", C, "ln(1 + times asked after another query)"),
    Feature("popularity as a first query", C, "ln(1 + times a session began with it)"),
    Feature("length", T, "ln(bytes)"),
    Feature("words", T, "number of words"),
    Feature("rest", T, "ln(1 + bytes not typed yet)"),
    Feature("complete", T, "1 if all of it is typed"),
    Feature("word complete", T, "1 if the typed text ends one of its words"),
    Feature("faithful company", C, "ln of sessions shared with other queries over the number of these queries"),
    Feature("company", C, "ln(1 + sessions shared with other queries, summed)"),
    Feature("predecessors", C, "ln(1 + different queries it was asked right after)"),
    Feature("extensions", C, "ln(1 + times a query was asked that is it and more words)"),
    Feature("plausibility", C, "log probability of its words in a row, nats, its own counts left out"),
    Feature("plausibility a word", C, "the same over words + 1"),
    Feature("plausibility a word x popularity", C, "product of the two"),
    Feature("followed", P, "ln(1 + times asked right after the previous query)"),
    Feature("followed share", P, "its share among the queries after the previous one"),
    Feature("together", P, "ln(1 + sessions with it and the previous query)"),
    Feature("words together", P, "ln(1 + lift / 10), from sessions with the previous query's words"),
    Feature("words followed", P, "ln(1 + lift / 10), from queries after the previous query's words"),
    Feature("word information", P, "highest pointwise mutual information with a word of the previous query, nats"),
    Feature("followed, earlier", E, "the same for earlier queries, each counting 0.6 of the next"),
    Feature("followed share, earlier", E, "share, earlier queries"),
    Feature("together, earlier", E, "ln(1 + sessions), earlier queries"),
    Feature("words together, earlier", E, "ln(1 + lift / 10), earlier queries"),
    Feature("words followed, earlier", E, "ln(1 + lift / 10), earlier queries"),
    Feature("word information, earlier", E, "nats, earlier queries"),
    Feature("together share", P, "share of the previous query's askings that stand beside it"),
    Feature("together cosine", P, "sessions shared with all queries over the root of both frequencies"),
    Feature("preceded", P, "ln(1 + times the previous query was asked right after it)"),
    Feature("preceded, earlier", E, "ln(1 + times), earlier queries"),
    Feature("two steps away", E, "ln(0.001 + weight of the ways to it over one other query)"),
    Feature("like sessions", E, "ln(1 + sum of cosines of the log's like sessions that hold it)"),
    Feature("like sessions, squared", E, "ln(1 + 10 x sum of squared cosines)"),
    Feature("most like session", E, "highest cosine of a session that holds it"),
    Feature("most like session over popularity", E, "quotient of the two"),
    Feature("similarity", P, "tf-idf cosine of words with the previous query"),
    Feature("similarity, earlier", E, "sum of cosines with earlier queries, each counting 0.6 of the next"),
    Feature("highest similarity, earlier", E, "highest cosine with an earlier query"),
    Feature("similarity x popularity", P, "product of the two"),
    Feature("new words", E, "number of its words that no query of the session holds"),
    Feature("extends", P, "1 if it goes on where the previous query ends"),
    Feature("extended by", P, "1 if the previous query goes on where it ends"),
    Feature("extends by a word", P, "1 if it is the previous query and more words"),
    Feature("kept words", P, "number of its words in the previous query"),
    Feature("added words", P, "number of its words not in the previous query"),
    Feature("keeps all words", P, "1 if it holds every word of the previous query and more"),
    Feature("same first word", P, "1 if it begins with the previous query's first word"),
    Feature("same last word", P, "1 if it ends with the previous query's last word"),
    Feature("one edit away", P, "1 if one edit parts it from the previous query"),
    Feature("two edits away", P, "1 if two edits part it from the previous query"),
    Feature("equal without spaces", P, "1 if only spaces part it from the previous query"),
    Feature("one word swapped", P, "1 if as many words as the previous query, all but one kept"),
    Feature("share kept", P, "share of its words in the previous query"),
    Feature("is the previous query", P, "1 if it is the previous query"),
    Feature("asked before", E, "1 if asked earlier in this session"),
    Feature("asked before x popularity", E, "product of the two"),
    Feature("meaning", P, "cosine of word vectors with the previous query"),
    Feature("meaning, session", E, "cosine of word vectors with the whole session"),
    Feature("meaning, earlier", E, "highest cosine of word vectors with an earlier query"),
    Feature("meaning x popularity", E, "product of meaning, session and popularity"),
    Feature("company's meaning", P, "cosine of the vectors of the queries around it with the previous query"),
    Feature("company's meaning, session", E, "the same with the whole session"),
    Feature("popularity x the session's", E, "product of its popularity and the session's mean popularity"),
)
NAMES = tuple(feature.name for feature in FEATURES)

"""Judging by hand: blind comparisons, graded lists, their storage, results and exports.

* `schema`, `store`: tables, their versions, and the connection to SQLite or PostgreSQL.
* `sets`, `exchange`: scenarios in sets; reading and writing them as files.
* `contenders`: what is compared, one model, index and context each, and what it answers.
* `studies`: a set put before raters; every answer is frozen when a study begins.
* `handing`: who is shown what next, on which side.
* `ballots`: votes, each kept once.
* `results`, `verdicts`: what the votes add up to.
* `exports`: votes as CSV, JSON lines and TREC files; `replay`: a vote as it was cast, two studies side by side.
* `gate`: who may come in, and how often.
* `api`, `pages`: the JSON calls and the pages.

Knows the engine's door and evaluation; knows nothing of arrays or files of a model.
"""

"""The report: what was measured, as charts and tables, from the json files that the benchmarks wrote.

`results` reads the files, `charts` is what a chart is, `quality`, `speed` and `scale` say which charts the files give,
`views` serves the page. `benchmarks.report` writes the same charts into the docs.
"""

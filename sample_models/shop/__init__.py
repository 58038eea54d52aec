"""A synthetic online shop: a catalogue, a query log and purchases, invented from a seed.

Nobody typed any of it. The taxonomy, the brands (all invented) and the words are data, in
`data/`; what people do with them is code, and it is *planted*:

* `taxonomy`: departments, product types, brands, attributes; how popular each is (power laws).
* `catalogue`: products, their titles, and which one a shopper with a given wish buys.
* `wish`: what a shopper is after, and the query that says so in the shopper's way of writing.
* `moves`: how one wish follows from another: narrow, broaden, other brand, other attribute,
  accessory, synonym, earlier query, another topic.
* `course`: how likely each of these is.
* `slips`: typing mistakes, the same few for everybody.
* `shopper`: a person's habits, and one session of theirs.
* `generate`: days, visits, files.

A query of a session therefore depends on the one before it by construction. Figures measured on
this log show that a planted effect is found; they are no evidence of quality on people's queries.
The queries of `data/withheld.tsv` are never written, so that answering them needs composing.
"""

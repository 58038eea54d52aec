"""The first stage: group labels into a tree. Knows label vectors and texts; never input rows or weights."""

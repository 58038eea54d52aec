"""What the papers compare with, all in the same socket: `complete(prefix, previous, k)` gives texts."""

"""Texts to sparse rows. Strings end here; knows nothing of labels or trees."""

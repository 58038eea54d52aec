"""Measuring: what is asked, what is answered, and how good the answers are."""

"""The third stage: a linear model that orders candidates. Knows statistics; never how candidates were found."""

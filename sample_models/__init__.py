"""What the demo is served from: generated logs and the models trained on them."""

"""The training data: its snapshots, and which of its rows are good."""

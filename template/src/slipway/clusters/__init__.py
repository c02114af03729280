"""The local cluster, the way into any cluster, and what a real one still needs."""

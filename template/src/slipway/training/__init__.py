"""From the source to a registered model: the steps, and what runs them here or in a cluster."""

"""A small made-up product: parcels, and whether they arrive late."""

"""The package of flight-delays: source, schema, features, model."""

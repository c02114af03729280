"""flight-delays: data, model, serving and monitoring in plain Python."""

# Trains in Kubeflow on what was known when the day AS_OF began; empty, on everything.
exec python -m slipway train --submit ${AS_OF:+--as-of "$AS_OF"}

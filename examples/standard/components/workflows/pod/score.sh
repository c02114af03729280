# Scores a DAY in Kubeflow with what an ENVIRONMENT has released; empty, the newest day that is over.
exec python -m slipway score --submit --env "$ENVIRONMENT" ${DAY:+--day "$DAY"}

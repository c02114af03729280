# Looks at a MONTH of an ENVIRONMENT with the labels known when the day AS_OF began; both may be empty.
exec python -m slipway monitor --env "$ENVIRONMENT" --result /tmp/results \
    ${MONTH:+--month "$MONTH"} ${AS_OF:+--as-of "$AS_OF"}

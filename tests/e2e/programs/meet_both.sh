#!/bin/sh
# Runs in a pod: ask a Service until both of its pods have answered; print every answer.
answers=
until echo "$answers" | grep -q first && echo "$answers" | grep -q second; do
  answers="$answers $(nc -w 2 web 8080 </dev/null)"
  sleep 0.1
done
echo $answers

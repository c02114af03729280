#!/bin/sh
# Runs in a pod: ask the server until it answers.
until nc -w 2 server 8080 </dev/null | grep -q hello; do sleep 0.2; done

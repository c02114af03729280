#!/bin/sh
# Refuse a project in a path that a program would misread: a search path ends at a colon, an address such as MLflow's
# at ? or #, a percent sign begins a code in it, and the other characters mean something to shells and patterns.
case $PWD in
*[]:\;?%#\&\'\"\\$\`*{}\<\>\|[]* | *[[:cntrl:]]*)
  printf 'error: programs would misread the path %s: move the project to one without %s\n' "$PWD" ': ; ? # % & " \ $ ` * [ ] { } < > | and quotes' >&2
  exit 1
  ;;
esac

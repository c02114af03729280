"""Scoring a whole table with what an environment has released, as its server would answer each row.

What it does happens in parts of some rows, so that memory does not grow with the table, and a run
that was killed goes on with the parts that are missing.
"""

"""Statements paid out: runs, the bank's transfer file, and what the bank says became of it."""

"""Vouchers given, not sold: lists of people, what each gets by rule, how it is claimed, and how it is stopped."""

"""The draw, pure: the sealed list, the order that a seed gives it, and the four rules for too many asked units."""

"""Documents on paper: embedded Japanese fonts and what every page of ours has in common."""

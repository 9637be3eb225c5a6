"""How a business joins: it applies, the secretariat reviews, and its people are invited."""

"""What a shop prints: stands, stickers and tables for its tills."""

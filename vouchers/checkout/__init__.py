"""How money for an order comes in: one small port, and an adapter for each way of paying."""

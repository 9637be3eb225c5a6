"""What the platform may import of the notary: the port, its values, its errors and its adapters."""

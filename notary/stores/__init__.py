"""The store's adapters; one contract test runs on both."""

"""The platform's books held against the notary's: what is missing is written, what cannot be is parked."""

"""Seeds that must not be used any more."""

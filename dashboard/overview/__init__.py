"""The sections of the overview, each drawn from one answer of the API."""

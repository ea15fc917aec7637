"""Domains that models suggest for seeds."""

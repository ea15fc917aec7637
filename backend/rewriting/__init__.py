"""Rewrites: proposed wordings, what was checked of them, and who approved them."""

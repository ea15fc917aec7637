"""Tokenizers of models to be trained, and what they count."""

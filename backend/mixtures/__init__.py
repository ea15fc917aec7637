"""Clusters, mixtures of them, and their frozen versions."""

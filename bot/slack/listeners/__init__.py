"""Bolt in, use case out."""

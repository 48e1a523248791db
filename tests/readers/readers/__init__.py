"""Reads exports as trainers read them, and counts what survives."""

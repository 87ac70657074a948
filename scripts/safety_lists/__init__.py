"""The parts of scripts/make_safety_lists.py."""

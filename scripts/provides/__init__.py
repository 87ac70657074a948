"""What releases of libraries provide, found out by asking them: scripts/make_names.py."""

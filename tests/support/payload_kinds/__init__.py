"""The payloads, by what they abuse. Each module has `payloads()`."""

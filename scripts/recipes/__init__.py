"""Fitted models of every kind, made in whichever release of the libraries runs this."""

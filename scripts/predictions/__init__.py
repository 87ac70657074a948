"""Which fitted pipelines are asked, on which rows, and how our outputs are held against the genuine ones (measure_predictions.py)."""

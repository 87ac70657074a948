"""The methods of mlflow.MlflowClient, called with the genuine client: what each area calls, and how an answer is written down.

`python -m tests.support.mlflow_client.drive` runs in an interpreter that has a genuine client; tests/support/mlflow_client_run.py starts it.
"""

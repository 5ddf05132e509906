"""Runs the parts: one build, the publishing that DAGs call, Airflow's processes, the demonstration."""

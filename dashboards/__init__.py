"""The web pages: Streamlit over the REST API and nothing else."""

"""Collect open-world evidence: embeddings, neighbours and verdicts about what is out of vocabulary."""

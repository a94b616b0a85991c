"""What a report offers for use elsewhere: tables, schema, summaries, LaTeX, figures, errors, citation."""

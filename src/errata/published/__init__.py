"""The paper's published results, and where new models stand among them."""

"""What the model is asked: versioned prompt texts and the schema of its answers."""

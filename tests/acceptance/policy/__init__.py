"""The support policy, walked clause by clause with an artificial clock on a real database."""

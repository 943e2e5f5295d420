"""The other criteria that judge a size or a density."""

"""The parts of laying one scan over another; `measure.register` puts them together."""

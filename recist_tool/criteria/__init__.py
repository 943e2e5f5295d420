"""One paper, one file: response criteria over findings."""

"""The table of lesions and visits, and the plot of the sums."""

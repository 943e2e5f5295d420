"""Qt parts that know no patient."""

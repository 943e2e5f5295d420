"""Double reads: pairing, blinding, discordance, adjudication."""

"""Lost factors: asking for two-step verification to be removed, and stopping that."""

"""Re-authentication: proving again who one is, before what matters most."""

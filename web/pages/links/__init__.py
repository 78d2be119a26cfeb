"""Where mailed links land."""

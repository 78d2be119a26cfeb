"""How both programs are served over HTTP, and what they log. Knows neither of them."""

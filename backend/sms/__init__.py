"""SMS: their words, and the services that send them."""

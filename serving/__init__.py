"""What both programs share: how they are served over HTTP, what they log, how settings are read. Imports neither."""

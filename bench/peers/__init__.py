"""Sites like ours, made with others' libraries, and measured at the same work."""

"""Forms, what they check, and drafts of what was typed."""

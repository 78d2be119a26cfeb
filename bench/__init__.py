"""What is measured, and how: each figure beside another one of the same run."""

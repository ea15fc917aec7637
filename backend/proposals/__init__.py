"""What models propose when a run asks them: rewrites of seeds, and new seeds from accepted ones."""

"""Whatever arrives: an answer that helps, never an error of ours."""

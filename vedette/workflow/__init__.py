"""What members hear of besides alerts: changes of their issues, and what a week was like."""

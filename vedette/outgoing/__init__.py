"""What leaves the machine: requests and mail, and nothing else may send either."""

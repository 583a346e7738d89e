"""The web interface: pages, the frame around them, and what they are made of."""

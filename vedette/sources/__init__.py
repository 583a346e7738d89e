"""Where the code lies that frames name, who changed it last, and who owns it."""

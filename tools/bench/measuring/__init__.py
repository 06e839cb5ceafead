"""What the measurements are made of; `share.py` in the folder above is the program."""

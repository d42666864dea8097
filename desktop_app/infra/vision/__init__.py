"""From files to pixels to features (Pillow, OpenCV, torch and OpenVINO are imported only here)."""

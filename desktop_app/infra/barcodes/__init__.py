"""Reading barcodes and matrix codes (zxing-cpp only here)."""

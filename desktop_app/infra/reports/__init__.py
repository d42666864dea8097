"""Writers of reports, one for each format."""

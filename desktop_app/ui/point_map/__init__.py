"""What maps of pictures share: camera, points, colours, legend, and what is under the pointer."""

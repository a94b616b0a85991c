"""Two models paired on the same images: what became of each image, and which differences are more than chance."""

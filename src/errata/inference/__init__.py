"""Run networks on images: devices, batches of pixels, forward passes, progress, CLIP encoders."""

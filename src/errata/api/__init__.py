"""The Python interface: what `import errata` offers."""

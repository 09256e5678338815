"""Programs that print ratios: ``python -m benchmarks [NAME ...]``; docs/benchmarks.md says what each one measures."""

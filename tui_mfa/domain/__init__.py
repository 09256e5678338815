"""The rules of the house: pure Python, without input, output or a clock of its own."""

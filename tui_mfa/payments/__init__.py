"""Ways to be paid: an invoice and instructions, or a provider's hosted pages. Never a card number."""

"""The reader's verdict: who reads, what they say, and what is hidden from them until then."""

"""Making rules: a brand's draft, two people at it at once, what it would change, and examples out of real tickets."""

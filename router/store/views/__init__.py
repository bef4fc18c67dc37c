"""Read-only queries for pages and the API. Every one that touches customer data takes a Scope first."""

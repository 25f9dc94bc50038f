"""The site of a plan: pages in Thai and English, made from its releases as values, without a server or a request."""

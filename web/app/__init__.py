"""The tool in the browser, put together: ``python -m web.app.packing`` makes ``build/web``."""

"""The files that search engines look for, where the address of a site is known."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from khelang_opendata.site.site_templates import HOME


def robots_and_sitemap(base_url: str, mark: str, paths: Iterable[str]) -> dict[str, bytes]:
    """``robots.txt`` and ``sitemap.xml``.

    Args:
        base_url: the address of the site's folder, with a slash at its end.
        mark: what shows whose files they are.
        paths: the files of the site; the pages among them are listed.
    """
    addresses = (path.removesuffix(HOME) if path == HOME else path for path in paths if path.endswith(".html"))
    base = base_url.replace("&", "&amp;")
    urls = "".join(f"<url><loc>{base}{quote(address)}</loc></url>\n" for address in addresses)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {mark} -->\n'
    sitemap = f'{head}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    robots = f"# {mark}\nUser-agent: *\nAllow: /\nSitemap: {base_url}sitemap.xml\n"
    return {"robots.txt": robots.encode(), "sitemap.xml": sitemap.encode()}

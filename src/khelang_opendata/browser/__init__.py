"""What the page in a browser calls: each call of the page is a call of what the command calls, with JSON around it."""

from khelang_opendata.browser.calls import answer as answer

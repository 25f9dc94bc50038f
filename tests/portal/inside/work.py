"""Do a portal's background jobs as `ckan jobs worker` does, all in one process; CKAN's own interpreter runs this.

python work.py INI: CKAN's configuration. A worker that starts a process for each job, in a session of its own, would
leave one behind when it is killed.
"""

from __future__ import annotations

import sys

from ckan.cli import load_config  # type: ignore[import-not-found]
from ckan.config.middleware import make_app  # type: ignore[import-not-found]
from ckan.lib.jobs import Worker  # type: ignore[import-not-found]
from rq import SimpleWorker  # type: ignore[import-not-found]


class OneProcess(Worker):  # type: ignore[misc]
    """CKAN's worker without processes of its own."""

    execute_job = SimpleWorker.execute_job


if __name__ == "__main__":
    make_app(load_config(sys.argv[1]))
    OneProcess().work()

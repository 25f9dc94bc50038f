"""Bringing a publication to a CKAN portal: whole or not at all, and again and again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from khelang_opendata.model.failures import EnvironmentFailure, Interrupted, KhelangError, PortalError
from khelang_opendata.portals.ckan.client import Client, cause_of_refusal
from khelang_opendata.portals.ckan.dataset import (
    PATH,
    RECORD,
    DatasetFile,
    Difference,
    Found,
    Target,
    changed_by_others,
    differences,
    keys_of,
    resource_id,
    target_of,
)
from khelang_opendata.portals.ckan.steps import Step, StepKind, next_step
from khelang_opendata.portals.ckan.survey import Survey
from khelang_opendata.portals.mapping import Metadata, metadata_of, resource_of
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.refusals import (
    MetadataRefused,
    PortalChanged,
    PortalConflict,
    PortalForbidden,
    PortalInvalid,
    PortalNotFound,
    PortalStoresOtherwise,
    PortalTooSlow,
    PublicationStopped,
)
from khelang_opendata.standard.tables import JsonObject

_AS_OFTEN = 3
"""How often the same step is taken; a portal that stores something else each time is not argued with."""

Progress = Callable[[Step], object]
"""Called with each step before it is taken."""


@dataclass(frozen=True)
class CurrentState:
    """Current and desired state of the dataset.

    Attributes:
        metadata: the metadata to send, and the reasons why the portal would refuse it.
        target: the dataset as it is to be.
        found: the current dataset; None if it does not exist or this token may not read it.
    """

    metadata: Metadata
    target: Target
    found: Found | None

    @property
    def differences(self) -> list[Difference]:
        """What is to be changed."""
        return differences(self.target, self.found)

    @property
    def by_others(self) -> list[Difference]:
        """The differences that someone else caused."""
        return changed_by_others(self.target, self.found) if self.found else []

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be sent."""
        return next_step(self.target, self.found) is None


@dataclass(frozen=True)
class Published:
    """What became of a publication: the dataset's address and id, and the steps taken (none if it was up to date)."""

    url: str
    dataset_id: str
    steps: tuple[Step, ...]


@dataclass
class _Work:
    """One publication under way: the hashes of the files as they were read back, and what was sent."""

    client: Client
    progress: Progress
    hashes: dict[str, str | None] = field(default_factory=dict)
    taken: list[Step] = field(default_factory=list)
    sent: bool = False
    last: Found | None = None

    def look(self, target: Target) -> Found | None:
        """Read the current dataset and download its files."""
        dataset = _shown(self.client, target.name)
        return self.read_back(dataset, target) if dataset else None

    def read_back(self, dataset: JsonObject, target: Target) -> Found:
        """The dataset with the hashes of our files; what was read before, and not sent since, is not read again."""
        found = Found(dataset, self.hashes)
        wanted = {resource_id(found.id, file.path) for file in target.files}
        ours = {str(resource["id"]) for resource in found.ours()} | wanted
        for resource in found.resources:
            if resource["id"] in ours and resource["id"] not in self.hashes:
                data = self.read(found, resource)
                self.hashes[resource["id"]] = hashlib.sha256(data).hexdigest() if data is not None else None
        present = {str(resource["id"]) for resource in found.resources}
        return Found(dataset, {id_: hash_ for id_, hash_ in self.hashes.items() if id_ in present})

    def read(self, found: Found, resource: JsonObject, *, anonymous: bool = False) -> bytes | None:
        """A file as the portal gives it."""
        self.progress(Step(StepKind.READ, "download", {}, path=str(resource.get(PATH, ""))))
        return _data_of(self.client, found, resource, anonymous=anonymous)

    def take(self, step: Step, target: Target, found: Found | None) -> Found:
        """Take one step and return the dataset after it."""
        self.progress(step)
        if step.path and found:
            self.hashes.pop(resource_id(found.id, step.path), None)
        self.sent = True
        result = self.client.post(step.action, step.payload, step.upload)
        self.taken.append(step)
        self.last = self.read_back(result if step.kind is StepKind.CREATE else result["package"], target)
        return self.last

    def reach(self, target: Target, found: Found | None, *, force: bool) -> Found:
        """Go on until the dataset is as it is to be.

        A step that failed may have been taken all the same: so the dataset is looked at again before the next.
        """
        failures, often = 0, Counter[tuple[StepKind, str | None]]()
        while step := next_step(target, found):
            try:
                found = self.take(step, target, found)
            except PortalError as error:
                failures += 1
                is_late = isinstance(error, PortalTooSlow)
                if not is_late:
                    self._wait_or_give_up(error, failures)
                found = self.look(target)
                _refuse_to_overwrite(target, found, force)
                if is_late and _is_same(next_step(target, found), step):
                    raise  # it was not taken, and would take as long again
                continue
            failures = 0
            often[step.kind, step.path] += 1
            if often[step.kind, step.path] > _AS_OFTEN:
                raise PortalStoresOtherwise(differences(target, found), target.name)
        assert found is not None, "a dataset that is not there is made"
        return found

    def _wait_or_give_up(self, error: PortalError, failures: int) -> None:
        patience = self.client.patience
        pause = max(patience.first_wait_seconds * 2 ** (failures - 1), error.retry_after)
        is_passing = error.transient or isinstance(error, PortalConflict)
        if failures >= patience.tries or not is_passing or pause > patience.longest_wait_seconds:
            raise error
        patience.sleep(pause)


def examine(
    client: Client,
    publication: Publication,
    portal: Survey,
    org_id: str,
    given: Mapping[str, str],
    progress: Progress,
) -> CurrentState:
    """Compare a publication with the current dataset on a portal; nothing is changed.

    Args:
        client: the portal; without a token, private datasets are not seen.
        publication: the desired content of the dataset.
        portal: what the portal demands.
        org_id: the id of the organisation there.
        given: further fields by name.
        progress: called with each file that is read.

    Raises:
        PortalError: the portal cannot be read.
    """
    metadata = metadata_of(publication, portal.scheme, portal.profile, org_id, given)
    files = [(d, resource_of(d, publication, portal.scheme)) for d in publication.distributions]
    target = target_of(str(publication.descriptor["name"]), metadata.fields, portal.scheme, files)
    return CurrentState(metadata, target, _Work(client, progress).look(target))


def publish(client: Client, state: CurrentState, org: str, *, force: bool, progress: Progress) -> Published:
    """Make a dataset what it is to be.

    Args:
        client: the portal, with a token that may write in the organisation.
        state: what :func:`examine` found.
        org: the organisation's name.
        force: whether what someone else changed is overwritten.
        progress: called with each step.

    Raises:
        MetadataRefused: the portal would refuse the metadata; nothing was sent.
        PortalChanged: someone else changed what would be overwritten.
        PublicationStopped: a step failed; holds the reason and the state of the dataset after it.
        PortalError: it failed before anything was changed.
    """
    target, found = state.target, state.found
    if state.metadata.problems:
        raise MetadataRefused(state.metadata.problems)
    _refuse_to_overwrite(target, found, force)
    # A portal has no transaction over several calls. Each step therefore follows from the current state of the dataset,
    # never from the step before, and a run that fails restores the state that it found, if that was whole.
    work = _Work(client, progress, dict(found.hashes) if found else {})
    is_whole = found is not None and not found.is_unfinished
    backup = _backup(client, target, found) if found and is_whole and next_step(target, found) else None
    try:
        done = work.reach(target, found, force=force)
    except KeyboardInterrupt:
        raise _stopped(work, state, backup, Interrupted()) from None
    except PortalForbidden as error:
        raise _stopped(work, state, backup, _reason_of(error, client, org)) from None
    except KhelangError as error:
        raise _stopped(work, state, backup, error) from None
    if work.taken:
        _see_that_all_may_read(work, target, done)
    return Published(f"{client.url}/dataset/{target.name}", done.id, tuple(work.taken))


def _shown(client: Client, name: str) -> JsonObject | None:
    try:
        dataset: JsonObject = client.get("package_show", {"id": name})
    except (PortalNotFound, PortalForbidden):
        return None
    if dataset.get("state") == "deleted":
        raise PortalInvalid("name_in_trash", {}, answer="state: deleted")
    return dataset


def _data_of(client: Client, found: Found, resource: JsonObject, *, anonymous: bool = False) -> bytes | None:
    """A file as the portal gives it, by the address that it is asked at, not the one that it believes to have."""
    name = str(resource.get("url") or "").rsplit("/", 1)[-1]
    if resource.get("url_type") != "upload" or not name:
        return None
    url = f"{client.url}/dataset/{found.id}/resource/{resource['id']}/download/{name}"
    try:
        return client.download(url, anonymous=anonymous)
    except PortalNotFound:
        return None


def _is_same(step: Step | None, other: Step) -> bool:
    return step is not None and (step.kind, step.path) == (other.kind, other.path)


def _refuse_to_overwrite(target: Target, found: Found | None, force: bool) -> None:
    if found and not force and (changes := changed_by_others(target, found)):
        raise PortalChanged(changes, name=target.name)


def _backup(client: Client, target: Target, found: Found) -> Target:
    """Return the current state as a target for a rollback: the dataset's fields and each of our files."""
    new = {resource_id(found.id, file.path): file for file in target.files}
    ours = {str(resource["id"]): str(resource.get(PATH)) for resource in found.ours()}
    paths = ours | {id_: file.path for id_, file in new.items()}
    names = {name for file in target.files for name in file.keys}
    files = []
    for resource in (r for r in found.resources if r["id"] in paths):
        id_, hash_ = str(resource["id"]), found.hashes.get(resource["id"])
        kept = id_ in new and new[id_].sha256 == hash_
        data = new[id_].data if kept else _data_of(client, found, resource)
        if data is not None:
            name, mediatype = str(resource["url"]).rsplit("/", 1)[-1], str(resource.get("mimetype") or "")
            sha256 = hashlib.sha256(data).hexdigest()
            keys = keys_of(resource, names if resource.get(RECORD) else names - {RECORD})
            files.append(DatasetFile(paths[id_], sha256, dict(keys), name, mediatype, data))
    return replace(target, fields=found.fields(target), files=tuple(files), private=found.is_private)


def _reason_of(refusal: PortalForbidden, client: Client, org: str) -> PortalError:
    """Why the portal refused, as far as it still answers."""
    try:
        return cause_of_refusal(client, refusal, org)
    except PortalError:
        return refusal


def _stopped(work: _Work, state: CurrentState, backup: Target | None, cause: KhelangError) -> KhelangError:
    """Build the error after attempting a rollback."""
    if not work.sent:
        return cause
    if backup and not isinstance(cause, PortalChanged | Interrupted):
        try:
            again = _Work(work.client, lambda _: None)
            again.reach(backup, again.look(backup), force=True)
        except (KhelangError, KeyboardInterrupt):
            pass
        else:
            return PublicationStopped("restored", cause, name=backup.name)
    return _left_behind(work, state, cause)


def _left_behind(work: _Work, state: CurrentState, cause: KhelangError) -> KhelangError:
    """Name the state of the dataset after a failed rollback."""
    target, before = state.target, state.found
    try:
        found = _Work(work.client, lambda _: None).look(target) or work.last or before
    except (KhelangError, KeyboardInterrupt):
        return PublicationStopped("unknown", cause, name=target.name)
    if found is None:
        return cause
    ids = {file.path: resource_id(found.id, file.path) for file in target.files}
    new = sum(found.hashes.get(ids[file.path]) == file.sha256 for file in target.files)
    variant = "public" if not found.is_private else "hidden" if before and before.record else "draft"
    return PublicationStopped(variant, cause, name=target.name, new=new, files=len(target.files))


def _see_that_all_may_read(work: _Work, target: Target, found: Found) -> None:
    """Read the dataset as anybody would; where that cannot be done, it is published all the same."""
    try:
        _check_that_all_may_read(work, target, found)
    except KeyboardInterrupt:
        raise PublicationStopped("unchecked", Interrupted(), name=target.name) from None
    except PortalError as error:
        raise PublicationStopped("unchecked", error, name=target.name) from None


def _check_that_all_may_read(work: _Work, target: Target, found: Found) -> None:
    """Compare every file that anybody gets with what was sent."""
    shown = work.client.get("package_show", {"id": target.name}, anonymous=True)
    resources = {str(resource["id"]): resource for resource in shown.get("resources") or ()}
    for file in target.files:
        data = work.read(found, resources.get(resource_id(found.id, file.path), {}), anonymous=True)
        if data is None or hashlib.sha256(data).hexdigest() != file.sha256:
            raise EnvironmentFailure("not_readable", name=target.name, path=file.path)

"""Publish to a CKAN portal: compare the dataset with a publication, and change it completely or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from khelang_opendata.model.failures import EnvironmentFailure, Interrupted, KhelangError, PortalError
from khelang_opendata.portals.ckan.client import Client, explain_forbidden
from khelang_opendata.portals.ckan.dataset import (
    PUBLISHED_FIELDS,
    CurrentDataset,
    DesiredDataset,
    DesiredResource,
    Difference,
    changed_by_others,
    comparable_fields,
    desired_dataset,
    differences,
    resource_id,
)
from khelang_opendata.portals.ckan.portal_info import PortalInfo
from khelang_opendata.portals.ckan.steps import Step, StepKind, next_step
from khelang_opendata.portals.mapping import Metadata, map_metadata
from khelang_opendata.portals.portal_failures import (
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
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.resources import map_resource
from khelang_opendata.published.portal_resources import PATH
from khelang_opendata.standard.tables import JsonObject

_MAX_REPEATS = 3
"""The limit of a step that succeeds and changes nothing: the portal then stores other values than those sent."""

Progress = Callable[[Step], object]
"""Called with each step before it is executed."""


@dataclass(frozen=True)
class DatasetState:
    """The desired and the current state of a dataset.

    Attributes:
        metadata: the metadata to send, with the problems that the portal would refuse.
        desired: the desired state.
        current: the current state; None if the dataset does not exist or the token may not read it.
    """

    metadata: Metadata
    desired: DesiredDataset
    current: CurrentDataset | None

    @property
    def differences(self) -> list[Difference]:
        """All differences between the current and the desired state."""
        return differences(self.desired, self.current)

    @property
    def by_others(self) -> list[Difference]:
        """The differences that someone else made."""
        return changed_by_others(self.desired, self.current) if self.current else []

    @property
    def is_current(self) -> bool:
        """Whether the dataset has the desired state."""
        return next_step(self.desired, self.current) is None


@dataclass(frozen=True)
class Published:
    """The outcome of a publication: the dataset's address and id, and the steps (none if it was up to date)."""

    url: str
    dataset_id: str
    steps: tuple[Step, ...]


@dataclass
class _Run:
    """The requests of one publication.

    Attributes:
        hashes: the hashes of the downloaded files, by resource id.
        steps: the executed steps.
        has_written: whether a request that writes was sent, successful or not.
        last: the dataset after the last successful step.
    """

    client: Client
    progress: Progress
    hashes: dict[str, str | None] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    has_written: bool = False
    last: CurrentDataset | None = None

    def read_dataset(self, desired: DesiredDataset) -> CurrentDataset | None:
        """Read the current dataset and download its files."""
        package = _read_package(self.client, desired.name)
        return self._with_hashes(package, desired) if package else None

    def _with_hashes(self, package: JsonObject, desired: DesiredDataset) -> CurrentDataset:
        """Download the managed files and hash them; a file that did not change since the last download is skipped."""
        current = CurrentDataset(package, self.hashes)
        ids = {str(resource["id"]) for resource in current.managed_resources}
        ids |= {resource_id(current.id, file.path) for file in desired.resources}
        for resource in current.resources:
            if resource["id"] in ids and resource["id"] not in self.hashes:
                data = self.download(current, resource)
                self.hashes[resource["id"]] = _sha256(data) if data is not None else None
        present = {str(resource["id"]) for resource in current.resources}
        return CurrentDataset(package, {id_: hash_ for id_, hash_ in self.hashes.items() if id_ in present})

    def download(self, current: CurrentDataset, resource: JsonObject, *, anonymous: bool = False) -> bytes | None:
        self.progress(Step(StepKind.READ, "download", {}, path=str(resource.get(PATH, ""))))
        return _download(self.client, current, resource, anonymous=anonymous)

    def execute(self, step: Step, desired: DesiredDataset, current: CurrentDataset | None) -> CurrentDataset:
        """Execute one step and return the dataset after it."""
        self.progress(step)
        if step.path and current:
            self.hashes.pop(resource_id(current.id, step.path), None)
        self.has_written = True
        result = self.client.post(step.action, step.payload, step.upload)
        self.steps.append(step)
        self.last = self._with_hashes(result if step.kind is StepKind.CREATE else result["package"], desired)
        return self.last

    def execute_all(self, desired: DesiredDataset, current: CurrentDataset | None, *, force: bool) -> CurrentDataset:
        """Execute steps until the dataset has the desired state.

        A write that failed may have been executed, and repeating it could conflict or duplicate. So the dataset is
        read again after each failure, and the next step follows from what it shows.
        """
        failures, repeats = 0, Counter[tuple[StepKind, str | None]]()
        while step := next_step(desired, current):
            try:
                current = self.execute(step, desired, current)
            except PortalError as error:
                failures += 1
                timed_out = isinstance(error, PortalTooSlow)
                if not timed_out:
                    self._delay_or_raise(error, failures)
                current = self.read_dataset(desired)
                _refuse_to_overwrite(desired, current, force)
                if timed_out and _is_same(next_step(desired, current), step):
                    raise  # the portal did not execute it, and a second attempt would take as long
                continue
            failures = 0
            repeats[step.kind, step.path] += 1
            if repeats[step.kind, step.path] > _MAX_REPEATS:
                raise PortalStoresOtherwise(differences(desired, current), desired.name)
        assert current is not None, "the first step creates a dataset that does not exist"
        return current

    def _delay_or_raise(self, error: PortalError, failures: int) -> None:
        policy = self.client.policy
        delay = max(policy.first_delay_seconds * 2 ** (failures - 1), error.retry_after)
        may_pass = error.transient or isinstance(error, PortalConflict)
        if failures >= policy.attempts or not may_pass or delay > policy.max_delay_seconds:
            raise error
        policy.sleep(delay)


def compare_dataset(
    client: Client,
    publication: Publication,
    portal: PortalInfo,
    org_id: str,
    given: Mapping[str, str],
    progress: Progress,
) -> DatasetState:
    """Compare a publication with the current dataset of a portal; nothing is changed.

    Args:
        client: the portal's client; without a token, a private dataset seems not to exist.
        publication: the desired content.
        portal: the portal's schema and profile.
        org_id: the organisation's id on the portal.
        given: further values by field name.
        progress: called with each file that is downloaded.

    Raises:
        PortalInvalid: the dataset is in the portal's trash.
        PortalError: the portal cannot be read.
    """
    metadata = map_metadata(publication, portal.schema, portal.profile, org_id, given)
    files = [(d, map_resource(d, publication, portal.schema)) for d in publication.distributions]
    desired = desired_dataset(str(publication.descriptor["name"]), metadata.fields, portal.schema, files)
    return DatasetState(metadata, desired, _Run(client, progress).read_dataset(desired))


def publish_dataset(client: Client, state: DatasetState, org: str, *, force: bool, progress: Progress) -> Published:
    """Bring a dataset to its desired state.

    If a step fails, the previous state is restored, so that readers never see a half changed dataset. A draft
    that was never public stays: the next run continues from it.

    Args:
        client: the portal's client, with a token that may write in the organisation.
        state: the result of :func:`compare_dataset`.
        org: the organisation's name.
        force: whether to overwrite the changes of other people.
        progress: called with each step.

    Returns:
        The dataset's address and the executed steps.

    Raises:
        MetadataRefused: the portal would refuse the metadata; nothing was sent.
        PortalChanged: someone else changed values that would be overwritten; nothing was sent.
        PublicationStopped: a step failed; its ``cause`` is the reason, its variant the state of the dataset now.
        EnvironmentFailure: the dataset is published, but a file cannot be downloaded without a login.
        PortalError: a step failed before anything was changed.
    """
    desired, current = state.desired, state.current
    if state.metadata.problems:
        raise MetadataRefused(state.metadata.problems)
    _refuse_to_overwrite(desired, current, force)
    run = _Run(client, progress, dict(current.hashes) if current else {})
    is_complete = current is not None and not current.is_unfinished
    backup = _backup(client, desired, current) if current and is_complete and next_step(desired, current) else None
    try:
        reached = run.execute_all(desired, current, force=force)
    except KeyboardInterrupt:
        raise _failure_after_rollback(run, state, backup, Interrupted()) from None
    except PortalForbidden as error:
        raise _failure_after_rollback(run, state, backup, _reason(error, client, org)) from None
    except KhelangError as error:
        raise _failure_after_rollback(run, state, backup, error) from None
    if run.steps:
        _check_public_access(run, desired, reached)
    return Published(f"{client.url}/dataset/{desired.name}", reached.id, tuple(run.steps))


def _read_package(client: Client, name: str) -> JsonObject | None:
    try:
        package: JsonObject = client.get("package_show", {"id": name})
    except (PortalNotFound, PortalForbidden):
        return None
    if package.get("state") == "deleted":
        raise PortalInvalid("name_in_trash", {}, answer="state: deleted")
    return package


def _download(
    client: Client, current: CurrentDataset, resource: JsonObject, *, anonymous: bool = False
) -> bytes | None:
    """Download a resource's file; None if it is a link or the portal does not deliver it.

    The address is built from the client's: the one that CKAN reports follows ``ckan.site_url``, which is often wrong
    behind a proxy.
    """
    name = str(resource.get("url") or "").rsplit("/", 1)[-1]
    if resource.get("url_type") != "upload" or not name:
        return None
    url = f"{client.url}/dataset/{current.id}/resource/{resource['id']}/download/{name}"
    try:
        return client.download(url, anonymous=anonymous)
    except PortalNotFound:
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is_same(step: Step | None, other: Step) -> bool:
    return step is not None and (step.kind, step.path) == (other.kind, other.path)


def _refuse_to_overwrite(desired: DesiredDataset, current: CurrentDataset | None, force: bool) -> None:
    if current and not force and (changes := changed_by_others(desired, current)):
        raise PortalChanged(changes, name=desired.name)


def _backup(client: Client, desired: DesiredDataset, current: CurrentDataset) -> DesiredDataset:
    """Return the current state as a desired state for a rollback: the fields and the managed files.

    Files are downloaded before the first step, because CKAN keeps no old version of a file.
    """
    new = {resource_id(current.id, file.path): file for file in desired.resources}
    paths = {str(resource["id"]): str(resource.get(PATH)) for resource in current.managed_resources}
    paths |= {id_: file.path for id_, file in new.items()}
    names = {name for file in desired.resources for name in file.fields}
    files = []
    for resource in (r for r in current.resources if r["id"] in paths):
        id_ = str(resource["id"])
        is_unchanged = id_ in new and new[id_].sha256 == current.hashes.get(id_)
        data = new[id_].data if is_unchanged else _download(client, current, resource)
        if data is not None:
            name, mediatype = str(resource["url"]).rsplit("/", 1)[-1], str(resource.get("mimetype") or "")
            compared = names if resource.get(PUBLISHED_FIELDS) else names - {PUBLISHED_FIELDS}
            fields = comparable_fields(resource, compared)
            files.append(DesiredResource(paths[id_], _sha256(data), dict(fields), name, mediatype, data))
    return replace(desired, fields=current.fields(desired), resources=tuple(files), private=current.is_private)


def _reason(refusal: PortalForbidden, client: Client, org: str) -> PortalError:
    """Return why the portal refused a write, or the refusal itself if the portal no longer responds."""
    try:
        return explain_forbidden(client, refusal, org)
    except PortalError:
        return refusal


def _failure_after_rollback(
    run: _Run, state: DatasetState, backup: DesiredDataset | None, cause: KhelangError
) -> KhelangError:
    """Restore the previous state if possible, and return the failure that names the dataset's state now.

    There is no rollback after Ctrl-C, because the user wants to stop, nor if someone else changed the dataset during
    the publication, because it would overwrite that change.
    """
    if not run.has_written:
        return cause
    if backup and not isinstance(cause, PortalChanged | Interrupted):
        try:
            rollback = _Run(run.client, lambda _: None)
            rollback.execute_all(backup, rollback.read_dataset(backup), force=True)
        except (KhelangError, KeyboardInterrupt):
            pass
        else:
            return PublicationStopped("restored", cause, name=backup.name)
    return _failure_with_state(run, state, cause)


def _failure_with_state(run: _Run, state: DatasetState, cause: KhelangError) -> KhelangError:
    """Return the failure that names the dataset's state after a failed rollback or without one."""
    desired, before = state.desired, state.current
    try:
        current = _Run(run.client, lambda _: None).read_dataset(desired) or run.last or before
    except (KhelangError, KeyboardInterrupt):
        return PublicationStopped("unknown", cause, name=desired.name)
    if current is None:
        return cause
    new = sum(current.hashes.get(resource_id(current.id, file.path)) == file.sha256 for file in desired.resources)
    variant = "public" if not current.is_private else "hidden" if before and before.published_fields else "draft"
    return PublicationStopped(variant, cause, name=desired.name, new=new, files=len(desired.resources))


def _check_public_access(run: _Run, desired: DesiredDataset, current: CurrentDataset) -> None:
    """Download every file without the token and compare it: a portal may publish metadata and protect files.

    If the check itself fails, the failure says that the dataset is published but unchecked.
    """
    try:
        package = run.client.get("package_show", {"id": desired.name}, anonymous=True)
        resources = {str(resource["id"]): resource for resource in package.get("resources") or ()}
        for file in desired.resources:
            data = run.download(current, resources.get(resource_id(current.id, file.path), {}), anonymous=True)
            if data is None or _sha256(data) != file.sha256:
                raise EnvironmentFailure("not_readable", name=desired.name, path=file.path)
    except KeyboardInterrupt:
        raise PublicationStopped("unchecked", Interrupted(), name=desired.name) from None
    except PortalError as error:
        raise PublicationStopped("unchecked", error, name=desired.name) from None

"""One submit, from the first attempt to an answer: which form, which spelling, which next.

A script without I/O: the caller sends `call`, and hands a refusal to `refused` until there is an
answer or nothing is left to try. Only refusals lead on; what is not known to be refused is never
followed by another attempt, for it may have been accepted.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bytespike_cli.wire.causes import Cause
from bytespike_cli.wire.classify import Failure
from bytespike_cli.wire.media_slug import Surface, spellings
from bytespike_cli.wire.tasks import Call, SubmitForm, next_submit, speaks_of_params, submit

_SPELLED_OTHERWISE = (Cause.UNKNOWN_MODEL, Cause.MODEL_NOT_IN_GROUP)


class Submission:
    """The attempts at one task.

    `model` is what was asked for, `catalogue` what the key reaches (None: not known), `params`
    gives the parameters for a surface. `form` is tried first; `may_change` False keeps to its
    surface. The slug of the first attempt may be pinned with `slug`, to repeat a submit exactly.
    """

    def __init__(
        self,
        model: str,
        params: Callable[[Surface], Mapping[str, Any]],
        out_task_id: str,
        *,
        catalogue: Sequence[str] | None = None,
        form: SubmitForm = SubmitForm.NESTED,
        slug: str = "",
        may_change: bool = True,
    ) -> None:
        self._asked = model
        self._params = params
        self._catalogue = catalogue
        self._may_change = may_change
        self._failure: Failure | None = None
        self._tried: set[tuple[SubmitForm, str]] = set()
        self.out_task_id = out_task_id
        self.form = form
        self.slug = slug or self._first_slug()

    @property
    def surface(self) -> Surface:
        """The surface of the present attempt."""
        return Surface.VIDEOS if self.form is SubmitForm.VIDEOS else Surface.TASKS

    @property
    def call(self) -> Call:
        """The request of the present attempt."""
        return submit(self.form, self.slug, self._params(self.surface), self.out_task_id)

    @property
    def failure(self) -> Failure | None:
        """The refusal that tells most, once `refused` has given up."""
        return self._failure

    def refused(self, failure: Failure) -> bool:
        """Note a refusal; return whether there is another attempt to send."""
        self._tried.add((self.form, self.slug))
        if self._failure is None or not speaks_of_params(failure):
            # "params is missing" is the answer to our second form, not to the user's request.
            self._failure = failure
        return self._spell_otherwise(failure) or self._write_otherwise(failure)

    def _spell_otherwise(self, failure: Failure) -> bool:
        if failure.cause not in _SPELLED_OTHERWISE:
            return False
        for slug in spellings(self._asked, self._catalogue, self.surface):
            if (self.form, slug) not in self._tried:
                self.slug = slug
                return True
        return False

    def _write_otherwise(self, failure: Failure) -> bool:
        then = next_submit(self.form, failure, self._params(self.surface))
        if then is None or any(form is then for form, _ in self._tried):
            return False
        changes = (then is SubmitForm.VIDEOS) != (self.form is SubmitForm.VIDEOS)
        if changes and not self._may_change:
            return False
        self.form = then
        if changes:
            self.slug = self._first_slug()
        return True

    def _first_slug(self) -> str:
        return next(iter(spellings(self._asked, self._catalogue, self.surface)), self._asked)

"""New lesions under iRECIST: Seymour et al., Lancet Oncol 2017;18:e143-e152."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.reference import combined
from tests.reference import reading as r
from tests.reference.reading import Json

GREW = ("increased", "unequivocal_pd")


@dataclass(frozen=True)
class News:
    """The new lesions of a course.

    Attributes
    ----------
    start
        The visit after the last that showed no disease at all: what came before is
        forgotten.
    """

    patient: Json
    scope: str
    start: int

    def told(self, k: int) -> dict[str, Json]:
        """Return what a visit says of new lesions, by name."""
        visit = r.visits(self.patient)[k]
        news = combined.new_ones(self.patient, self.scope, visit)
        return {new["id"]: new for new in news}

    def definite(self, k: int) -> dict[str, Json]:
        """Return the definite new lesions of a visit by name."""
        told = self.told(k)
        return {name: told[name] for name in told if told[name]["status"] == "definite"}

    def known(self, k: int) -> set[str]:
        """Return the new lesions that were definite before a visit."""
        return {name for j in range(self.start, k) for name in self.definite(j)}

    def known_there(self, k: int) -> bool:
        """Return whether a known new lesion is there: definite now."""
        return bool(self.known(k) & set(self.definite(k)))

    def further(self, k: int, since: int) -> bool:
        """Return whether a visit shows a new lesion not known before visit `since`."""
        return bool(set(self.definite(k)) - self.known(since))

    def may_be_there(self, k: int, name: str) -> bool:
        """Return whether a lesion was definite, and has not resolved since."""
        said = [
            self.told(j)[name]["status"]
            for j in range(self.start, k + 1)
            if name in self.told(j)
        ]
        sure = [status for status in said if status != "equivocal"]
        return bool(sure) and sure[-1] == "definite"

    def silent(self, k: int) -> set[str]:
        """Return the known new lesions that were not evaluated.

        Nothing is said of it, or neither size nor change of one followed by size.
        """
        now = self.definite(k)
        told = self.told(k)
        return {
            name
            for name in self.known(k)
            if (name not in told and self.may_be_there(k - 1, name))
            or (
                name in now
                and self.by_size(name)
                and "mm" not in now[name]
                and "change" not in now[name]
            )
        }

    def by_size(self, name: str) -> bool:
        """Return whether a new lesion is followed by its size, as when it came."""
        every = News(self.patient, self.scope, 0)
        for k in range(len(r.visits(self.patient))):
            new = every.definite(k).get(name)
            if new is not None:
                if "kind" in new:
                    return new["kind"] == "target"
                floor = 15 if new.get("nodal") else 10
                return "mm" in new and r.exact(new["mm"]) >= floor
        return False

    def size(self, k: int, name: str) -> Fraction | None:
        """Return the size of a known lesion: 0 once it resolved, None: not known."""
        new = self.definite(k).get(name, {})
        if "mm" in new:
            return r.exact(new["mm"])
        return None if self.may_be_there(k, name) else Fraction(0)

    def sized(self, k: int) -> set[str]:
        """Return the new lesions followed by size that came up to a visit."""
        return {name for name in self.known(k + 1) if self.by_size(name)}

    def measured_now(self, k: int, names: set[str]) -> dict[str, Fraction]:
        """Return the size of each lesion that is there and was measured."""
        now = self.definite(k)
        return {
            name: r.exact(now[name]["mm"])
            for name in names
            if name in now and "mm" in now[name]
        }

    def smallest(self, k: int) -> Fraction | None:
        """Return the smallest complete sum before a visit.

        Each lesion counts from the size with which it came, also in sums from before.
        """
        sums: list[Fraction] = []
        for j in range(self.start, k):
            later = self.sized(k - 1) - self.sized(j)
            sizes = [self.size(j, name) for name in self.sized(j)]
            sizes += [self.first_size(name) for name in later]
            total = r.whole_sum(sizes)
            if total is not None:
                sums.append(total)
        return min(sums, default=None)

    def first_size(self, name: str) -> Fraction | None:
        """Return the size with which a lesion came."""
        came = next(
            j
            for j in range(self.start, len(r.visits(self.patient)))
            if name in self.definite(j)
        )
        return self.size(came, name)

    def progressed(self, k: int) -> bool:
        """Return whether known new lesions progress by the rules for old ones."""
        known, now = self.known(k), self.definite(k)
        if any(now[n].get("change") == "unequivocal_pd" for n in known & set(now)):
            return True
        sizes = self.measured_now(k, {name for name in known if self.by_size(name)})
        total, least = sum(sizes.values(), Fraction(0)), self.smallest(k)
        if least is None or not sizes:
            return False
        return 5 * total >= 6 * least and total - least >= 5

    def grew(self, k: int, opened: int) -> bool:
        """Return whether the new lesions of an iUPD grew: by 5 mm in sum, or by eye."""
        sizes: dict[str, Fraction] = {}
        for name in self.sized(opened):
            known = [self.size(j, name) for j in range(opened, k)]
            first = next((mm for mm in known if mm is not None), None)
            if first is not None:
                sizes[name] = first
        now = sum(self.measured_now(k, set(sizes)).values(), Fraction(0))
        if sizes and now - sum(sizes.values(), Fraction(0)) >= 5:
            return True
        names = self.known(opened + 1) & set(self.definite(k))
        return any(self.grew_by_eye(k, name) for name in names)

    def grew_by_eye(self, k: int, name: str) -> bool:
        """Return whether a lesion judged by eye grew: by the word, then by length."""
        new = self.definite(k)[name]
        if self.by_size(name) and "mm" in new:
            return False
        if "change" in new:
            return new["change"] in GREW
        before = [self.told(j).get(name, {}) for j in range(self.start, k)]
        lengths = [r.exact(one["mm"]) for one in before if "mm" in one]
        return bool(lengths) and "mm" in new and r.exact(new["mm"]) > lengths[-1]

"""The doctor: checks as data, run in parallel, and the one cause named first (design section 8).

How to add a check:

1. Write a probe in the file of its family in `checks/`: a function that takes a `Case` and yields
   `Finding`s. It is plain synchronous code, in a thread of its own. What it needs of the world
   comes from the case: `case.env`, `case.settings`, `case.credential`, `case.origin`,
   `case.client`; time that is left from `case.within(limit_s)`. A `BytespikeError` that it raises
   becomes an error finding with that cause and fix; running out of time becomes `unknown`.
2. Ask once: `case.memo("name", make)` gives every check the same answer; the gateway's answers are
   functions of `asked.py`. No check makes a request that another one has made.
3. Add a `Check` to the `CHECKS` of that file: `needs` are ids of checks without which it can learn
   nothing (it is then "not tried", and says because of what), `network` and `billable` let
   `--offline` and `--no-billable` leave it out, `clients` ties it to `--client NAME`.
4. Findings have ids of their own, `family.cause`, such as `network.dns`: stable, for `--json` and
   the corpus. Every one that is not `ok` has evidence (what was seen), a sentence (the cause) and
   a fix (a command, or an exact instruction); a safe local cure goes along as `repair`.
5. A finding that is the reason of others says so in `explains` (ids of findings or checks, or
   their family): these are then told after it, and never as the first thing to do.

The order in which causes are named is in `verdict.py`.
"""

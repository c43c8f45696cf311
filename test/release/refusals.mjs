/** Why a version must not go out: facts about the checkout in, reasons out. */

/**
 * `refused` holds for a rehearsal too, `open` is to be done before the real thing. `status` is git's short one,
 * `tagged` the commit of the version's tag, if there is one, and `head` the one that is checked out.
 */
export function refusals({ manifest, changelog, status, tagged, head }) {
  const { version, repository } = manifest;
  const entry = entryOf(changelog, version);
  const refused = [];
  const open = [];
  if (status.trim() !== '') refused.push(`there are changes that are not committed:\n${status.trimEnd()}`);
  if (entry === undefined) refused.push(`CHANGELOG.md has no entry for ${version}`);
  if (entry !== undefined && entry.text === '')
    refused.push(`the entry for ${version} in CHANGELOG.md is empty`);
  // The job that publishes runs on the tag, so the tag may be there, on this very commit.
  if (tagged !== undefined && tagged !== head)
    refused.push(`v${version} is the tag of another commit: raise the version`);
  if (entry !== undefined && !/ - \d{4}-\d\d-\d\d$/.test(entry.title)) {
    open.push(`CHANGELOG.md: the day of ${version}, in place of what stands behind it`);
  }
  if (repository === undefined) open.push('package.json: `repository`, which provenance is checked against');
  return { refused, open };
}

/** What npm warns of while it publishes, other than that nobody is logged in. */
export function unexpectedWarnings(stderr) {
  return stderr
    .split(/\r?\n/)
    .filter((line) => /^npm warn publish\b/i.test(line))
    .filter((line) => !/ requires you to be logged in to /.test(line));
}

/** From `## [1.2.3] - 2026-01-31` to the next version. */
function entryOf(changelog, version) {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((text) => text.startsWith(`## [${version}]`));
  if (section === undefined) return undefined;
  const [title, ...lines] = section.split('\n');
  return {
    title: title.trimEnd(),
    text: lines
      .join('\n')
      .replace(/^### .*$/gm, '')
      .trim(),
  };
}

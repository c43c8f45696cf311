/** Copied beside what is installed, and started as a process of its own: what does one `require` take? */

const before = memory();
const began = performance.now();
require(process.argv[2]);
const milliseconds = performance.now() - began;
const { rss } = process.memoryUsage();
const after = memory();
process.stdout.write(
  JSON.stringify({ milliseconds, rss: rss - before.rss, heap: after.heapUsed - before.heapUsed }),
);

/** Without what is garbage already. */
function memory() {
  gc();
  return process.memoryUsage();
}

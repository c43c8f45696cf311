/** Copied beside what is installed, and started as a process of its own: what does one `require` take? */

const before = memory();
const work = process.cpuUsage();
const began = performance.now();
require(process.argv[2]);
const milliseconds = performance.now() - began;
const { user, system } = process.cpuUsage(work);
const { rss } = process.memoryUsage();
const after = memory();
process.stdout.write(
  JSON.stringify({
    milliseconds,
    cpu: (user + system) / 1000,
    rss: rss - before.rss,
    heap: after.heapUsed - before.heapUsed,
  }),
);

/** Without what is garbage already. */
function memory() {
  gc();
  return process.memoryUsage();
}

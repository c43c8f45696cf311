/** Prints what a bench found, for people. */

export function print({ name, method, rows, goals, notes, seed, circumstances }) {
  const { node, platform, cores, load, loadAfter, versions } = circumstances;
  console.log(`\n${name}: ${method}\n`);
  console.log(table(rows));
  console.log('');
  for (const { what, figure, goal, met } of goals) {
    console.log(`${met ? 'ok    ' : 'MISSED'}  ${what}: ${figure} (goal: ${goal})`);
  }
  for (const note of notes) console.log(`        ${note}`);
  const named = Object.entries(versions).map(([peer, version]) => `${peer} ${version}`);
  console.log(`\n${named.join(', ')}`);
  console.log(`Node ${node}, ${platform}, ${cores} cores, seed ${seed}`);
  console.log(`load before ${load.join(' ')}, after ${loadAfter.join(' ')}\n`);
}

/** `rows` have the same keys; the first column reads from the left, the others are figures. */
function table(rows) {
  const titles = Object.keys(rows[0]);
  const lines = [titles, ...rows.map((row) => titles.map((title) => String(row[title] ?? '–')))];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const padded = lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))),
  );
  const ruler = widths.map((width) => '-'.repeat(width));
  return [padded[0], ruler, ...padded.slice(1)].map((line) => line.join('  ')).join('\n');
}

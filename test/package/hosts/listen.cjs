/** Serves a host on a free port, says where, and ends with whoever started it. */

'use strict';

exports.listen = (app) => {
  const server = app.listen(0, '127.0.0.1', () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`);
  });
  process.stdin.once('end', () => process.exit()).resume();
  return server;
};

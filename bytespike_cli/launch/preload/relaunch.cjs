// gemini-cli ends with status 199 when it wants to be started again (a folder was trusted, a setting
// needs a restart). Stock gemini keeps a parent process for that; we start without one, which is what
// makes us faster, and become the parent only if it comes to that.
'use strict';
process.on('exit', (status) => {
  if (status !== 199) return;
  const { spawnSync } = require('node:child_process');
  const again = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exitCode = again.status ?? 1;
});

/**
 * Preloaded into a server that runs in a process group of its own: when the process that started it is gone, however
 * it ended, the server is told to stop as anybody would tell it. Otherwise it would hold its port for ever.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

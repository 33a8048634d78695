/**
 * Preloaded into a server that runs in a process group of its own: when the process that started it is gone, however
 * it ended, the server stops as on a signal. Otherwise it would keep its port.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

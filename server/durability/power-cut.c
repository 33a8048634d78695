/*
 * Preloaded into a server (LD_PRELOAD): what is on the disk for good. After each fsync of a file in POWER_CUT_FOLDER its
 * content is copied to a shadow of the same name in POWER_CUT_SHADOWS. When the server is killed, the shadows are what
 * a power cut at that moment leaves at the least; kill -9 alone loses nothing, for the page cache outlives the process.
 *
 * SQLite in WAL mode syncs by fsync (fdatasync in some builds) and takes files away by unlink, which is counted as
 * durable at once. It maps only its -shm file, which is rebuilt from the WAL and never synced: it has no shadow.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A copy that fails would make the test believe in a loss, or in none: nothing goes on after it. */
static void die(const char *what) {
  perror(what);
  abort();
}

/* Answers whether the path lies in the folder; then `shadow` is the path of its shadow. */
static int find_shadow(const char *path, char shadow[PATH_MAX]) {
  const char *folder = getenv("POWER_CUT_FOLDER");
  const char *shadows = getenv("POWER_CUT_SHADOWS");
  if (!folder || !shadows) return 0;
  size_t length = strlen(folder);
  if (strncmp(path, folder, length) != 0 || path[length] != '/') return 0;
  return snprintf(shadow, PATH_MAX, "%s/%s", shadows, path + length + 1) < PATH_MAX;
}

/* Reads through the caller's descriptor: closing another one of the same file would drop SQLite's locks. */
static void copy(int from, const char *shadow) {
  static char block[1 << 16];
  char unfinished[PATH_MAX + 8];
  snprintf(unfinished, sizeof unfinished, "%s.new", shadow);
  int to = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (to < 0) die(unfinished);
  off_t at = 0;
  ssize_t count;
  while ((count = pread(from, block, sizeof block, at)) > 0) {
    if (write(to, block, (size_t)count) != count) die(unfinished);
    at += count;
  }
  if (count < 0 || close(to) != 0 || rename(unfinished, shadow) != 0) die(shadow);
}

static int keep(int fd, int result) {
  char link[64], path[PATH_MAX], shadow[PATH_MAX];
  struct stat stats;
  if (result != 0 || fstat(fd, &stats) != 0 || !S_ISREG(stats.st_mode)) return result;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return result;
  path[length] = '\0';
  if (find_shadow(path, shadow)) copy(fd, shadow);
  return result;
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  return keep(fd, real(fd));
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  return keep(fd, real(fd));
}

int unlink(const char *path) {
  static int (*real)(const char *);
  char shadow[PATH_MAX];
  if (!real) real = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
  int result = real(path);
  if (result == 0 && find_shadow(path, shadow)) real(shadow);
  return result;
}

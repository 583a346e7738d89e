/* Preloaded by test_torn.py: ends the process within one of its writes to a day file, as a
   kill -9 does that comes while the kernel copies: the first page is there, the rest is not. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096

static long left = 0; /* writes until the torn one, which is the last; 0: none is torn */

void tear_after(long writes) { left = writes; }

static int is_due(int handle) {
    char link[64], path[4096];
    ssize_t length;
    if (left == 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, ".duckdb") != NULL && --left == 0;
}

static size_t first_part(size_t size) { return size > PAGE ? PAGE : size / 2; }

static void end(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

ssize_t pwrite64(int handle, const void *data, size_t size, off64_t place) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
    if (!is_due(handle)) return real(handle, data, size, place);
    real(handle, data, first_part(size), place);
    end();
    return -1;
}

ssize_t pwrite(int handle, const void *data, size_t size, off_t place) {
    return pwrite64(handle, data, size, place);
}

ssize_t write(int handle, const void *data, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    if (!is_due(handle)) return real(handle, data, size);
    real(handle, data, first_part(size));
    end();
    return -1;
}

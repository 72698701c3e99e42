#include "cmd/gantry-local/memuse.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "base/util.h"

#define TEXT_MAX 16384

/* ---- one process ---- */

static void read_proc(struct str *text, pid_t pid, const char *name)
{
    AUTO_FREE char *path = xasprintf("/proc/%d/%s", (int)pid, name);

    str_init(text, TEXT_MAX);
    (void)str_read_file(text, path, NULL); /* one that has ended keeps nothing */
}

/* The sum of lines "Name:   123 kB". */
static int64_t sum_kib(const char *text, const char *const *names, size_t n)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        const char *at = strstr(text, names[i]);

        if (at)
            sum += strtoll(at + strlen(names[i]), NULL, 10);
    }
    return sum;
}

static int64_t bound_kib(pid_t pid)
{
    static const char *const names[] = {"\nRssAnon:", "\nRssShmem:", "\nVmSwap:"};
    STR_AUTO struct str text;

    read_proc(&text, pid, "status");
    return text.len > 0 ? sum_kib(text.s, names, ARRAY_LEN(names)) : 0;
}

static int64_t exact_kib(pid_t pid)
{
    static const char *const names[] = {"\nPss_Anon:", "\nPss_Shmem:", "\nSwapPss:"};
    STR_AUTO struct str text;

    read_proc(&text, pid, "smaps_rollup");
    return text.len > 0 ? sum_kib(text.s, names, ARRAY_LEN(names)) : 0;
}

/* The sixth word; the second, in brackets, may have any character in it. */
static pid_t session_of(pid_t pid)
{
    STR_AUTO struct str text;
    const char *at;
    int sid = 0;

    read_proc(&text, pid, "stat");
    at = text.len > 0 ? strrchr(text.s, ')') : NULL;
    if (!at || sscanf(at, ") %*c %*d %*d %d", &sid) != 1)
        return 0;
    return (pid_t)sid;
}

/* ---- whose it is ---- */

/* A group as it is looked for. */
struct wanted {
    struct stat ns;
    bool has_ns;
    pid_t sid;
};

static struct wanted want(const struct memuse_group *g)
{
    struct wanted w = {.sid = g->sid};

    w.has_ns = g->ns_fd >= 0 && fstat(g->ns_fd, &w.ns) == 0;
    return w;
}

/* A process as it is sorted. */
struct process {
    pid_t pid;
    struct stat ns;
    pid_t sid; /* -1: not read yet, since that is dear and seldom needed */
};

static bool is_in(const struct wanted *w, struct process *p)
{
    if (w->has_ns)
        return w->ns.st_dev == p->ns.st_dev && w->ns.st_ino == p->ns.st_ino;
    if (p->sid < 0)
        p->sid = session_of(p->pid);
    return p->sid == w->sid;
}

/* Index of the first group that it belongs to; n: none. */
static size_t find(const struct wanted *list, size_t n, pid_t pid)
{
    AUTO_FREE char *path = xasprintf("/proc/%d/ns/mnt", (int)pid);
    struct process p = {.pid = pid, .sid = -1};
    size_t i = 0;

    if (stat(path, &p.ns) < 0) /* it has ended, or is another user's */
        return n;
    while (i < n && !is_in(&list[i], &p))
        i++;
    return i;
}

static void each_of(const struct memuse_group *groups, size_t n,
                    int64_t (*kib)(pid_t pid), int64_t *ret_bytes)
{
    struct wanted *list = xcalloc(n + 1, sizeof(*list));
    DIR *proc = opendir("/proc");
    const struct dirent *e;

    for (size_t i = 0; i < n; i++) {
        list[i] = want(&groups[i]);
        ret_bytes[i] = 0;
    }
    while (proc && (e = readdir(proc))) {
        const pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
        const size_t i = pid > 0 ? find(list, n, pid) : n;

        if (i < n)
            ret_bytes[i] += kib(pid) * 1024;
    }
    if (proc)
        closedir(proc);
    free(list);
}

void memuse_bounds(const struct memuse_group *groups, size_t n, int64_t *ret_bytes)
{
    each_of(groups, n, bound_kib, ret_bytes);
}

int64_t memuse_exact(const struct memuse_group *group)
{
    int64_t bytes = 0;

    each_of(group, 1, exact_kib, &bytes);
    return bytes;
}

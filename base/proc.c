#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"

#define TEXT_MAX 8192
#define BOOT_ID "/proc/sys/kernel/random/boot_id"
/* Of what follows the program's name in /proc/PID/stat (proc(5)). */
#define STAT_STATE 0
#define STAT_START 19

/* A file of /proc; "" when it cannot be read. */
static void read_proc(struct str *ret, const char *fmt, pid_t pid)
{
    AUTO_FREE char *path = xasprintf(fmt, (int)pid);

    str_init(ret, TEXT_MAX);
    if (str_read_file(ret, path, NULL) != 0)
        str_reset(ret);
}

static int read_boot(char ret[PROC_BOOT_MAX], struct err *err)
{
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    if (str_read_file(&text, BOOT_ID, err) != 0)
        return -1;
    snprintf(ret, PROC_BOOT_MAX, "%.*s", (int)strcspn(text.s, "\n"), text.s);
    return 0;
}

/* State ('\0': no such process) and start of a process. */
static char read_stat(pid_t pid, uint64_t *ret_start)
{
    STR_AUTO struct str text;

    read_proc(&text, "/proc/%d/stat", pid);
    /* The name may contain anything, brackets and blanks as well. */
    const char *at = strrchr(text.s, ')');
    if (!at || at[1] != ' ')
        return '\0';
    const char state = at[2];
    at += 2;
    for (int field = STAT_STATE; at && field < STAT_START; field++) {
        at = strchr(at, ' ');
        at = at ? at + 1 : NULL;
    }
    if (!at)
        return '\0';
    *ret_start = strtoull(at, NULL, 10);
    return state;
}

int proc_self(struct proc *ret, struct err *err)
{
    struct proc p = {.pid = getpid()};

    if (read_boot(p.boot, err) != 0)
        return -1;
    if (!read_stat(p.pid, &p.start_ticks))
        return err_set(err, ERR_IO, "/proc/%d/stat: is /proc mounted?", (int)p.pid);
    *ret = p;
    return 0;
}

int proc_write(const struct proc *p, const char *path, struct err *err)
{
    AUTO_FREE char *text =
        xasprintf("%d %" PRIu64 " %s\n", (int)p->pid, p->start_ticks, p->boot);

    return files_write(path, text, strlen(text), 0600, err);
}

int proc_read(struct proc *ret, const char *path, struct err *err)
{
    struct proc p = {0};
    STR_AUTO struct str text;
    char *end;

    str_init(&text, TEXT_MAX);
    if (str_read_file(&text, path, err) != 0)
        return -1;
    p.pid = (pid_t)strtol(text.s, &end, 10);
    p.start_ticks = *end == ' ' ? strtoull(end, &end, 10) : 0;
    if (p.pid <= 0 || p.start_ticks == 0 || *end != ' ')
        return err_set(err, ERR_NOT_FOUND, "%.300s names no process", path);
    snprintf(p.boot, sizeof(p.boot), "%.*s", (int)strcspn(end + 1, "\n"), end + 1);
    *ret = p;
    return 0;
}

bool proc_runs(const struct proc *p)
{
    char boot[PROC_BOOT_MAX];
    uint64_t start = 0;

    if (read_boot(boot, NULL) != 0 || strcmp(boot, p->boot) != 0)
        return false;
    const char state = read_stat(p->pid, &start);
    return state && state != 'Z' && state != 'X' && start == p->start_ticks;
}

/* Opened first, then looked at: it cannot become another process in between. */
int proc_open(const struct proc *p)
{
    const int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);

    if (fd >= 0 && proc_runs(p))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

void proc_signal(int fd, int signo)
{
    syscall(SYS_pidfd_send_signal, fd, signo, NULL, 0);
}

/* ---- memory ---- */

static int64_t pss_kib(pid_t pid)
{
    STR_AUTO struct str text;

    read_proc(&text, "/proc/%d/smaps_rollup", pid);
    const char *pss = strstr(text.s, "\nPss:");
    return pss ? strtoll(pss + strlen("\nPss:"), NULL, 10) : -1;
}

static bool same_program(pid_t a, pid_t b)
{
    char programs[2][512];
    const pid_t pids[2] = {a, b};

    for (int i = 0; i < 2; i++) {
        AUTO_FREE char *path = xasprintf("/proc/%d/exe", (int)pids[i]);
        const ssize_t n = readlink(path, programs[i], sizeof(programs[i]) - 1);
        if (n < 0)
            return false;
        programs[i][n] = '\0';
    }
    return strcmp(programs[0], programs[1]) == 0;
}

int64_t proc_memory_kib(const struct proc *p)
{
    STR_AUTO struct str children;
    int64_t sum = pss_kib(p->pid);

    str_init(&children, TEXT_MAX);
    AUTO_FREE char *path =
        xasprintf("/proc/%d/task/%d/children", (int)p->pid, (int)p->pid);
    if (sum < 0 || str_read_file(&children, path, NULL) != 0)
        return sum;
    char *at = children.s;
    for (pid_t child; (child = (pid_t)strtol(at, &at, 10)) > 0;)
        if (same_program(p->pid, child))
            sum += MAX(pss_kib(child), 0);
    return sum;
}

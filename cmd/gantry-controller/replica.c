#include "cmd/gantry-controller/replica.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/util.h"

#define PID_NAMESPACE "/proc/self/ns/pid"
#define HOST_MAX 256

static int own_namespace(uint64_t *ret, struct err *err)
{
    struct stat st;

    if (stat(PID_NAMESPACE, &st) != 0)
        return err_set(err, ERR_IO, PID_NAMESPACE ": is /proc mounted?");
    *ret = st.st_ino;
    return 0;
}

char *replica_name(struct err *err)
{
    char host[HOST_MAX] = "";
    struct proc self;
    uint64_t namespace_ = 0;

    if (proc_self(&self, err) != 0 || own_namespace(&namespace_, err) != 0)
        return NULL;
    if (gethostname(host, sizeof(host) - 1) != 0 || !*host)
        snprintf(host, sizeof(host), "localhost");
    return xasprintf("%s_%d_%" PRIu64 "_%" PRIu64 "_%s", host, (int)self.pid,
                     self.start_ticks, namespace_, self.boot);
}

/* Takes the number before the last '_' off the end of `text`. */
static bool take_number(char *text, uint64_t *ret)
{
    char *mark = strrchr(text, '_'), *end;

    if (!mark || mark[1] < '0' || mark[1] > '9')
        return false;
    *ret = strtoull(mark + 1, &end, 10);
    *mark = '\0';
    return *end == '\0';
}

static bool parse(const char *name, struct proc *ret, uint64_t *ret_namespace)
{
    AUTO_FREE char *text = xstrdup(name);
    char *boot = strrchr(text, '_');
    struct proc p = {0};
    uint64_t pid;

    if (!boot || strlen(boot + 1) >= sizeof(p.boot))
        return false;
    *boot++ = '\0';
    snprintf(p.boot, sizeof(p.boot), "%s", boot);
    if (!take_number(text, ret_namespace) || !take_number(text, &p.start_ticks) ||
        !take_number(text, &pid) || pid == 0 || pid > INT32_MAX)
        return false;
    p.pid = (pid_t)pid;
    *ret = p;
    return true;
}

bool replica_has_ended(const char *name)
{
    struct proc self, other;
    uint64_t here = 0, there = 0;

    return parse(name, &other, &there) && own_namespace(&here, NULL) == 0 &&
           here == there && proc_self(&self, NULL) == 0 &&
           strcmp(self.boot, other.boot) == 0 && !proc_runs(&other);
}

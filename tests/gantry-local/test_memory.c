/* Memory of real processes: what they keep, and what happens past a limit. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry-local/memuse.h"
#include "tests/support/podtest.h"

#define MIB (INT64_C(1) << 20)
#define BLOCK (64 * MIB)
#define FORKS 3

static char *map_block(int fd, size_t len)
{
    const int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_PRIVATE;
    char *at =
        mmap(NULL, len, fd < 0 ? PROT_READ | PROT_WRITE : PROT_READ, flags, fd, 0);

    return at == MAP_FAILED ? NULL : at;
}

/* Touches every page of this program's file. */
static void map_file(void)
{
    const int fd = open("/proc/self/exe", O_RDONLY);
    struct stat st;
    const volatile char *at; /* a read is one */

    fstat(fd, &st);
    at = map_block(fd, (size_t)st.st_size);
    for (off_t i = 0; at && i < st.st_size; i += 4096)
        (void)at[i];
}

/* A session of one process that keeps a block, maps a file, and forked others. */
static _Noreturn void keep(int ready_fd)
{
    char *block = map_block(-1, BLOCK);

    setsid();
    if (block)
        memset(block, 'x', BLOCK);
    map_file();
    for (int i = 0; i < FORKS; i++)
        if (fork() == 0)
            break;
    if (!block || write(ready_fd, "x", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

START_TEST(test_use)
{
    struct memuse_group groups[2] = {{.ns_fd = -1}, {.ns_fd = -1}};
    int64_t bounds[2];
    int ready[2];
    char bytes[FORKS + 1];

    ck_assert_int_eq(pipe(ready), 0);
    const pid_t pid = fork();
    if (pid == 0)
        keep(ready[1]);
    for (size_t n = 0; n < sizeof(bytes);)
        n += (size_t)read(ready[0], bytes + n, sizeof(bytes) - n);
    groups[0].sid = pid;
    groups[1].sid = -1; /* nobody's */
    memuse_bounds(groups, 2, bounds);
    ck_assert_msg(bounds[0] >= (FORKS + 1) * BLOCK, "%lld MiB",
                  (long long)(bounds[0] / MIB));
    ck_assert_int_eq(bounds[1], 0);
    const int64_t exact = memuse_exact(&groups[0]);
    ck_assert_msg(exact >= BLOCK && exact < 2 * BLOCK, "%lld MiB",
                  (long long)(exact / MIB));
    kill(-pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    close(ready[0]);
    close(ready[1]);
}
END_TEST

#define LIMIT(text) "'resources': {'limits': {'memory': '" text "'}}"
/* A shell that keeps some 40 MB. */
#define HOG "x=$(head -c 40000000 /dev/zero | tr \"\\0\" x); echo full; sleep 1000"

static const struct {
    const char *name, *script;
} hogs[] = {
    {"its first process", HOG},
    {"one that left its session", "setsid sh -c '" HOG "'; echo over; sleep 1000"},
};

START_TEST(test_limit)
{
    struct podtest t;

    if (_i == 1 && !podtest_has_views()) /* then nothing tells whose it is */
        return;
    podtest_init(&t);
    podtest_pod(&t, "", LIMIT("20Mi"), hogs[_i].script);
    podtest_run(&t);
    ck_assert_msg(t.how.over_memory && t.how.exit_code == 137 && t.how.signal == 9,
                  "%s: %d", hogs[_i].name, t.how.exit_code);
    ck_assert_ptr_nonnull(strstr(t.note, "Mi of memory, past the limit of 20Mi"));
    podtest_fini(&t);
}
END_TEST

/* Who ends by a signal of its own was not past a limit. */
START_TEST(test_other_end)
{
    struct podtest t;

    podtest_init(&t);
    podtest_pod(&t, "", LIMIT("200Mi"), "kill -9 $$");
    podtest_run(&t);
    ck_assert(!t.how.over_memory && t.how.signal == 9);
    ck_assert_ptr_null(t.note);
    podtest_fini(&t);
}
END_TEST

int main(void)
{
    return podtest_main("gantry-local/memory", (struct suite_row[]){
                                                   {test_use, 1},
                                                   {test_limit, ARRAY_LEN(hogs)},
                                                   {test_other_end, 1},
                                                   {NULL, 0},
                                               });
}

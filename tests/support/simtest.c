#include "tests/support/simtest.h"

#include <check.h>
#include <string.h>

#include "base/files.h"
#include "base/util.h"
#include "crds/snapshot.h"
#include "scheduler/sched.h"
#include "tests/support/cluster_text.h"
#include "tests/support/tempdir.h"

#define SNAPSHOT_MAX (1u << 20)

int simtest_run(const char *root, const char *const *args, struct str *said)
{
    struct program p;
    program_start(&p, root, args);
    int status = program_end(&p);
    str_reset(said);
    str_add(said, p.said.s);
    program_fini(&p);
    return status;
}

void simtest_expect(const struct str *said, const char *line)
{
    ck_assert_msg(strstr(said->s, line) != NULL, "no \"%s\" in\n%s", line, said->s);
}

void simtest_write(const char *root, const char *name, const char *text)
{
    AUTO_FREE char *path = tempdir_path(root, name);
    struct err err = ERR_INIT;
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, &err), 0);
}

void simtest_save(const char *path, const char *cluster)
{
    const struct sched_config config = sched_config_default();
    struct sched *s = sched_new(&config);
    struct restable res;
    struct err err = ERR_INIT;
    STR_AUTO struct str text;
    str_init(&text, SNAPSHOT_MAX);
    restable_init(&res);
    cluster_text_apply(s, &res, cluster);
    snapshot_write(s, 600, &text);
    ck_assert_int_eq(files_write(path, text.s, text.len, 0600, &err), 0);
    sched_free(s);
}

void simtest_save_state(const char *path)
{
    simtest_save(path, "node n[1-2] cpu=8\n"
                       "partition batch default\n"
                       "job 9 cpu=8 state=running start=0 in=batch on=n1 time=60\n"
                       "job 1 nodes=2 cpu=8 time=60\n"
                       "job 2 cpu=8 time=30\n"
                       "job 3 cpu=9\n");
}

void simtest_replay_rows(const char *jobs, const char *nodes, struct str *said)
{
    char *root = tempdir_new();
    str_init(said, 1 << 16);
    simtest_write(root, "w.csv", jobs);
    ck_assert_int_eq(
        simtest_run(root, SIM("-w", "@/w.csv", nodes, "--cpus", "8", "--json"), said),
        0);
    tempdir_free(root);
}

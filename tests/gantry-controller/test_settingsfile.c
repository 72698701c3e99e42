/* gantry.yaml on the disk: each way in which it is changed, what is taken over, and
 * what the log says of it. */
#include "cmd/gantry-controller/settingsfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/tempdir.h"
#include "tests/support/suite.h"

#define PATIENCE_MS 20000
#define POLL_MS 20

struct rig {
    char *dir, *path;
    struct loop *loop;
    struct settings settings;
    struct settingsfile *file;
    int changes;
    char *said; /* the log */
    size_t said_len;
    FILE *out;
    struct log *log;
};

static void on_change(void *arg)
{
    ((struct rig *)arg)->changes++;
}

static void put(const struct rig *r, const char *name, const char *text)
{
    AUTO_FREE char *path = tempdir_path(r->dir, name);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs(text, f), 0);
    ck_assert_int_eq(fclose(f), 0);
}

static void move(const struct rig *r, const char *from, const char *to)
{
    AUTO_FREE char *a = tempdir_path(r->dir, from);
    AUTO_FREE char *b = tempdir_path(r->dir, to);
    ck_assert_int_eq(rename(a, b), 0);
}

static void point(const struct rig *r, const char *name, const char *target)
{
    AUTO_FREE char *path = tempdir_path(r->dir, name);
    ck_assert_int_eq(symlink(target, path), 0);
}

static void make_dir(const struct rig *r, const char *name)
{
    AUTO_FREE char *path = tempdir_path(r->dir, name);
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void open_rig(struct rig *r, const char *path)
{
    struct err err = ERR_INIT;
    r->path = tempdir_path(r->dir, path);
    r->file =
        settingsfile_new(r->loop, r->log, r->path, &r->settings, on_change, r, &err);
    ck_assert_msg(r->file != NULL, "%s", err.msg);
}

static void rig_init(struct rig *r)
{
    struct err err = ERR_INIT;
    *r = (struct rig){.dir = tempdir_new(), .loop = loop_new(&err)};
    ck_assert_ptr_nonnull(r->loop);
    r->out = open_memstream(&r->said, &r->said_len);
    r->log = log_new(r->out, NULL, LOG_INFO);
    log_set_json(r->log, false);
}

static void rig_fini(struct rig *r)
{
    settingsfile_free(r->file);
    log_free(r->log);
    loop_free(r->loop);
    fclose(r->out);
    free(r->said);
    free(r->path);
    tempdir_free(r->dir);
}

static const char *said(struct rig *r)
{
    fflush(r->out);
    return r->said;
}

/* Until the log says it. */
static void await(struct rig *r, const char *part)
{
    int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;
    while (!strstr(said(r), part)) {
        ck_assert_msg(loop_mono_ms(r->loop) < until_ms, "\"%s\" is not said, but:\n%s",
                      part, r->said);
        loop_poll(r->loop, POLL_MS);
    }
}

/* Until a setting has the value. */
static void await_value(struct rig *r, const int64_t *setting, int64_t value)
{
    int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;
    while (*setting != value) {
        ck_assert_msg(loop_mono_ms(r->loop) < until_ms, "not read:\n%s", said(r));
        loop_poll(r->loop, POLL_MS);
    }
}

/* A change that comes after all before it: when it is seen, those were. */
static void await_all(struct rig *r, int64_t weight)
{
    AUTO_FREE char *text = xasprintf("priorityWeightQOS: %d\n", (int)weight);
    put(r, "next", text);
    move(r, "next", "gantry.yaml");
    await_value(r, &r->settings.sched.priority_weight_qos, weight);
}

/* ---- ways to change it ---- */

START_TEST(test_written)
{
    struct rig r;
    rig_init(&r);
    put(&r, "gantry.yaml", "priorityWeightAge: 1\npriorityWeightQOS: 5\n");
    open_rig(&r, "gantry.yaml");
    ck_assert_int_eq(r.settings.sched.priority_weight_age, 1);
    put(&r, "gantry.yaml", "priorityWeightAge: 2\n");
    await(&r, "gantry.yaml is read again: changed: priorityWeightAge, "
              "priorityWeightQOS\n");
    ck_assert_int_eq(r.settings.sched.priority_weight_age, 2);
    ck_assert_int_eq(r.settings.sched.priority_weight_qos, 1000); /* the default */
    ck_assert_int_eq(r.changes, 1);
    rig_fini(&r);
}
END_TEST

/* As editors do. */
START_TEST(test_renamed)
{
    struct rig r;
    rig_init(&r);
    put(&r, "gantry.yaml", "priorityWeightAge: 1\n");
    open_rig(&r, "gantry.yaml");
    put(&r, "4913", "priorityWeightAge: 2\n");
    move(&r, "gantry.yaml", "gantry.yaml~");
    move(&r, "4913", "gantry.yaml");
    await(&r, "changed: priorityWeightAge\n");
    ck_assert_int_eq(r.settings.sched.priority_weight_age, 2);
    put(&r, "4913", "priorityWeightAge: 3\n");
    move(&r, "4913", "gantry.yaml");
    await_all(&r, 7);
    ck_assert_int_ge(r.changes, 2);
    rig_fini(&r);
}
END_TEST

/* The volume of a ConfigMap: gantry.yaml -> ..data/gantry.yaml, ..data -> ..1. */
START_TEST(test_configmap)
{
    struct rig r;
    rig_init(&r);
    make_dir(&r, "..1");
    put(&r, "..1/gantry.yaml", "priorityWeightAge: 1\n");
    point(&r, "..data", "..1");
    point(&r, "gantry.yaml", "..data/gantry.yaml");
    open_rig(&r, "gantry.yaml");
    for (int i = 2; i <= 3; i++) {
        AUTO_FREE char *dir = xasprintf("..%d", i);
        AUTO_FREE char *file = xasprintf("..%d/gantry.yaml", i);
        AUTO_FREE char *text =
            xasprintf("schedulerParameters: {bfMaxJobTest: %d}\n", i);
        make_dir(&r, dir);
        put(&r, file, text);
        point(&r, "..data_tmp", dir);
        move(&r, "..data_tmp", "..data");
        await_value(&r, &r.settings.sched.max_job_test, i);
    }
    ck_assert_int_eq(r.settings.sched.priority_weight_age, 1000);
    ck_assert_int_eq(r.changes, 2);
    rig_fini(&r);
}
END_TEST

/* It points into another directory, where the file is written. */
START_TEST(test_pointed_elsewhere)
{
    struct rig r;
    rig_init(&r);
    make_dir(&r, "site");
    put(&r, "site/g.yaml", "priorityWeightAge: 1\n");
    point(&r, "gantry.yaml", "site/g.yaml");
    open_rig(&r, "gantry.yaml");
    put(&r, "site/g.yaml", "priorityWeightAge: 2\n");
    await(&r, "changed: priorityWeightAge\n");
    rig_fini(&r);
}
END_TEST

/* ---- what is taken over ---- */

START_TEST(test_bad)
{
    struct rig r;
    rig_init(&r);
    put(&r, "gantry.yaml", "priorityWeightAge: 1\n");
    open_rig(&r, "gantry.yaml");
    put(&r, "gantry.yaml", "priorityWeightAge: 2\npriorityWieghtQOS: 3\n");
    await(&r, "the settings stay as they are: ");
    await(&r, "gantry.yaml:2: unknown key \"priorityWieghtQOS\"; did you mean "
              "\"priorityWeightQOS\"?\n");
    ck_assert_int_eq(r.settings.sched.priority_weight_age, 1);
    ck_assert_int_eq(r.changes, 0);
    put(&r, "gantry.yaml", "priorityWeightAge: 2\npriorityWeightQOS: 3\n");
    await(&r, "changed: priorityWeightAge, priorityWeightQOS\n");
    ck_assert_int_eq(r.changes, 1);
    rig_fini(&r);
}
END_TEST

START_TEST(test_kept)
{
    struct rig r;
    rig_init(&r);
    put(&r, "gantry.yaml", "gpuResource: a/gpu\n");
    open_rig(&r, "gantry.yaml");
    put(&r, "gantry.yaml", "gpuResource: b/gpu\nscriptImage: x\n");
    await(&r, "what it says of these holds from the next start on: gpuResource, "
              "scriptImage\n");
    ck_assert_str_eq(r.settings.gpu_resource, "a/gpu");
    ck_assert_int_eq(r.changes, 0);
    rig_fini(&r);
}
END_TEST

/* A file that goes is said once, and others beside it are nothing to us. */
START_TEST(test_gone)
{
    struct rig r;
    rig_init(&r);
    put(&r, "gantry.yaml", "priorityWeightAge: 1\n");
    open_rig(&r, "gantry.yaml");
    put(&r, "other", "a");
    put(&r, "gantry.yaml", "priorityWeightAge: 1\n"); /* the same */
    loop_poll(r.loop, 0);
    settingsfile_reload(r.file);
    await(&r, "gantry.yaml is read again: nothing changes\n");
    ck_assert_int_eq(unlink(r.path), 0);
    settingsfile_reload(r.file);
    await(&r, "the settings stay as they are: ");
    await(&r, "gantry.yaml: no such file\n");
    size_t len = strlen(said(&r));
    put(&r, "other", "b");
    await_all(&r, 7);
    const char *first = r.said + len;
    ck_assert_msg(strstr(first, "no such file") == NULL, "%s", first);
    ck_assert_int_eq(r.settings.sched.priority_weight_age, 1000);
    rig_fini(&r);
}
END_TEST

START_TEST(test_wrong_at_first)
{
    struct rig r;
    struct err err = ERR_INIT;
    rig_init(&r);
    AUTO_FREE char *path = tempdir_path(r.dir, "gantry.yaml");
    ck_assert_ptr_null(
        settingsfile_new(r.loop, r.log, path, &r.settings, on_change, &r, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "no such file"));
    put(&r, "gantry.yaml", "nonsense: 1\n");
    ck_assert_ptr_null(
        settingsfile_new(r.loop, r.log, path, &r.settings, on_change, &r, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "unknown key"));
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/settingsfile", (struct suite_row[]){
                                                            {test_written, 1},
                                                            {test_renamed, 1},
                                                            {test_configmap, 1},
                                                            {test_pointed_elsewhere, 1},
                                                            {test_bad, 1},
                                                            {test_kept, 1},
                                                            {test_gone, 1},
                                                            {test_wrong_at_first, 1},
                                                            {NULL, 0},
                                                        });
}

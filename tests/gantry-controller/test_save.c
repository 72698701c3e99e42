/* What a live controller saved, gantry-sim replays to the same decisions. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/explain.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

struct saved {
    char *dir, *path;
    struct json *explained;
};

static void save(struct saved *s, const struct ctltest *t)
{
    struct err err = ERR_INIT;
    s->dir = tempdir_new();
    s->path = tempdir_path(s->dir, "snapshot");
    ck_assert_msg(controller_save(t->ctl, s->path, &err) == 0, "%s", err.msg);
    s->explained = explain(s->path, NULL, &err);
    ck_assert_msg(s->explained != NULL, "%s", err.msg);
}

static void saved_fini(struct saved *s)
{
    json_free(s->explained);
    free(s->path);
    tempdir_free(s->dir);
}

/* Of the job of that name in namespace default; NULL: nothing was decided. */
static const struct json *decision_of(const struct saved *s, const char *name)
{
    const struct json *all = json_get(s->explained, "decisions");
    AUTO_FREE char *want = xasprintf("default/%s", name);
    for (size_t i = 0; i < json_len(all); i++)
        if (str_eq(json_str(json_item(all, i), "name"), want))
            return json_item(all, i);
    return NULL;
}

/* Each says what the live one wrote into the job's status. */
static void expect_as_live(struct ctltest *t, const struct saved *s, const char *name)
{
    const struct json *d = decision_of(s, name);
    ck_assert_msg(d != NULL, "nothing on %s", name);
    ck_assert_str_eq(json_str(d, "decision"), "wait");
    AUTO_FREE char *parts =
        xasprintf("status.reason=%s|status.message~%s|status.pending.ahead.jobs=%d",
                  json_str(d, "reason"), json_str(d, "message"),
                  (int)json_int_or(d, "ahead.jobs", -1));
    ctltest_expect(t, name, parts);
    if (json_str(d, "plannedStart")) {
        AUTO_FREE char *plan =
            xasprintf("status.plannedStartTime=%s|status.pending.plannedNodes=%s|"
                      "status.pending.promised=%s",
                      json_str(d, "plannedStart"), json_str(d, "nodes"),
                      json_bool_or(d, "promised", false) ? "true" : "false");
        ctltest_expect(t, name, plan);
    }
}

START_TEST(test_same_plans)
{
    struct ctltest *t = ctltest_new();
    struct saved s;
    ctltest_submit(t, "busy", "'nodes':4,'exclusive':true,'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_submit(t, "first", "'nodes':2,'gpusPerNode':8,'timeLimit':'60'");
    ctltest_submit(t, "second", "'nodes':4,'gpusPerNode':8,'timeLimit':'60'");
    ctltest_submit(t, "third", "'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_advance(t, 2);
    save(&s, t);
    ck_assert_ptr_null(decision_of(&s, "busy")); /* it runs on */
    expect_as_live(t, &s, "first");
    expect_as_live(t, &s, "second");
    expect_as_live(t, &s, "third");
    saved_fini(&s);
    ctltest_free(t);
}
END_TEST

/* Replayed with other settings it decides otherwise: that is what it is for. */
START_TEST(test_other_settings)
{
    struct ctltest *t = ctltest_new();
    struct sched_config config = sched_config_default();
    struct err err = ERR_INIT;
    struct saved s;
    ctltest_submit(t, "busy", "'nodes':4,'exclusive':true,'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_submit(t, "first", "'nodes':2,'gpusPerNode':8,'timeLimit':'60'");
    ctltest_settle(t);
    save(&s, t);
    ck_assert_int_eq(json_int_or(decision_of(&s, "first"), "priority", -1), 1000);
    json_free(s.explained);
    config.priority_weight_partition = 77;
    s.explained = explain(s.path, &config, &err);
    ck_assert_int_eq(json_int_or(decision_of(&s, "first"), "priority", -1), 77);
    saved_fini(&s);
    ctltest_free(t);
}
END_TEST

START_TEST(test_no_place)
{
    struct ctltest *t = ctltest_new();
    struct err err = ERR_INIT;
    ck_assert_int_eq(controller_save(t->ctl, "/nowhere/at/all", &err), -1);
    ck_assert_msg(strstr(err.msg, "/nowhere/at/all") != NULL, "%s", err.msg);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/save",
                      (struct suite_row[]){{test_same_plans, 1},
                                           {test_other_settings, 1},
                                           {test_no_place, 1},
                                           {NULL, 0}});
}

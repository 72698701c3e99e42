/* Reservations that go when nobody needs them (PURGE_COMP), in virtual time. */
#include "cmd/gantry-sim/engine.h"

#include <string.h>

#include "base/files.h"
#include "base/util.h"
#include "scheduler/reservation.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define END 36000
#define HEADER "submit_s,duration_s,timelimit_s,cpus,begin_s,reservation\n"
/* For the whole node, outside the reservation. */
#define BOB "0,20000,20000,8,,\n"

struct stand {
    struct pool pool;
    struct workload load;
    struct history h;
};

static void note(void *arg, size_t row, const char *what)
{
    (void)arg;
    ck_abort_msg("row %zu: %s", row, what);
}

static void stand_load(struct stand *s, const char *rows)
{
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "w.csv");
    AUTO_FREE char *text = xasprintf(HEADER "%s", rows);
    struct err err = ERR_INIT;
    const struct workload_file file = {.path = path, .complain = note};
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, &err), 0);
    ck_assert_int_eq(workload_read(&s->load, &file, &err), 0);
    tempdir_free(root);
}

/* Of the only node, by its name or as many as one; it may go after five minutes. */
static void stand_reserve(struct stand *s, int64_t start_sec, bool by_name)
{
    struct pool *p = &s->pool;
    struct reservation *r = reservation_new();
    GROW(p->reservations, p->n_reservations, p->cap_reservations);
    p->reservations[p->n_reservations++] = r;
    r->name = xstrdup("r");
    r->start_sec = start_sec;
    r->end_sec = END;
    r->purge_sec = 300;
    if (by_name)
        names_add(&r->node_names, &r->n_node_names, "n1");
    else
        r->node_count = 1;
}

static void stand_run(struct stand *s)
{
    const struct groups groups = {"1", NULL, "8", NULL};
    const struct sched_config config = sched_config_default();
    const struct replay replay = {
        .pool = &s->pool, .load = &s->load, .config = &config};
    struct err err = ERR_INIT;
    ck_assert_int_eq(pool_add(&s->pool, &groups, &err), 0);
    ck_assert_msg(engine_run(&replay, &s->h, &err) == 0, "%s", err.msg);
}

static void stand_fini(struct stand *s)
{
    history_fini(&s->h);
    workload_fini(&s->load);
    pool_fini(&s->pool);
}

static const struct {
    const char *name, *rows;
    int64_t start_sec; /* of the reservation, whose end is END */
    int64_t goes_sec;  /* TIME_UNSET: it stays */
    int64_t bob_sec;   /* the first job's start */
    int64_t last_sec;  /* the last one's; TIME_UNSET: never */
} cases[] = {
    {"used once", BOB "10,60,600,1,,r\n", 0, 370, 370, 10},
    {"used again within its time, until a limit is reached",
     BOB "10,60,600,1,,r\n300,500,60,1,,r\n", 0, 660, 660, 300},
    {"needed again in the second in which it would go",
     BOB "10,60,600,1,,r\n370,60,600,1,,r\n", 0, 730, 730, 370},
    {"who waits for it needs it", BOB "10,60,60,1,2000,r\n", 0, 2360, 2360, 2000},
    {"never used, it goes so long after it has begun; who comes then waits for ever",
     BOB "901,60,60,1,,r\n", 600, 900, 900, TIME_UNSET},
    {"nobody waits for the end of that", "0,60,60,8,,r\n", 0, TIME_UNSET, 0, 0},
    {"longer than a plan looks ahead", "0,1000000,1000000,8,,\n", 0, 300, 300, 300},
    {"used to its end, it goes behind that", BOB "0,40000,40000,1,,r\n", 0, END + 300,
     END, 0},
};

START_TEST(test_cases)
{
    for (int by_name = 0; by_name < 2; by_name++) {
        struct stand s = {.h = {.n = 0}};
        pool_init(&s.pool);
        stand_load(&s, cases[_i].rows);
        stand_reserve(&s, cases[_i].start_sec, by_name);
        stand_run(&s);
        const int64_t bob_sec = s.h.tales[0].start_sec;
        const int64_t last_sec = s.h.tales[s.h.n - 1].start_sec;
        const int64_t goes_sec = s.h.tenures[0].end_sec;
        ck_assert_msg(bob_sec == cases[_i].bob_sec && last_sec == cases[_i].last_sec &&
                          goes_sec == cases[_i].goes_sec && s.h.n_tenures == 1,
                      "%s: bob starts at %ld, the last at %ld, it goes at %ld",
                      cases[_i].name, bob_sec, last_sec, goes_sec);
        stand_fini(&s);
    }
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/purge", (struct suite_row[]){
                                              {test_cases, ARRAY_LEN(cases)},
                                              {NULL, 0},
                                          });
}

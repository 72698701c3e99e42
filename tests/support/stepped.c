#include "tests/support/stepped.h"

#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

void stepped_begin(struct stepped *f, const char *lines)
{
    struct sched_config config = sched_config_default();

    *f = (struct stepped){.s = sched_new(&config)};
    restable_init(&f->res);
    str_init(&f->told, 1 << 16);
    cluster_text_apply(f->s, &f->res, lines);
}

void stepped_end(struct stepped *f)
{
    sched_free(f->s);
    str_fini(&f->told);
}

bool stepped_count(void *arg, int64_t ahead_us)
{
    struct stepped *f = arg;

    return ahead_us == 0 && ++f->considered == f->limit;
}

enum sched_progress stepped_step(struct stepped *f, int64_t now_sec)
{
    const struct sched_budget budget = {stepped_count, f};
    struct decisions decisions;
    enum sched_progress progress;

    f->considered = 0;
    str_reset(&f->told);
    progress = sched_step(f->s, now_sec, budget, &decisions);
    for (size_t i = 0; i < decisions.n; i++)
        cluster_text_decision(&decisions.items[i], &f->told);
    return progress;
}

void stepped_gone(struct stepped *f, enum change_kind kind, const char *key)
{
    struct change change = {.kind = kind, .u.key = key};

    sched_apply(f->s, &change);
}

static void apply(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

void stepped_line(struct stepped *f, const char *text)
{
    struct err err;
    int rc = cluster_text_line(&f->res, text, apply, f->s, &err);

    ck_assert_msg(rc == 0, "%s", err.msg);
}

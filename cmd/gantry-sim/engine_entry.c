/* Who is taken into the queue, when it is submitted: as sbatch would have it. */
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-sim/engine_private.h"
#include "crds/convert.h"

struct asking {
    const struct engine *e;
    const struct job *model;
    char **taken; /* partitions that take it */
    size_t n_taken;
    bool moves; /* they are not just those that it names */
    struct str closed, limits;
    enum reason limited; /* by the first that has such limits */
};

static bool takes(const void *arg, const struct partition *part)
{
    (void)arg;
    return !partition_is_closed(part);
}

static void say_closed(struct asking *a, const struct partition *part)
{
    a->moves = true;
    str_addf(&a->closed, "%s%s is in state %s", a->closed.len > 0 ? ", " : "",
             part->name, part_state_word(part->state));
}

static bool is_limited(struct asking *a, const struct partition *part)
{
    STR_AUTO struct str text;
    str_init(&text, ENTRY_TEXT_MAX);
    const enum reason reason =
        sched_check_new(a->e->sched, a->model, part, &text, NULL);
    if (reason != REASON_NONE && a->limited == REASON_NONE) {
        a->limited = reason;
        str_add(&a->limits, text.s);
    }
    a->moves |= reason != REASON_NONE;
    return reason != REASON_NONE;
}

/* One that does not exist is left to the core, which says so. */
static void ask(struct asking *a, const char *name)
{
    const struct partition *part = sched_partition(a->e->sched, name);
    const struct partition *by = sched_taker(a->e->sched, part, takes, NULL);
    if (part && !by) {
        say_closed(a, part);
        return;
    }
    a->moves |= by != part;
    for (size_t i = 0; by && i < a->n_taken; i++)
        if (str_eq(a->taken[i], by->name))
            return;
    if (!by || !is_limited(a, by))
        names_add(&a->taken, &a->n_taken, by ? by->name : name);
}

static void ask_unnamed(struct asking *a)
{
    for (size_t i = 0; i < sched_n_unnamed_partitions(a->model); i++) {
        const char *name = sched_unnamed_partition(a->e->sched, a->model, i);
        if (name)
            ask(a, name);
    }
}

static void ask_all(struct asking *a)
{
    for (size_t i = 0; i < a->model->n_partitions; i++)
        ask(a, a->model->partitions[i]);
    if (a->model->n_partitions == 0)
        ask_unnamed(a);
}

static enum reason answer(const struct asking *a, struct str *message)
{
    if (a->n_taken > 0 || !a->moves)
        return REASON_NONE;
    str_add(message, a->limited != REASON_NONE ? a->limits.s : a->closed.s);
    return a->limited != REASON_NONE ? a->limited : REASON_PARTITION_INACTIVE;
}

enum reason engine_entry(const struct engine *e, struct job *model, struct str *message)
{
    struct asking a = {.e = e, .model = model};
    str_init(&a.closed, ENTRY_TEXT_MAX);
    str_init(&a.limits, ENTRY_TEXT_MAX);
    ask_all(&a);
    const enum reason reason = answer(&a, message);
    if (reason == REASON_NONE && a.moves) {
        names_free(model->partitions, model->n_partitions);
        model->partitions = TAKE(a.taken);
        model->n_partitions = a.n_taken;
        a.n_taken = 0;
    }
    names_free(a.taken, a.n_taken);
    str_fini(&a.closed);
    str_fini(&a.limits);
    return reason;
}

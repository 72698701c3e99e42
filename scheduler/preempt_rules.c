#include "scheduler/preempt_rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "scheduler/sched.h"

#define PRIORITY_MOST 65535 /* of a QOS, in a cost */
#define NODES_BITS 16

#define ENDINGS (PREEMPT_OFF | PREEMPT_CANCEL | PREEMPT_REQUEUE)

/* ---- words ---- */

static const struct {
    const char *word;
    int64_t bit; /* 0: refused */
} words[] = {
    {"OFF", PREEMPT_OFF},
    {"CANCEL", PREEMPT_CANCEL},
    {"REQUEUE", PREEMPT_REQUEUE},
    {"WITHIN", PREEMPT_WITHIN},
    {"PRIORITY", PREEMPT_PRIORITY},
    {"SUSPEND", 0},
    {"GANG", 0},
};

static int parse_word(const char *word, int64_t *mode, struct err *err)
{
    size_t i = 0;

    while (i < ARRAY_LEN(words) && strcasecmp(words[i].word, word) != 0)
        i++;
    if (i == ARRAY_LEN(words))
        return err_set(err, ERR_INVALID,
                       "\"%s\" is none of OFF, CANCEL, REQUEUE, WITHIN, PRIORITY",
                       word);
    if (words[i].bit == 0)
        return err_set(err, ERR_INVALID,
                       "%s is not supported: a suspended job keeps its GPUs; right are "
                       "REQUEUE and CANCEL",
                       words[i].word);
    if ((words[i].bit & ENDINGS) != 0 && (*mode & ENDINGS & ~words[i].bit) != 0)
        return err_set(err, ERR_INVALID, "only one of OFF, CANCEL and REQUEUE");
    *mode |= words[i].bit;
    return 0;
}

int preempt_mode_parse(const char *text, int64_t *ret, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(text);
    char *rest = copy, *word;
    int64_t mode = 0;

    while ((word = strsep(&rest, ",")) != NULL) {
        if (parse_word(word + strspn(word, " "), &mode, err) < 0)
            return -1;
    }
    *ret = mode;
    return 0;
}

void preempt_mode_format(int64_t mode, struct str *out)
{
    const char *apart = "";

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if ((mode & words[i].bit) == 0)
            continue;
        str_addf(out, "%s%s", apart, words[i].word);
        apart = ",";
    }
}

/* ---- QOS ---- */

bool preempt_rules_equal(const struct qos *a, const struct qos *b)
{
    if (a->preempt_mode != b->preempt_mode || a->grace_sec != b->grace_sec ||
        a->preempt_exempt_sec != b->preempt_exempt_sec || a->n_preempt != b->n_preempt)
        return false;
    for (size_t i = 0; i < a->n_preempt; i++) {
        if (strcmp(a->preempt[i], b->preempt[i]) != 0)
            return false;
    }
    return true;
}

/* A walk along the lists, from one QOS; by[i]: from where QOS i was come to. */
struct trail {
    struct qos *const *qos;
    size_t n;
    size_t *by;
};

#define NOT_YET SIZE_MAX

static bool is_named(const struct trail *t, size_t i, const char *name)
{
    return i < t->n && strcmp(t->qos[i]->name, name) == 0;
}

/* Those that QOS `at` lists and that were not come to, into the queue. */
static void go_on(struct trail *t, size_t at, size_t *queue, size_t *n_queue)
{
    const struct qos *qos = t->qos[at];

    for (size_t k = 0; k < qos->n_preempt; k++) {
        size_t i = named_place((void *const *)t->qos, t->n, qos->preempt[k]);

        if (!is_named(t, i, qos->preempt[k]) || t->by[i] != NOT_YET)
            continue;
        t->by[i] = at;
        queue[(*n_queue)++] = i;
    }
}

/* True: it leads back to where it began. */
static bool follow(struct trail *t, size_t from)
{
    AUTO_FREE size_t *queue = xcalloc(t->n + 1, sizeof(*queue));
    size_t n_queue = 0;

    for (size_t i = 0; i < t->n; i++)
        t->by[i] = NOT_YET;
    go_on(t, from, queue, &n_queue);
    for (size_t i = 0; i < n_queue && t->by[from] == NOT_YET; i++)
        go_on(t, queue[i], queue, &n_queue);
    return t->by[from] != NOT_YET;
}

void preempt_find_circles(struct qos **qos, size_t n)
{
    AUTO_FREE size_t *by = xcalloc(n + 1, sizeof(*by));
    struct trail trail = {qos, n, by};

    for (size_t i = 0; i < n; i++)
        qos[i]->in_circle = follow(&trail, i);
}

void preempt_say_circle(struct qos *const *qos, size_t n, const struct qos *of,
                        struct str *out)
{
    AUTO_FREE size_t *by = xcalloc(n + 1, sizeof(*by));
    AUTO_FREE size_t *way = xcalloc(n + 1, sizeof(*way));
    struct trail trail = {qos, n, by};
    size_t from = named_place((void *const *)qos, n, of->name), n_way = 0;

    if (!is_named(&trail, from, of->name) || !follow(&trail, from))
        return;
    for (size_t at = by[from]; at != from; at = by[at])
        way[n_way++] = at;
    str_addf(out, "QOS %s preempts nobody: by the lists it would preempt itself (%s",
             of->name, of->name);
    while (n_way > 0)
        str_addf(out, " > %s", qos[way[--n_way]]->name);
    str_addf(out, " > %s)", of->name);
}

/* ---- who may ---- */

/* OFF of a QOS is Slurm's word for: it says nothing. */
static int64_t qos_mode(const struct qos *qos)
{
    return qos != NULL ? qos->preempt_mode & ~PREEMPT_OFF : 0;
}

static int64_t mode_said(const struct sched_config *c, const struct preempt_side *side)
{
    return c->preempt_type == PREEMPT_BY_QOS ? qos_mode(side->qos)
                                             : side->part->preempt_mode;
}

static int64_t ending_of(const struct sched_config *c, const struct preempt_side *side)
{
    int64_t said = mode_said(c, side) & ENDINGS;

    return said != 0 ? said : c->preempt_mode & ENDINGS;
}

static bool is_within(const struct sched_config *c, const struct qos *qos)
{
    int64_t mode = qos_mode(qos) != 0 ? qos_mode(qos) : c->preempt_mode;

    return (mode & PREEMPT_WITHIN) != 0;
}

bool preempt_asks_priority(const struct sched_config *c, const struct preempt_side *by)
{
    bool within =
        c->preempt_type == PREEMPT_BY_QOS && by->qos != NULL && is_within(c, by->qos);

    return within || (c->preempt_mode & PREEMPT_PRIORITY) != 0;
}

static bool may_by_qos(const struct sched_config *c, const struct preempt_side *by,
                       const struct preempt_side *victim)
{
    const struct qos *own = by->qos, *other = victim->qos;

    if (own == NULL || other == NULL || own->in_circle)
        return false;
    if (own == other)
        return is_within(c, own) && by->priority > victim->priority;
    if ((c->preempt_mode & PREEMPT_PRIORITY) != 0 && by->priority <= victim->priority)
        return false;
    return names_have(own->preempt, own->n_preempt, other->name);
}

static bool may_by_partition(const struct sched_config *c,
                             const struct preempt_side *by,
                             const struct preempt_side *victim)
{
    if ((c->preempt_mode & PREEMPT_PRIORITY) != 0 && by->priority < victim->priority)
        return false;
    return by->part->priority_tier > victim->part->priority_tier;
}

bool preempt_may(const struct sched_config *c, const struct preempt_side *by,
                 const struct preempt_side *victim)
{
    int64_t ending;

    if (c->preempt_type == PREEMPT_BY_NOBODY || victim->part == NULL)
        return false;
    ending = ending_of(c, victim);
    if (ending == PREEMPT_OFF || ending == 0)
        return false;
    return c->preempt_type == PREEMPT_BY_QOS ? may_by_qos(c, by, victim)
                                             : may_by_partition(c, by, victim);
}

bool preempt_may_any(const struct sched_config *c, const struct preempt_side *by)
{
    if (c->preempt_type != PREEMPT_BY_QOS)
        return c->preempt_type == PREEMPT_BY_PARTITION;
    return by->qos != NULL && !by->qos->in_circle &&
           (by->qos->n_preempt > 0 || is_within(c, by->qos));
}

enum preempt_mode preempt_mode_of(const struct sched_config *c,
                                  const struct preempt_side *victim)
{
    return ending_of(c, victim) == PREEMPT_REQUEUE ? PREEMPT_REQUEUE : PREEMPT_CANCEL;
}

int64_t preempt_grace_sec(const struct sched_config *c,
                          const struct preempt_side *victim)
{
    if (c->preempt_type == PREEMPT_BY_QOS)
        return victim->qos != NULL ? victim->qos->grace_sec : 0;
    return victim->part->grace_sec;
}

int64_t preempt_exempt_sec(const struct sched_config *c,
                           const struct preempt_side *victim)
{
    const struct qos *own = victim->qos, *of_part = victim->part_qos;
    bool own_first = own != NULL && (own->flags & QOS_OVER_PART_QOS) != 0;
    const struct qos *const said[] = {own_first ? own : of_part,
                                      own_first ? of_part : own};

    for (size_t i = 0; i < ARRAY_LEN(said); i++) {
        if (said[i] != NULL && said[i]->preempt_exempt_sec != LIMIT_UNSET)
            return said[i]->preempt_exempt_sec;
    }
    return c->preempt_exempt_sec;
}

int64_t preempt_cost(const struct sched_config *c, const struct preempt_side *victim)
{
    int64_t rank = 0;

    if (c->preempt_type == PREEMPT_BY_PARTITION)
        rank = victim->part->priority_tier;
    else if (victim->qos != NULL)
        rank = MIN(victim->qos->priority, PRIORITY_MOST);
    return (rank << NODES_BITS) +
           MIN((int64_t)victim->job->n_alloc, (INT64_C(1) << NODES_BITS) - 1);
}

/* Limits of QOS and accounts: which there are, and what jobs count for. */
#include <string.h>

#include "base/util.h"
#include "tests/support/queue_private.h"

#define GIB (INT64_C(1) << 30)

/* What may be drawn, in the order in which limits are looked at; some times as much. */
#define OF_QOS (1 << IN_PART_QOS | 1 << IN_QOS)
#define OF_ACCOUNT (1 << IN_ACCOUNT | 1 << IN_PARENT)

static const struct sort {
    enum limit_kind kind;
    enum tres tres;
    int places;
    bool each_one; /* of each user, account or member by itself */
    enum plain_limit_kind plain;
    int64_t amount;
} sorts[] = {
    {LIMIT_GRP_JOBS, TRES_NONE, OF_QOS | OF_ACCOUNT, false, PLAIN_SUM, 1},
    {LIMIT_MAX_JOBS_PER_ACCOUNT, TRES_NONE, OF_QOS, true, PLAIN_SUM, 1},
    {LIMIT_MAX_JOBS_PER_USER, TRES_NONE, OF_QOS, true, PLAIN_SUM, 1},
    {LIMIT_MAX_JOBS, TRES_NONE, 1 << IN_MEMBER | 1 << IN_ACCOUNT, true, PLAIN_SUM, 1},
    {LIMIT_GRP_TRES, TRES_CPU, OF_QOS | OF_ACCOUNT, false, PLAIN_SUM, 8000},
    {LIMIT_GRP_TRES, TRES_MEM, OF_QOS | OF_ACCOUNT, false, PLAIN_SUM, 6 * GIB},
    {LIMIT_GRP_TRES, TRES_NODE, OF_QOS | OF_ACCOUNT, false, PLAIN_NODES, 1},
    {LIMIT_GRP_TRES, TRES_GPU, OF_QOS | OF_ACCOUNT, false, PLAIN_SUM, 3},
    {LIMIT_GRP_TRES_RUN_MINS, TRES_CPU, OF_QOS | OF_ACCOUNT, false, PLAIN_LEFT,
     INT64_C(1000) * 400000},
    {LIMIT_GRP_TRES_RUN_MINS, TRES_NODE, OF_QOS, false, PLAIN_LEFT, 80000},
    {LIMIT_MAX_TRES_PER_ACCOUNT, TRES_GPU, OF_QOS, true, PLAIN_SUM, 3},
    {LIMIT_MAX_TRES_PER_USER, TRES_MEM, OF_QOS, true, PLAIN_SUM, 6 * GIB},
    {LIMIT_MAX_TRES_PER_USER, TRES_NODE, OF_QOS, true, PLAIN_NODES, 1},
    {LIMIT_MAX_TRES_RUN_MINS_PER_ACCOUNT, TRES_GPU, OF_QOS, true, PLAIN_LEFT, 150000},
    {LIMIT_MAX_TRES_RUN_MINS_PER_USER, TRES_CPU, OF_QOS, true, PLAIN_LEFT,
     INT64_C(1000) * 400000},
};

static int resource_of(const struct queue_case *q, enum tres tres)
{
    switch ((int)tres) {
    case TRES_NONE:
        return PLAIN_OF_JOBS;
    case TRES_NODE:
        return PLAIN_OF_NODES;
    case TRES_CPU:
        return RES_CPU;
    case TRES_MEM:
        return RES_MEM;
    default:
        return q->gpu;
    }
}

static const char *const account_names[] = {"anns", "bobs"};

/* To jobs of QOS "wide" accounts allow so many times as much of what is held. */
#define WIDER 2

static bool widened(enum limit_kind kind)
{
    return kind == LIMIT_GRP_TRES;
}

/* ---- drawing ---- */

static void add(struct queue_case *q, const struct sort *sort, enum queue_place place,
                int whose, int64_t most)
{
    const bool widens = place >= IN_MEMBER && widened(sort->kind);
    const struct plain_limit plain = {sort->plain,
                                      resource_of(q, sort->tres),
                                      {most, widens ? WIDER * most : most, INT64_MAX}};

    plain_limits_set(q->plain, q->n_limits, &plain);
    q->limits[q->n_limits++] =
        (struct queue_limit){place, sort->kind, sort->tres, whose};
}

/* In ann's account, or bob's; else of both. */
static void draw_one(struct queue_case *q, const struct sort *sort,
                     enum queue_place place, int owner, struct limits *limits)
{
    const size_t times = sort->plain == PLAIN_NODES ? 6 : 23;
    const int64_t most = sort->amount * (2 + (int64_t)queue_draw(q, times));

    limits_set(limits, sort->kind, sort->tres, NULL, most);
    if (place == IN_MEMBER || place == IN_ACCOUNT) {
        add(q, sort, place, owner, most);
    } else if (sort->each_one) {
        add(q, sort, place, 0, most);
        add(q, sort, place, 1, most);
    } else {
        add(q, sort, place, QUEUE_ALL, most);
    }
}

/* Under switches one who is over a limit on nodes finds an earlier place once others
 * are planned behind it, whose nodes it may share: the plain planner looks once. */
static bool draws(struct queue_case *q, const struct sort *sort)
{
    if (sort->plain == PLAIN_NODES)
        return !q->wired && queue_draw(q, 3) == 0;
    return queue_draw(q, 9) == 0;
}

static void draw_at(struct queue_case *q, enum queue_place place, int owner,
                    struct limits *limits)
{
    for (size_t i = 0; i < ARRAY_LEN(sorts); i++) {
        if ((sorts[i].places >> place & 1) != 0 && q->n_limits + 2 <= PLAIN_LIMITS &&
            draws(q, &sorts[i]))
            draw_one(q, &sorts[i], place, owner, limits);
    }
}

static void add_qos(struct queue_case *q, enum queue_place place, const char *name)
{
    struct qos *qos = qos_new();

    qos->name = xstrdup(name);
    draw_at(q, place, QUEUE_ALL, &qos->limits);
    queue_tell(q, CHANGE_QOS, qos);
}

static void add_wide(struct queue_case *q)
{
    static const int64_t factors[] = {1000, 0, 500, 2500};
    const uint64_t at = q->seed / 5; /* limited: every fifth */
    struct qos *qos = qos_new();

    qos->name = xstrdup("wide");
    qos->limit_factor = 1000 * (int64_t)WIDER;
    qos->usage_factor = q->wide_factor = factors[at % ARRAY_LEN(factors)];
    q->wide_asks = at / ARRAY_LEN(factors) % 2 == 0;
    qos->flags = q->wide_asks ? QOS_USAGE_FACTOR_SAFE : 0;
    queue_tell(q, CHANGE_QOS, qos);
}

static struct account *new_account(const char *name, const char *parent)
{
    struct account *account = account_new();

    account->name = xstrdup(name);
    account->parent = xstrdup_null(parent);
    return account;
}

static void add_accounts(struct queue_case *q)
{
    struct account *own[] = {new_account("anns", "lab"), new_account("bobs", "lab")};
    struct account *lab = new_account("lab", NULL);

    account_add(own[0], "ann", NULL, NULL);
    account_add(own[1], "bob", NULL, NULL);
    for (int i = 0; i < 2; i++)
        draw_at(q, IN_MEMBER, i, &own[i]->members[0].limits);
    for (int i = 0; i < 2; i++)
        draw_at(q, IN_ACCOUNT, i, &own[i]->limits);
    draw_at(q, IN_PARENT, QUEUE_ALL, &lab->limits);
    queue_tell(q, CHANGE_ACCOUNT, lab);
    queue_tell(q, CHANGE_ACCOUNT, own[0]);
    queue_tell(q, CHANGE_ACCOUNT, own[1]);
}

void queue_add_limits(struct queue_case *q)
{
    if (!q->limited)
        return;
    add_qos(q, IN_PART_QOS, "odds");
    add_qos(q, IN_QOS, "normal");
    add_wide(q);
    add_accounts(q);
}

const char *queue_part_qos(const struct queue_case *q, bool odd)
{
    return q->limited && odd ? "odds" : NULL;
}

bool queue_limits_nodes(const struct queue_case *q)
{
    bool limits = false;

    for (size_t i = 0; i < q->n_limits; i++)
        limits |= q->limits[i].tres == TRES_NODE;
    return limits;
}

void queue_draw_user(struct queue_case *q, struct job *job)
{
    const size_t who = queue_draw(q, 2);

    job->max_pods = job->min_pods; /* else as many as limits leave it */
    job->each.v[RES_MEM] = GIB * (int64_t)queue_draw(q, 4);
    job->account = xstrdup(account_names[who]);
    if (queue_draw(q, 4) == 0)
        job->qos = xstrdup("wide");
    if (who == 0)
        return;
    free(job->user);
    job->user = xstrdup("bob");
}

/* ---- who counts ---- */

static bool is_of(const struct job *job, const struct job *component,
                  enum queue_place place)
{
    const struct job *named = component->n_partitions > 0 ? component : job;
    const char *part = job->partition != NULL && component == job ? job->partition
                       : named->n_partitions > 0                  ? named->partitions[0]
                                                                  : "all";

    if (place == IN_PART_QOS)
        return strcmp(part, "odd") == 0;
    return place != IN_QOS ||
           (job->n_qos_list == 0 && (job->qos == NULL || str_eq(job->qos, "normal")));
}

/* The one of a place before stands for the other; but those of all jobs of accounts
 * stand beside each other. */
static bool masks(const struct queue_limit *before, const struct queue_limit *limit)
{
    bool same =
        before->kind == limit->kind ||
        (limit->kind == LIMIT_MAX_JOBS && (before->kind == LIMIT_MAX_JOBS_PER_USER ||
                                           before->kind == LIMIT_MAX_JOBS_PER_ACCOUNT));

    return before->place < limit->place && same && before->tres == limit->tres &&
           !(before->place >= IN_MEMBER && limit->whose == QUEUE_ALL);
}

struct plain_counts queue_counts_of(const struct queue_case *q, const struct job *job,
                                    const struct job *component)
{
    const int who = (int)queue_user_of(job);
    const bool wide = str_eq(job->qos, "wide");
    struct plain_counts counts = {.asks = wide && q->wide_asks ? q->wide_factor : 1000,
                                  .runs = wide ? q->wide_factor : 1000};

    for (size_t i = 0; i < q->n_limits; i++) {
        const struct queue_limit *limit = &q->limits[i];

        counts.for_[i] = is_of(job, component, limit->place) &&
                         (limit->whose == QUEUE_ALL || limit->whose == who);
        counts.terms[i] = wide ? PLAIN_WIDE : PLAIN_USUAL;
        for (size_t k = 0; k < i; k++) {
            if (counts.for_[k] && masks(&q->limits[k], limit))
                counts.terms[i] = PLAIN_ANY;
        }
    }
    return counts;
}

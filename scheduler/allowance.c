#include "scheduler/allowance.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "scheduler/billing.h"
#include "scheduler/book.h"
#include "scheduler/check.h"

#define NAME_MAX_ 2048 /* of whoever a limit is counted for */

/* ---- the places that a job is of ---- */

struct place_of {
    const struct limits *limits;
    const char *qos;     /* its name; or of an account: */
    const char *account; /* its name, and */
    bool is_member;      /* of the job's member */
};

#define PLACES_MAX (FAIRTREE_DEPTH_MAX + 4)

struct places {
    struct place_of items[PLACES_MAX];
    size_t n;
};

static void add_qos(struct places *places, const struct qos *qos)
{
    if (qos != NULL && qos->limits.n > 0)
        places->items[places->n++] =
            (struct place_of){.limits = &qos->limits, .qos = qos->name};
}

static void add_both_qos(const struct sched *s, const struct job *job,
                         const struct partition *part, struct places *places)
{
    const struct qos *own = policy_qos(&s->policy, job);
    const struct qos *of_part = part != NULL ? policy_part_qos(&s->policy, part) : NULL;
    bool own_first = own != NULL && (own->flags & QOS_OVER_PART_QOS) != 0;

    add_qos(places, own_first ? own : of_part);
    if (own != of_part)
        add_qos(places, own_first ? of_part : own);
}

static void add_accounts(const struct sched *s, const char *name, struct places *places)
{
    for (int depth = 0; name != NULL && depth <= FAIRTREE_DEPTH_MAX; depth++) {
        const struct account *account = policy_find_account(&s->policy, name);

        if (account != NULL && account->limits.n > 0)
            places->items[places->n++] =
                (struct place_of){.limits = &account->limits, .account = account->name};
        name = policy_parent(&s->policy, name);
    }
}

static void find_places(const struct sched *s, const struct job *job,
                        const struct partition *part, struct places *ret)
{
    const char *account = s->held.of_accounts ? policy_account(&s->policy, job) : NULL;
    const struct member *member =
        account != NULL
            ? policy_member(&s->policy, job, part != NULL ? part->name : NULL)
            : NULL;

    ret->n = 0;
    add_both_qos(s, job, part, ret);
    if (member != NULL && member->limits.n > 0)
        ret->items[ret->n++] = (struct place_of){
            .limits = &member->limits, .account = account, .is_member = true};
    add_accounts(s, account, ret);
}

/* Does a place before stand for this one? */
static bool is_masked(const struct places *places, size_t at, const struct limit *limit)
{
    for (size_t i = 0; i < at; i++) {
        const struct place_of *place = &places->items[i];

        if (place->qos == NULL && places->items[at].qos == NULL &&
            limit_rows[limit->kind].whose == WHOSE_ALL)
            continue;
        for (size_t k = 0; k < place->limits->n; k++) {
            const struct limit *before = &place->limits->items[k];

            if (limit_masks(before->kind, limit->kind) && before->tres == limit->tres &&
                str_eq(before->type, limit->type))
                return true;
        }
    }
    return false;
}

/* ---- what becomes of the job's own bounds ---- */

static int64_t wall_of(const struct places *places)
{
    for (size_t i = 0; i < places->n; i++) {
        const struct limit *limit =
            limits_find(places->items[i].limits, LIMIT_MAX_WALL, TRES_NONE, NULL);

        if (limit != NULL)
            return limit->amount;
    }
    return LIMIT_UNLIMITED;
}

/* Where it runs; of one that waits the first that it may start in. */
static const struct partition *part_of(const struct sched *s, const struct job *job)
{
    const struct partrec *part = NULL;

    if (job->partition != NULL)
        part = cluster_partition(&s->cluster, job->partition);
    else if (job->n_partitions == 0)
        part = cluster_default_partition(&s->cluster);
    else
        part = cluster_partition(&s->cluster, job->partitions[0]);
    return part != NULL ? part->part : NULL;
}

static void find_bounds(const struct sched *s, struct job *job)
{
    const struct partition *part = part_of(s, job);
    const struct qos *own = policy_qos(&s->policy, job);
    const struct qos *of_part = part != NULL ? policy_part_qos(&s->policy, part) : NULL;
    struct places places;

    job->lifts =
        ((own != NULL ? own->flags : 0) | (of_part != NULL ? of_part->flags : 0)) &
        QOS_LIFTS;
    find_places(s, job, part, &places);
    job->wall_sec = wall_of(&places);
}

void allowance_bound(const struct sched *s, struct job *job, const struct job *old)
{
    if (s->held.stale) {
        job->wall_sec = old != NULL ? old->wall_sec : job->wall_sec;
        job->lifts = old != NULL ? old->lifts : job->lifts;
        return;
    }
    job->lifts = 0;
    job->wall_sec = LIMIT_UNLIMITED;
    if (s->held.of_bounds)
        find_bounds(s, job);
}

/* ---- whose jobs count together ---- */

static void say_user(const struct job *job, struct str *out)
{
    if (job_has_user(job))
        str_addf(out, "%s", job->user);
    else
        str_addf(out, "/%s", job->ns != NULL ? job->ns : "");
}

static void say_whose(const struct sched *s, const struct job *job,
                      const struct partition *part, const struct limit *limit,
                      struct str *out)
{
    const char *account = policy_account(&s->policy, job);
    const struct member *member;

    str_reset(out);
    switch (limit_rows[limit->kind].whose) {
    case WHOSE_ALL:
    case WHOSE_JOB:
        break;
    case WHOSE_USER:
        say_user(job, out);
        break;
    case WHOSE_ACCOUNT:
        str_add(out, account != NULL ? account : "");
        break;
    case WHOSE_MEMBER:
        member = policy_member(&s->policy, job, part != NULL ? part->name : NULL);
        str_addf(out, "%s/", account != NULL ? account : "");
        if (member == NULL)
            say_user(job, out);
        else
            str_addf(out, "%s/%s/%s", member->user != NULL ? member->user : "",
                     member->ns != NULL ? member->ns : "",
                     member->partition != NULL ? member->partition : "");
        break;
    }
}

/* ---- amounts ---- */

/* A job in a partition: with its slots, or without any by what it asks for at least. */
struct asking {
    const struct job *job;
    const struct partition *part;
    const struct slot *slots;
    size_t n_slots;
    int64_t limit_sec;
    struct resvec least;
    bool alone; /* as if nobody else held anything */
};

static bool is_of_type(const struct sched *s, const char *node, const char *type)
{
    const struct noderec *rec = type != NULL ? cluster_node(&s->cluster, node) : NULL;

    return type == NULL ||
           (rec != NULL && rec->node != NULL && str_eq(rec->node->gpu_type, type));
}

static int resource_of(const struct sched *s, enum tres tres)
{
    switch (tres) {
    case TRES_CPU:
        return RES_CPU;
    case TRES_MEM:
        return RES_MEM;
    case TRES_GPU:
        return s->cluster.res.gpu;
    case TRES_NONE:
    case TRES_NODE:
    case TRES_BILLING:
    case TRES_KINDS:
        break;
    }
    return -1;
}

/* Of all slots, or of those on the node of one of them. */
static int64_t amount_in(const struct sched *s, const struct asking *a,
                         const struct limit *limit, const char *node)
{
    int resource = resource_of(s, limit->tres);
    int64_t sum = 0;

    for (size_t i = 0; i < a->n_slots && resource >= 0; i++) {
        const struct slot *slot = &a->slots[i];

        if ((node == NULL || strcmp(node, slot->node) == 0) &&
            is_of_type(s, slot->node, limit->type))
            sum = add_capped(sum, cluster_use(&slot->each, slot->pods).v[resource]);
    }
    return sum;
}

static int64_t billing_in(const struct sched *s, const struct asking *a)
{
    struct job like = *a->job;

    like.alloc = (struct slot *)a->slots;
    like.n_alloc = a->n_slots;
    return billing_of(&s->cluster, a->part, &like, s->config.priority_flags);
}

static int64_t asked_at_least(const struct sched *s, const struct asking *a,
                              const struct limit *limit)
{
    int resource = resource_of(s, limit->tres);

    if (limit->tres == TRES_NODE)
        return job_least_nodes(a->job);
    if (resource < 0 || (limit->type != NULL && !str_eq(limit->type, a->job->gpu_type)))
        return 0;
    return a->least.v[resource];
}

static int64_t amount_of(const struct sched *s, const struct asking *a,
                         const struct limit *limit)
{
    if (a->slots == NULL)
        return asked_at_least(s, a, limit);
    if (limit->tres == TRES_NODE)
        return slots_nodes(a->slots, a->n_slots);
    return limit->tres == TRES_BILLING ? billing_in(s, a)
                                       : amount_in(s, a, limit, NULL);
}

static int64_t most_on_a_node(const struct sched *s, const struct asking *a,
                              const struct limit *limit)
{
    int resource = resource_of(s, limit->tres);
    int64_t most = 0;

    if (resource < 0)
        return 0;
    if (a->slots == NULL)
        return limit->type == NULL || str_eq(limit->type, a->job->gpu_type)
                   ? a->job->each.v[resource]
                   : 0;
    for (size_t i = 0; i < a->n_slots; i++)
        most = MAX(most, amount_in(s, a, limit, a->slots[i].node));
    return most;
}

static int64_t times(int64_t amount, int64_t sec)
{
    int64_t product;

    return __builtin_mul_overflow(amount, sec, &product) ? INT64_MAX : product;
}

/* An array is as many jobs as it has tasks. */
static int64_t tasks_of(const struct job *job)
{
    return MAX(job->tasks_left, 1);
}

/* What the job itself counts for. */
static int64_t needed(const struct sched *s, const struct asking *a,
                      const struct limit *limit)
{
    switch (limit_rows[limit->kind].what) {
    case WHAT_JOBS:
        return 1;
    case WHAT_SUBMITTED:
        return tasks_of(a->job);
    case WHAT_WALL:
        return a->limit_sec;
    case WHAT_HELD:
        return amount_of(s, a, limit);
    case WHAT_PER_NODE:
        return most_on_a_node(s, a, limit);
    case WHAT_LEFT:
        return times(amount_of(s, a, limit), a->limit_sec);
    }
    return 0;
}

/* ---- counting ---- */

static bool is_counted(const struct limit *limit)
{
    return limit_rows[limit->kind].whose != WHOSE_JOB;
}

static int64_t end_of(const struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;

    if (job->phase == JOB_COMPLETING)
        return INT64_MIN;
    return jobrec_end(s, rec);
}

static bool is_submitted(const struct job *job)
{
    return job->phase <= JOB_RUNNING;
}

/* Does the job count for it as it is now? */
static bool counts_for(const struct job *job, const struct limit *limit)
{
    if (limit_rows[limit->kind].whose == WHOSE_JOB)
        return false;
    return limit->kind >= LIMIT_SUBMITS ? is_submitted(job) : job->n_alloc > 0;
}

static void take_of(struct sched *s, struct jobrec *rec, const struct asking *a,
                    const struct places *places, size_t at)
{
    const struct limits *limits = places->items[at].limits;
    STR_AUTO struct str whose;

    str_init(&whose, NAME_MAX_);
    for (size_t i = 0; i < limits->n; i++) {
        const struct limit *limit = &limits->items[i];
        bool of_nodes =
            limit->tres == TRES_NODE && limit_rows[limit->kind].what == WHAT_HELD;
        struct taking taking = {.limit = limit,
                                .end_sec = end_of(s, rec),
                                .slots = a->slots,
                                .n_slots = a->n_slots};

        if (!counts_for(a->job, limit))
            continue;
        say_whose(s, a->job, a->part, limit, &whose);
        taking.whose = whose.s;
        if (limit->kind >= LIMIT_SUBMITS)
            taking.amount = tasks_of(a->job);
        else if (!limit_has_tres(limit->kind))
            taking.amount = 1;
        else if (!of_nodes)
            taking.amount = amount_of(s, a, limit);
        held_take(&s->held, &rec->takes, &taking);
    }
}

/* Who was held back by what is held no longer may start. */
static void list_freed(struct sched *s)
{
    struct waiter *waiter;

    while ((waiter = held_freed(&s->held)) != NULL)
        starts_enlist(
            s, (struct jobrec *)((char *)waiter - offsetof(struct jobrec, waiter)));
}

void allowance_take(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    struct asking a = {.job = job, .slots = job->alloc, .n_slots = job->n_alloc};
    struct places places;

    s->held.stale |= s->policy.grown;
    if (s->held.stale || !s->held.any || (job->n_alloc == 0 && !s->held.of_submits))
        return;
    held_drop(&s->held, &rec->takes, NULL, 0);
    list_freed(s);
    a.part = part_of(s, job);
    find_places(s, job, a.part, &places);
    for (size_t i = 0; i < places.n; i++)
        take_of(s, rec, &a, &places, i);
}

void allowance_drop(struct sched *s, struct jobrec *rec)
{
    held_on(&rec->waiter);
    held_drop(&s->held, &rec->takes, rec->job != NULL ? rec->job->alloc : NULL,
              rec->job != NULL ? rec->job->n_alloc : 0);
    list_freed(s);
}

void allowance_hold_back(struct sched *s, struct jobrec *rec)
{
    if (s->held.broken == NULL || rec->job->n_partitions > 1 || rec->waiter.by != NULL)
        return;
    held_back(&rec->waiter, s->held.broken);
    starts_enlist(s, rec);
}

static bool see_limits(struct held *held, const struct limits *limits)
{
    held->any |= limits->n > 0;
    held->of_submits |=
        limits->n > 0 && limits->items[limits->n - 1].kind >= LIMIT_SUBMITS;
    held->of_bounds |= limits_find(limits, LIMIT_MAX_WALL, TRES_NONE, NULL) != NULL;
    return limits->n > 0;
}

static void look_for_limits(struct held *held, const struct policy *p)
{
    held->any = held->of_accounts = held->of_submits = held->of_bounds = false;
    for (size_t i = 0; i < p->n_qos; i++) {
        see_limits(held, &p->qos[i]->limits);
        held->of_bounds |= (p->qos[i]->flags & QOS_LIFTS) != 0;
    }
    for (size_t i = 0; i < p->n_accounts; i++) {
        const struct account *account = p->accounts[i];

        held->of_accounts |= see_limits(held, &account->limits);
        for (size_t k = 0; k < account->n_members; k++)
            held->of_accounts |= see_limits(held, &account->members[k].limits);
    }
}

/* Its shape, and its end if it runs, may be others. */
static void bind_anew(struct sched *s, struct jobrec *rec)
{
    struct job *job = rec->job;
    int64_t wall_sec = job->wall_sec, lifts = job->lifts;
    struct shape *shape;

    allowance_bound(s, job, job);
    if (job->wall_sec != wall_sec && job->limit_sec == LIMIT_UNSET) {
        s->timeline_gen = 0;
        s->end_sec = INT64_MIN;
    }
    if (job->lifts == lifts || rec->shape == NULL)
        return;
    book_cancel_plan(s, rec);
    shape = shape_get(&s->shapes, job);
    shape_put(&s->shapes, rec->shape);
    rec->shape = shape;
    rec->version++;
}

static void bind_all(struct sched *s)
{
    struct jobrec *rec, *next;

    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone && rec->job->phase <= JOB_COMPLETING)
            bind_anew(s, rec);
    }
}

void allowance_settle(struct sched *s)
{
    struct jobrec *rec, *next;
    bool had_any = s->held.any, had_bounds = s->held.of_bounds;

    if (!s->held.stale)
        return;
    look_for_limits(&s->held, &s->policy);
    s->held.stale = false;
    if (had_bounds || s->held.of_bounds)
        bind_all(s);
    if (!had_any && !s->held.any)
        return;
    HASH_ITER (hh, s->jobs, rec, next) {
        allowance_drop(s, rec);
        starts_enlist(s, rec);
    }
    held_reset(&s->held);
    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone)
            allowance_take(s, rec);
    }
}

/* ---- saying ---- */

static void say_amount(const struct limit *limit, int64_t amount, struct str *out)
{
    char text[QUANTITY_TEXT_MAX];
    bool left = limit_rows[limit->kind].what == WHAT_LEFT;

    str_addf(out, "%s%s%s=", tres_word(limit->tres), limit->type != NULL ? ":" : "",
             limit->type != NULL ? limit->type : "");
    if (amount == INT64_MAX) {
        str_add(out, "unlimited");
        return;
    }
    amount = left ? (amount + 59) / 60 : amount;
    if (limit->tres == TRES_CPU)
        quantity_format_milli(amount, text);
    else if (limit->tres == TRES_MEM)
        size_format(amount, text);
    else
        snprintf(text, sizeof(text), "%lld", (long long)amount);
    str_addf(out, "%s%s", text, left ? " minutes" : "");
}

static void say_place(const struct place_of *place, const struct job *job,
                      struct str *out)
{
    const char *verb = "allows";

    if (place->qos != NULL)
        str_addf(out, "QOS %s %s ", place->qos, verb);
    else
        str_addf(out, "account %s %s ", place->account, verb);
    if (place->is_member)
        str_addf(out, "%s ", job_has_user(job) ? job->user : job->ns);
}

static void say_jobs(const struct place_of *place, const struct limit *limit,
                     struct str *out)
{
    static const char *const whose[] = {[WHOSE_ALL] = "",
                                        [WHOSE_USER] = "a user ",
                                        [WHOSE_ACCOUNT] = "an account ",
                                        [WHOSE_MEMBER] = "a member "};
    enum limit_whose who = limit_rows[limit->kind].whose;
    bool submitted = limit->kind >= LIMIT_SUBMITS;

    str_addf(out, "%s%lld %sjob%s%s%s", place->is_member ? "" : whose[who],
             (long long)limit->amount, submitted ? "" : "running ",
             limit->amount == 1 ? "" : "s", submitted ? " in the queue" : "",
             who == WHOSE_ALL ? " in all" : "");
}

static void say_wall(const struct limit *limit, int64_t need, struct str *out)
{
    char most[DURATION_TEXT_MAX], asked[DURATION_TEXT_MAX];

    duration_format(limit->amount, most);
    duration_format(need, asked);
    str_addf(out, "a job %s; its time limit is %s", most, asked);
}

static void say_tres(const struct place_of *place, const struct limit *limit,
                     int64_t need, struct str *out)
{
    const struct limit_row *row = &limit_rows[limit->kind];
    bool per_node = row->what == WHAT_PER_NODE;

    switch (row->whose) {
    case WHOSE_ALL:
    case WHOSE_MEMBER:
        break;
    case WHOSE_USER:
        str_add(out, "a user ");
        break;
    case WHOSE_ACCOUNT:
        str_add(out, "an account ");
        break;
    case WHOSE_JOB:
        if (!place->is_member)
            str_add(out, "a job ");
        break;
    }
    if (row->least)
        str_add(out, "no less than ");
    say_amount(limit, limit->amount, out);
    if (row->whose == WHOSE_ALL)
        str_add(out, " in all");
    if (per_node)
        str_add(out, " on a node");
    str_add(out, row->least ? "; it asks for " : "; it needs ");
    say_amount(limit, need, out);
}

static void say(const struct place_of *place, const struct job *job,
                const struct limit *limit, int64_t need, struct str *out)
{
    say_place(place, job, out);
    switch (limit_rows[limit->kind].what) {
    case WHAT_JOBS:
    case WHAT_SUBMITTED:
        say_jobs(place, limit, out);
        break;
    case WHAT_WALL:
        say_wall(limit, need, out);
        break;
    case WHAT_HELD:
    case WHAT_PER_NODE:
    case WHAT_LEFT:
        say_tres(place, limit, need, out);
        break;
    }
}

/* ---- checking ---- */

/* What all that count together would hold with the job. */
static int64_t held_with(const struct sched *s, const struct asking *a,
                         const struct limit *limit, int64_t need)
{
    bool nodes = limit->tres == TRES_NODE && limit_rows[limit->kind].what == WHAT_HELD;
    STR_AUTO struct str whose;
    int64_t held;

    str_init(&whose, NAME_MAX_);
    if (!is_counted(limit) || a->alone)
        return need;
    say_whose(s, a->job, a->part, limit, &whose);
    if (nodes && a->slots != NULL)
        return held_nodes_with(&s->held, limit, whose.s, a->slots, a->n_slots);
    held = held_of(&s->held, limit, whose.s, s->now_sec);
    return nodes ? MAX(held, need) : add_capped(held, need);
}

/* What no slots are known for can be enough still. */
static bool may_be_enough(const struct asking *a, const struct limit *limit)
{
    return a->slots == NULL && (limit->tres == TRES_BILLING || a->job->n_units > 0 ||
                                a->job->max_pods > a->job->min_pods);
}

static bool is_broken(struct sched *s, const struct asking *a,
                      const struct limit *limit, int64_t need)
{
    if (limit_rows[limit->kind].least)
        return need < limit->amount && !may_be_enough(a, limit);
    if (limit->type != NULL && !str_eq(limit->type, a->job->gpu_type))
        return false;
    return held_with(s, a, limit, need) > limit->amount;
}

/* What is left grows less by itself; of anything else some has to be given back. */
static void note_broken(struct sched *s, const struct asking *a,
                        const struct limit *limit)
{
    STR_AUTO struct str whose;

    str_init(&whose, NAME_MAX_);
    if (!is_counted(limit))
        return;
    if (limit_rows[limit->kind].what == WHAT_LEFT) {
        s->pass.begin_sec =
            MIN(s->pass.begin_sec, timeline_minute(s->now_sec) + TIMELINE_MINUTE_SEC);
        return;
    }
    say_whose(s, a->job, a->part, limit, &whose);
    s->held.broken = held_counter(&s->held, limit, whose.s);
}

static enum limit_kind stage_of(enum limit_kind kind)
{
    if (kind >= LIMIT_SUBMITS)
        return LIMIT_SUBMITS;
    return kind >= LIMIT_COUNTS ? LIMIT_COUNTS : 0;
}

/* `stage`: the first kind of those that are looked at. */
static enum reason check_places(struct sched *s, const struct asking *a,
                                enum limit_kind stage, struct str *message)
{
    struct places places;

    s->held.broken = NULL;
    find_places(s, a->job, a->part, &places);
    for (size_t i = 0; i < places.n; i++) {
        const struct place_of *place = &places.items[i];

        for (size_t k = 0; k < place->limits->n; k++) {
            const struct limit *limit = &place->limits->items[k];
            int64_t need;

            if (stage_of(limit->kind) != stage || is_masked(&places, i, limit))
                continue;
            need = needed(s, a, limit);
            if (!is_broken(s, a, limit, need))
                continue;
            note_broken(s, a, limit);
            say(place, a->job, limit, need, message);
            return reason_of_limit(limit->kind, limit->tres, place->qos == NULL);
        }
    }
    return REASON_NONE;
}

static struct asking asking_of(const struct job *job, const struct partition *part)
{
    return (struct asking){.job = job,
                           .part = part,
                           .limit_sec = check_limit(job, part),
                           .least = job_ask(job)};
}

enum reason allowance_check(struct sched *s, const struct job *job,
                            const struct partition *part, struct str *message)
{
    struct asking a;

    if (!s->held.any)
        return REASON_NONE;
    a = asking_of(job, part);
    return check_places(s, &a, 0, message);
}

enum reason allowance_check_tres(struct sched *s, const struct job *job,
                                 const struct partition *part, const struct slot *slots,
                                 size_t n, struct str *message)
{
    struct asking a;

    if (!s->held.any)
        return REASON_NONE;
    a = asking_of(job, part);
    a.slots = slots;
    a.n_slots = n;
    return check_places(s, &a, LIMIT_COUNTS, message);
}

/* ---- new jobs ---- */

/* A QOS in force says so, or there is none. */
static bool is_denying(const struct sched *s, const struct job *job,
                       const struct partition *part)
{
    const struct qos *own = policy_qos(&s->policy, job);
    const struct qos *of_part = policy_part_qos(&s->policy, part);

    if (own == NULL && of_part == NULL)
        return true;
    return (((own != NULL ? own->flags : 0) | (of_part != NULL ? of_part->flags : 0)) &
            QOS_DENY_ON_LIMIT) != 0;
}

enum reason allowance_check_new(struct sched *s, const struct job *job,
                                const struct partition *part, struct str *message)
{
    struct asking a;
    enum reason reason;

    if (!s->held.any)
        return REASON_NONE;
    a = asking_of(job, part);
    reason = check_places(s, &a, LIMIT_SUBMITS, message);
    if (reason != REASON_NONE || !is_denying(s, job, part))
        return reason;
    a.alone = true;
    reason = check_places(s, &a, 0, message);
    return reason != REASON_NONE ? reason : check_places(s, &a, LIMIT_COUNTS, message);
}

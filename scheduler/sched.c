#include "scheduler/sched.h"

#include <stdlib.h>
#include <string.h>

#include "base/joined.h"
#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/charge.h"
#include "scheduler/check.h"
#include "scheduler/core.h"
#include "scheduler/piece.h"
#include "scheduler/reprieve.h"
#include "scheduler/withhold.h"
#include "scheduler/yield.h"

#define MESSAGE_MAX 4096

struct sched_config sched_config_default(void)
{
    struct sched_config config = {
        .priority_weight_age = 1000,
        .priority_weight_partition = 1000,
        .priority_weight_qos = 1000,
        .priority_weight_fairshare = 1000,
        .priority_max_age_sec = 7 * 86400,
        .decay_half_life_sec = 7 * 86400,
        .calc_period_sec = 300,
        .fair_share_damping = 1,
        .usage_reset_sec = TIME_UNSET,
        .window_sec = 7 * 86400,
        .reservation_depth = 1000000,
        .max_job_test = 1000000,
        .max_job_array_resv = 20,
        .max_switch_wait_sec = 300,
        .backfill_order = BACKFILL_AREA,
        .preempt_mode = PREEMPT_OFF,
        .preempt_min_exempt_priority = INT64_MAX,
        .requeue_delay_sec = 120,
    };

    topology_labels_parse(TOPOLOGY_LABELS_DEFAULT, &config.topology_labels, NULL);
    return config;
}

struct topology_rules sched_config_topology(const struct sched_config *config)
{
    return (struct topology_rules){config->topology_kind, &config->topology_labels,
                                   &config->block_sizes};
}

struct sched *sched_new(const struct sched_config *config)
{
    struct sched *s = xcalloc(1, sizeof(*s));
    const struct topology_rules rules = sched_config_topology(config);

    s->config = *config;
    cluster_init(&s->cluster);
    cluster_set_topology(&s->cluster, &rules);
    timeline_init(&s->timeline);
    decided_init(&s->decided);
    decided_init(&s->withheld);
    s->withheld_sec = TIME_UNSET;
    str_init(&s->message, MESSAGE_MAX);
    s->pass.begin_sec = INT64_MAX;
    s->end_sec = INT64_MAX;
    held_outdate(&s->held);
    s->held.of_bounds = true; /* jobs may come with those of another core */
    s->now_sec = TIME_UNSET;
    s->ends_sec = TIME_UNSET;
    s->charged_sec = TIME_UNSET;
    s->reserve.next_sec = TIME_NEVER;
    s->restless.most = RESTLESS_WALKS;
    return s;
}

void sched_leave_hints(struct sched *s)
{
    s->without_hints = true;
}

void sched_free(struct sched *s)
{
    struct jobrec *rec, *next;

    if (s == NULL)
        return;
    HASH_ITER (hh, s->jobs, rec, next)
        jobrec_free(s, rec);
    held_reset(&s->held);
    singles_fini(&s->singles);
    circles_fini(&s->circles);
    crews_fini(&s->crews);
    cluster_fini(&s->cluster);
    policy_fini(&s->policy);
    reserve_fini(&s->reserve);
    revisit_fini(&s->settling.changed, REVISIT_LIMITS);
    placer_fini(&s->placer);
    asked_fini(&s->asked);
    decided_fini(&s->decided);
    decided_fini(&s->withheld);
    queue_fini(&s->pass.queue);
    queue_fini(&s->pass.accruals.queue);
    turns_fini(&s->pass.turns);
    timeline_fini(&s->timeline);
    horizon_fini(&s->horizon);
    window_fini(&s->window);
    owners_fini(&s->owners);
    free(s->own);
    free(s->uses);
    free(s->bounds);
    lines_fini(&s->lines);
    stairwell_fini(&s->stairs);
    candidates_fini(&s->candidates);
    free(s->list);
    free(s->holding);
    free(s->gone);
    free(s->payers);
    free(s->pass.arrays);
    yield_fini(s);
    herds_fini(&s->herds);
    victims_fini(&s->victims);
    lifts_fini(&s->lifts);
    hunters_fini(&s->hunters);
    hunters_fini(&s->pass.hunters);
    hunters_fini(&s->pass.late);
    hunters_fini(&s->pass.all);
    crowds_fini(&s->crowds);
    str_fini(&s->message);
    free(s);
}

struct norms core_norms(const struct sched *s)
{
    struct norms norms = {
        .nodes = s->cluster.n_known,
        .cpu_milli = (int64_t)MIN(s->cluster.cpu_milli, (__int128)INT64_MAX),
        .qos_priority = policy_largest_priority(&s->policy),
        .assoc_priority = s->policy.assocs.largest_priority,
    };
    const struct partrec *part, *next_part;

    HASH_ITER (hh, s->cluster.parts, part, next_part) {
        if (!part->gone)
            norms.part_factor = MAX(norms.part_factor, part->part->priority_job_factor);
    }
    return norms;
}

static int64_t tres_of(const struct sched *s, const struct partition *part,
                       const struct job *ask)
{
    struct partrec *rec = NULL;

    if (s->config.priority_weight_tres.n > 0 && part != NULL)
        rec = cluster_partition(&s->cluster, part->name);
    if (rec == NULL)
        return 0;
    return tresweight_term(&s->config.priority_weight_tres, &s->cluster, rec, ask,
                           (s->config.priority_flags & PRIORITY_RAW_TRES) != 0);
}

struct grounds core_grounds(const struct sched *s, const struct job *job,
                            const struct partition *part, const struct job *ask)
{
    return (struct grounds){
        .part = part,
        .ask = ask,
        .tres = tres_of(s, part, ask),
        .qos = policy_qos(&s->policy, job),
        .standing = policy_standing(&s->policy, job, part != NULL ? part->name : NULL),
        .share = s->config.priority_weight_small_size > 0
                     ? shape_share(ask, &s->cluster)
                     : 0,
    };
}

struct priority core_priority(const struct sched *s, const struct norms *norms,
                              const struct job *job, const struct partrec *part,
                              int64_t now_sec)
{
    struct job *ask = job_copy(job);
    struct priority priority;
    struct grounds grounds;

    if (part != NULL)
        variant_apply(&s->cluster, part, LOT_NONE, ask);
    grounds = core_grounds(s, job, part != NULL ? part->part : NULL, ask);
    priority = priority_of(&s->config, norms, job, &grounds, now_sec);
    job_free(ask);
    return priority;
}

/* ---- the step ---- */

#define REPRIEVES_MAX 4 /* in one; the next one goes on */
/* So long it takes to begin a walk, of 100,000 jobs on 5,000 nodes. */
#define BEGIN_US 3000
/* And to look at so many whose time may be up, in a microsecond. */
#define ENDS_A_US 5
/* So many jobs are forgotten between looks at the budget, a microsecond each. */
#define SWEEP_JOBS 64

/* Whose own time is up, while the others go on. */
static void end_components(struct sched *s, struct jobrec *rec, int64_t now_sec)
{
    for (size_t i = 1; i <= rec->job->n_others; i++) {
        const struct decision decision = {
            .kind = DECIDE_END, .job_uid = rec->uid, .component = i};

        if (jobrec_component_end_to_tell(s, rec, i) > now_sec)
            continue;
        rec->ends_told |= UINT32_C(1) << i;
        decided_add(&s->decided, &decision);
    }
}

/* A job whose time is up, or that of some of its components. */
static void end_job(struct sched *s, struct jobrec *rec, int64_t now_sec)
{
    struct decision decision = {.kind = DECIDE_END, .job_uid = rec->uid};

    if (jobrec_end_to_tell(s, rec) > now_sec) {
        end_components(s, rec, now_sec);
        s->end_sec = MIN(s->end_sec, jobrec_next_end(s, rec));
        return;
    }
    rec->end_told = true;
    str_reset(&s->message);
    jobrec_say_end(s, rec, &s->message);
    decision.message = s->message.len > 0 ? s->message.s : NULL;
    decided_add(&s->decided, &decision);
}

static int compare_ids(const void *pa, const void *pb)
{
    const struct jobrec *a = *(struct jobrec *const *)pa;
    const struct jobrec *b = *(struct jobrec *const *)pb;

    if (a->job->job_id != b->job->job_id)
        return a->job->job_id < b->job->job_id ? -1 : 1;
    return strcmp(a->uid, b->uid);
}

/* Where a walk ends jobs in each of its steps, all are looked at once a second. */
static bool may_be_due(const struct sched *s, int64_t now_sec)
{
    return now_sec >= s->end_sec && (!s->pass.running || s->ends_sec != now_sec);
}

/* Only who runs is charged. */
static void end_what_must(struct sched *s, int64_t now_sec)
{
    AUTO_FREE struct jobrec **due = NULL;
    size_t n = 0, cap = 0;

    s->ends_sec = now_sec;
    s->end_sec = INT64_MAX;
    for (size_t i = 0; i < s->n_payers; i++) {
        int64_t end = jobrec_next_end(s, s->payers[i]);

        if (end > now_sec) {
            s->end_sec = MIN(s->end_sec, end);
            continue;
        }
        GROW(due, n, cap);
        due[n++] = s->payers[i];
    }
    if (n > 1)
        qsort(due, n, sizeof(*due), compare_ids);
    for (size_t i = 0; i < n; i++)
        end_job(s, due[i], now_sec);
}

static bool has_room_to_end(struct sched *s, int64_t now_sec,
                            struct sched_budget budget)
{
    return !may_be_due(s, now_sec) ||
           piece_has_time(s, PIECE_ENDS, (int64_t)s->n_payers / ENDS_A_US, budget);
}

/* In each new minute the timeline is cut anew, finer where it has come nearer, and what
 * should have ended is looked at again: plans may move. */
static bool nothing_to_do(const struct sched *s, int64_t now_sec)
{
    return !s->dirty && now_sec < s->pass.begin_sec &&
           (s->pass.n_waiting == 0 || !timeline_is_outdated(&s->timeline, now_sec));
}

/* A reservation has begun or is over: other nodes are shut from now on. */
static void cross_boundaries(struct sched *s, int64_t now_sec)
{
    if (now_sec < s->reserve.next_sec)
        return;
    s->timeline_gen = 0;
    s->dirty = true;
    s->reserve.next_sec = TIME_NEVER; /* until they are looked at */
}

/* Who has gone during the last walk is forgotten before the next one, which knows
 * nothing of them; whoever goes meanwhile is at once. False: the budget is spent. */
static bool sweep_gone(struct sched *s, struct sched_budget budget)
{
    while (s->n_gone > 0) {
        jobrec_free(s, s->gone[s->n_gone - 1]);
        if (s->n_gone % SWEEP_JOBS != 0)
            continue;
        freed_sort();
        if (s->n_gone > 0 && sched_is_spent(budget))
            return false;
    }
    return true;
}

/* Before a walk: a reservation that is to get nodes takes them first. */
static bool may_start_first(struct sched *s, int64_t now_sec)
{
    return starts_are_ready(s, now_sec) && reserve_is_settled(s);
}

/* Whoever may start at once does so first. False: the budget is spent. */
static bool begin(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    bool ready = may_start_first(s, now_sec);

    if (ready) /* there is nothing to choose */
        reserve_uncount_all(&s->reserve);
    if ((ready && !starts_run(s, now_sec, budget)) || !sweep_gone(s, budget) ||
        !pass_prepare(s, now_sec, budget) ||
        !piece_has_time(s, PIECE_WALK, BEGIN_US, budget))
        return false;
    pass_begin(s, now_sec);
    restless_note(s, now_sec);
    s->pass.starts_first = !ready;
    return true;
}

/* The queue, the timeline, and then whoever may start at once if that could not be told
 * before. */
static bool prepare(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    if (s->pass.filling && !pass_fill(s, now_sec, budget))
        return false;
    if (!s->pass.starts_first)
        return true;
    if (starts_are_ready(s, now_sec) && !starts_run(s, now_sec, budget))
        return false;
    s->pass.starts_first = false;
    s->pass.moved = false;
    return true;
}

/* What has changed since the walk began may let others start. */
static bool look_between(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    return !s->dirty || !may_start_first(s, now_sec) || starts_run(s, now_sec, budget);
}

static enum sched_progress walk(struct sched *s, int64_t now_sec,
                                struct sched_budget budget)
{
    if (s->pass.running)
        pass_note_new(s, now_sec);
    if (s->pass.running && !look_between(s, now_sec, budget))
        return SCHED_MORE;
    for (;;) {
        if (!s->pass.running) {
            if (nothing_to_do(s, now_sec) || restless_is_over(s, now_sec))
                return SCHED_IDLE;
            if (!begin(s, now_sec, budget))
                return SCHED_MORE;
        }
        if (!prepare(s, now_sec, budget) || !pass_run(s, now_sec, budget))
            return SCHED_MORE;
    }
}

/* Plans have moved where somebody need not end: others may move up. */
static enum sched_progress tell_victims(struct sched *s, int64_t now_sec,
                                        struct sched_budget budget,
                                        enum sched_progress progress)
{
    for (int i = 0; reprieve_run(s); i++) {
        if (progress == SCHED_MORE || i == REPRIEVES_MAX) {
            progress = SCHED_MORE;
            break;
        }
        progress = walk(s, now_sec, budget);
    }
    withhold_tell(s);
    return progress;
}

enum sched_progress sched_step(struct sched *s, int64_t now_sec,
                               struct sched_budget budget, struct decisions *ret)
{
    enum sched_progress progress;

    now_sec = MIN(now_sec, INT64_MAX - 1); /* INT64_MAX means never, not now */
    decided_reset(&s->decided);
    s->now_sec = now_sec;
    cross_boundaries(s, now_sec);
    if (!charge_settle(s, now_sec, budget) || !allowance_settle(s, budget) ||
        !has_room_to_end(s, now_sec, budget)) {
        *ret = (struct decisions){.items = s->decided.items, .n = s->decided.n};
        return SCHED_MORE;
    }
    withhold_bring(s);
    if (may_be_due(s, now_sec))
        end_what_must(s, now_sec);
    allowance_end_over(s);
    progress = walk(s, now_sec, budget);
    if (!withhold_keep(s, progress))
        progress = tell_victims(s, now_sec, budget, progress);
    *ret = (struct decisions){.items = s->decided.items, .n = s->decided.n};
    return progress;
}

int64_t sched_next_wake(const struct sched *s, int64_t now_sec)
{
    int64_t wake = MIN(MIN(s->end_sec, s->pass.begin_sec), s->reserve.next_sec);

    if (restless_is_over(s, now_sec) && !s->pass.running)
        return now_sec + 1;
    if (s->dirty || s->pass.running || s->charging.running || allowance_is_settling(s))
        return now_sec;
    if (s->pass.n_waiting > 0)
        wake = MIN(wake, timeline_minute(now_sec) + TIMELINE_MINUTE_SEC);
    wake = MIN(wake, charge_next(s, now_sec));
    return MAX(wake, now_sec);
}

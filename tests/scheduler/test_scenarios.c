/*
 * Runs tests/scheduler/scenarios/<name>.txt: lines of cluster_text, and
 *
 *   weights age=1000 partition=1000 maxage=604800   (first, if at all; also qos, size,
 *                     short, small, favorsmall, fairshare, assoc, halflife, period, and
 *                     flags=MAX_TRES,... and tres=cpu=10,mem=20,...)
 *   plan depth=50 test=500 gaps=queue               (likewise; gaps: backfillOrder;
 *                                                    arrayresv: bfMaxJobArrayResv;
 *                                                    killinvalid; overtime=seconds;
 *                                                    overrun=seconds;
 *                                                    switchwait=seconds)
 *   licenses matlab:2,ansys:1   (likewise; how many there are)
 *   topology tree rack,leaf     (likewise; topologyPlugin, topologyLabels and, behind
 *                               another space, blockSizes; or flat,
 *                                or block rack)
 *   preempt by=qos mode=REQUEUE exempt=60 youngest   (likewise; or by=partition;
 *                                                    above=priority that exempts;
 *                                                    reclaim: licences, too)
 *   at 100            step at that time until idle; what was decided goes to the output
 *   at 100 jobs=2     the same, yielding after two jobs each time
 *   submit job 5 ...  a new job; whether submit limits and DenyOnLimit let it in goes
 *                     to the output, and in which of its partitions, if not in all
 *   run 1-3           these jobs are running now where the core has started them;
 *   run 1/0           likewise, a task of an array
 *   complete 1        their pods are ending, but still there
 *   end 1-3 at 90     likewise, but they have ended at that time
 *   reservations      and their nodes, and how many promises they have broken, to the
 *                     output
 *   classes           of waiting jobs, whether that is never, not allowed yet, or not
 *                     free yet, to the output
 *   usage             what members of accounts have used, in seconds, to the output;
 *   usage all         of each TRES, and of QOS as well
 *
 * What stands behind the line "---" is the expected output. Set
 * GANTRY_REWRITE_GOLDENS=1 to write it anew.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/str.h"
#include "base/util.h"
#include "crds/tresweights.h"
#include "crds/licenses.h"
#include "tests/support/cluster_keys.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

#define FOLDER "tests/scheduler/scenarios"
#define FILE_MAX (1u << 20)

struct scenario {
    struct sched *s;
    struct sched_config config;
    struct restable res;
    int n_told;    /* resources that the core knows */
    bool all_tres; /* of usage */
    struct str out;
};

static void apply(void *arg, const struct change *change)
{
    struct scenario *sc = arg;

    if (sc->s == NULL)
        sc->s = sched_new(&sc->config);
    sched_apply(sc->s, change);
}

static bool spend(void *arg, int64_t ahead_us)
{
    int64_t *left = arg;

    return ahead_us == 0 && --*left <= 0;
}

static enum backfill_order order_of(const char *word)
{
    static const char *const words[] = {"queue", "limit", "area"};
    size_t i = 0;

    while (i < ARRAY_LEN(words) && !str_eq(words[i], word))
        i++;
    ck_assert_msg(i < ARRAY_LEN(words), "gaps=%s: unknown", word);
    return (enum backfill_order)i;
}

static enum usage_reset reset_of(const char *word)
{
    static const char *const words[] = {"none",    "now",       "daily", "weekly",
                                        "monthly", "quarterly", "yearly"};
    size_t i = 0;

    while (i < ARRAY_LEN(words) && !str_eq(words[i], word))
        i++;
    ck_assert_msg(i < ARRAY_LEN(words), "reset=%s: unknown", word);
    return (enum usage_reset)i;
}

/* "MAX_TRES,..." */
static int64_t flags_of(char *words)
{
    int64_t flags = 0;

    while (words != NULL && *words != '\0') {
        const char *word = strsep(&words, ",");

        ck_assert_msg(priority_flag(word) != 0, "flags=%s: unknown", word);
        flags |= priority_flag(word);
    }
    return flags;
}

/* "by=qos" and the like. True: the key is one of these. */
static bool read_preemption(struct scenario *sc, const char *key, const char *word)
{
    struct sched_config *c = &sc->config;
    struct err err;

    if (strcmp(key, "youngest") == 0)
        c->preempt_youngest_first = true;
    else if (strcmp(key, "reclaim") == 0)
        c->preempt_reclaim_licenses = true;
    else if (strcmp(key, "by") == 0)
        c->preempt_type = strcmp(word, "qos") == 0         ? PREEMPT_BY_QOS
                          : strcmp(word, "partition") == 0 ? PREEMPT_BY_PARTITION
                                                           : PREEMPT_BY_NOBODY;
    else if (strcmp(key, "mode") == 0)
        ck_assert_msg(preempt_mode_parse(word, &c->preempt_mode, &err) == 0, "%s",
                      err.msg);
    else
        return false;
    return true;
}

/* "key=number ..." into the configuration. */
static void read_config(struct scenario *sc, const char *line)
{
    const struct {
        const char *key;
        int64_t *value;
    } keys[] = {
        {"age", &sc->config.priority_weight_age},
        {"partition", &sc->config.priority_weight_partition},
        {"qos", &sc->config.priority_weight_qos},
        {"size", &sc->config.priority_weight_job_size},
        {"short", &sc->config.priority_weight_short_limit},
        {"small", &sc->config.priority_weight_small_size},
        {"fairshare", &sc->config.priority_weight_fairshare},
        {"assoc", &sc->config.priority_weight_assoc},
        {"halflife", &sc->config.decay_half_life_sec},
        {"resetat", &sc->config.usage_reset_sec},
        {"damping", &sc->config.fair_share_damping},
        {"period", &sc->config.calc_period_sec},
        {"maxage", &sc->config.priority_max_age_sec},
        {"overtime", &sc->config.over_time_sec},
        {"overrun", &sc->config.resv_over_run_sec},
        {"depth", &sc->config.reservation_depth},
        {"minage", &sc->config.min_age_reserve_sec},
        {"minprio", &sc->config.min_prio_reserve},
        {"test", &sc->config.max_job_test},
        {"window", &sc->config.window_sec},
        {"arrayresv", &sc->config.max_job_array_resv},
        {"switchwait", &sc->config.max_switch_wait_sec},
        {"exempt", &sc->config.preempt_exempt_sec},
        {"above", &sc->config.preempt_min_exempt_priority},
    };
    AUTO_FREE char *copy = xstrdup(line);
    char *rest = copy, *word;

    while ((word = strsep(&rest, " ")) != NULL) {
        const char *key = strsep(&word, "=");
        size_t i = 0;
        struct err err;

        if (read_preemption(sc, key, word))
            continue;
        if (strcmp(key, "killinvalid") == 0) {
            sc->config.kill_invalid_depend = true;
            continue;
        }
        if (strcmp(key, "safe") == 0) {
            sc->config.limits_safe = true;
            continue;
        }
        if (strcmp(key, "flags") == 0) {
            sc->config.priority_flags = flags_of(word);
            continue;
        }
        if (strcmp(key, "tres") == 0) {
            ck_assert_int_eq(
                tresweights_parse(word, &sc->config.priority_weight_tres, &err), 0);
            continue;
        }
        if (strcmp(key, "favorsmall") == 0) {
            sc->config.priority_favor_small = word == NULL || strcmp(word, "no") != 0;
            continue;
        }
        if (strcmp(key, "reset") == 0) {
            sc->config.usage_reset = reset_of(word);
            continue;
        }
        if (strcmp(key, "gaps") == 0) {
            sc->config.backfill_order = order_of(word);
            continue;
        }
        while (i < ARRAY_LEN(keys) && strcmp(keys[i].key, key) != 0)
            i++;
        ck_assert_msg(i < ARRAY_LEN(keys) && word != NULL, "%s: unknown", line);
        ck_assert_int_eq(cluster_text_number(word, keys[i].value, &err), 0);
    }
    if (sc->s != NULL)
        apply(sc, &(struct change){.kind = CHANGE_CONFIG, .u.config = &sc->config});
}

static void read_licenses(struct scenario *sc, const char *line)
{
    struct err err = ERR_INIT;

    ck_assert_msg(license_table_parse(line, &sc->config.licenses, &err) == 0, "%s",
                  err.msg);
    if (sc->s != NULL)
        apply(sc, &(struct change){.kind = CHANGE_CONFIG, .u.config = &sc->config});
}

/* "tree rack,leaf", "block block 2,4" */
static void read_topology(struct scenario *sc, const char *line)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *copy = xstrdup(line);
    char *rest = copy, *kind = strsep(&rest, " "), *labels = strsep(&rest, " ");

    ck_assert_msg(topology_kind_parse(kind, &sc->config.topology_kind, &err) == 0, "%s",
                  err.msg);
    if (labels != NULL)
        ck_assert_msg(
            topology_labels_parse(labels, &sc->config.topology_labels, &err) == 0, "%s",
            err.msg);
    ck_assert_msg(block_sizes_parse(rest ? rest : "", &sc->config.block_sizes, &err) ==
                      0,
                  "%s", err.msg);
    if (sc->s != NULL)
        apply(sc, &(struct change){.kind = CHANGE_CONFIG, .u.config = &sc->config});
}

/* Only where there are more: whoever may start is not looked for before the walk where
 * the rules have changed. */
static void tell_resources(struct scenario *sc)
{
    if (sc->n_told == sc->res.n)
        return;
    sc->n_told = sc->res.n;
    apply(sc, &(struct change){.kind = CHANGE_RESOURCES, .u.resources = &sc->res});
}

static void step(struct scenario *sc, const char *line)
{
    long long now, jobs = 0;
    enum sched_progress progress;
    struct decisions decisions;
    int64_t wake;

    ck_assert_int_ge(sscanf(line, "%lld jobs=%lld", &now, &jobs), 1);
    tell_resources(sc);
    str_addf(&sc->out, "at %lld\n", now);
    do {
        int64_t left = jobs;
        struct sched_budget budget = {jobs > 0 ? spend : NULL, &left};

        progress = sched_step(sc->s, now, budget, &decisions);
        for (size_t i = 0; i < decisions.n; i++)
            cluster_text_decision(&decisions.items[i], &sc->out);
        if (progress == SCHED_MORE)
            str_add(&sc->out, "  more\n");
    } while (progress == SCHED_MORE);
    wake = sched_next_wake(sc->s, now);
    if (wake != INT64_MAX)
        str_addf(&sc->out, "  next wake %lld\n", (long long)wake);
}

static void set_phase_of(struct scenario *sc, const char *uid, enum job_phase phase,
                         int64_t end_sec)
{
    const struct job *job = sched_job(sc->s, uid);
    struct change change = {.kind = CHANGE_JOB};

    ck_assert_msg(job != NULL, "%s is not known", uid);
    change.u.job = job_copy(job);
    change.u.job->phase = phase;
    change.u.job->end_sec = end_sec;
    sched_apply(sc->s, &change);
}

/* "1-3,7", or a task of an array: "1/0". */
static void set_phase(struct scenario *sc, const char *numbers, enum job_phase phase,
                      int64_t end_sec)
{
    HOSTLIST_AUTO struct hostlist list = {0};
    AUTO_FREE char *text = xasprintf("job-[%s]", numbers);
    AUTO_FREE char *task = xasprintf("job-%s", numbers);
    struct err err;

    if (strchr(numbers, '/') != NULL) {
        set_phase_of(sc, task, phase, end_sec);
        return;
    }
    ck_assert_int_eq(hostlist_parse(&list, text, &err), 0);
    for (size_t i = 0; i < list.n; i++)
        set_phase_of(sc, list.names[i], phase, end_sec);
}

static void end_jobs(struct scenario *sc, const char *line)
{
    char numbers[64];
    long long end_sec;

    ck_assert_int_eq(sscanf(line, "%63s at %lld", numbers, &end_sec), 2);
    set_phase(sc, numbers, JOB_COMPLETING, end_sec);
}

static void say_time(struct str *out, const char *what, int64_t sec)
{
    if (sec != TIME_UNSET)
        str_addf(out, "%s%lld", what, (long long)sec);
}

/* Billing alone, or all TRES. */
static void say_used(struct scenario *sc, const struct used *used)
{
    if (!sc->all_tres)
        str_addf(&sc->out, " %.3f", (double)used_of(used, TRES_BILLING, NULL) / 1000);
    for (size_t i = 0; i < used->n && sc->all_tres; i++) {
        const struct used_item *item = &used->items[i];

        str_add(&sc->out, item->tres != TRES_NONE ? " " : " wall");
        tres_say(item->tres, item->type, &sc->out);
        str_addf(&sc->out, "=%.3f", (double)item->amount / 1000);
    }
}

static void say_usage(struct scenario *sc, const struct usage *usage,
                      const struct usage_time *as_of)
{
    say_used(sc, &usage->past);
    say_time(&sc->out, " at ", as_of->usage_sec);
    if (usage->recent.n == 0)
        return;
    str_add(&sc->out, ", and");
    say_used(sc, &usage->recent);
    say_time(&sc->out, " at ", as_of->recent_sec);
}

static void say_usage_of(void *arg, const struct change *change)
{
    struct scenario *sc = arg;
    const struct account *a = change->u.account;

    if (change->kind == CHANGE_QOS && sc->all_tres) {
        str_addf(&sc->out, "  QOS %s", change->u.qos->name);
        say_usage(sc, &change->u.qos->usage, &change->u.qos->as_of);
        str_add(&sc->out, "\n");
    }
    for (size_t k = 0; change->kind == CHANGE_ACCOUNT && k < a->n_members; k++) {
        const struct member *m = &a->members[k];

        str_addf(&sc->out, "  %s/%s%s%s", a->name, m->user != NULL ? m->user : m->ns,
                 m->partition != NULL ? "@" : "",
                 m->partition != NULL ? m->partition : "");
        say_usage(sc, &m->usage, &a->as_of);
        str_addf(&sc->out, "%s\n", m->former ? ", no member any more" : "");
    }
}

static void say_all_usage(struct scenario *sc, bool all_tres)
{
    sc->all_tres = all_tres;
    str_addf(&sc->out, "usage%s\n", all_tres ? " all" : "");
    sched_snapshot(sc->s, say_usage_of, sc);
}

static void say_reservation(void *arg, const struct change *change)
{
    struct scenario *sc = arg;
    HOSTLIST_AUTO struct hostlist nodes = {0};

    if (change->kind != CHANGE_RESERVATION ||
        !reservation_chooses(change->u.reservation))
        return;
    for (size_t i = 0; i < change->u.reservation->n_chosen; i++)
        hostlist_add(&nodes, change->u.reservation->chosen[i]);
    str_addf(&sc->out, "  %s has chosen ", change->u.reservation->name);
    hostlist_format(&nodes, &sc->out);
    str_add(&sc->out, nodes.n > 0 ? "\n" : "no nodes\n");
}

static void say_reservations(struct scenario *sc)
{
    sched_snapshot(sc->s, say_reservation, sc);
}

/* Those that were broken, by what broke them. */
static void say_promises(struct scenario *sc)
{
    size_t all = 0;

    str_add(&sc->out, "  promises broken:");
    for (enum broken cause = 0; cause < BROKEN_CAUSES; cause++) {
        size_t n = sched_broken_promises(sc->s, cause);

        if (n > 0)
            str_addf(&sc->out, " %s %zu", broken_word(cause), n);
        all += n;
    }
    str_add(&sc->out, all > 0 ? "\n" : " none\n");
}

/* What waiting jobs have been told last. */
static void say_sooner(void *arg, const struct change *change)
{
    struct scenario *sc = arg;
    char limit[DURATION_TEXT_MAX];
    struct sooner sooner;

    if (change->kind != CHANGE_JOB || change->u.job->phase != JOB_PENDING)
        return;
    sooner = sched_job_sooner(sc->s, change->u.job->uid);
    str_addf(&sc->out, "  %s", change->u.job->uid + strlen("job-"));
    if (sooner.limit_sec > 0) {
        duration_format(sooner.limit_sec, limit);
        str_addf(&sc->out, ", now with limit %s", limit);
    }
    if (sooner.nodes > 0)
        str_addf(&sc->out, ", now on %lld", (long long)sooner.nodes);
    if (sooner.frees > 0)
        str_addf(&sc->out, ", waits for the end of %lld", (long long)sooner.frees);
    str_addc(&sc->out, '\n');
}

static void say_class(void *arg, const struct change *change)
{
    struct scenario *sc = arg;
    const struct job *job = change->u.job;
    const char *message;
    enum reason reason;

    if (change->kind != CHANGE_JOB || job->phase != JOB_PENDING ||
        !sched_job_reason(sc->s, job->uid, &reason, &message))
        return;
    str_addf(&sc->out, "  %s %s: %s\n", job->uid + strlen("job-"),
             wait_class_word(reason_class(reason)), reason_word(reason));
}

/* The first that keeps it out of one is told. */
static bool lets_in(struct scenario *sc, const struct job *job, const char *name,
                    struct str *first)
{
    STR_AUTO struct str message;
    enum reason reason;

    str_init(&message, SIZE_MAX / 4);
    reason = sched_check_new(sc->s, job, sched_partition(sc->s, name), &message, NULL);
    if (reason != REASON_NONE && first->len == 0)
        str_addf(first, " %s: %s", reason_word(reason), message.s);
    return reason == REASON_NONE;
}

/* In one of those of its reservations, or in the default one; where none of them is
 * there it is taken in, and waits. */
static bool lets_in_unnamed(struct scenario *sc, const struct job *job,
                            struct str *first)
{
    bool in = false, asked = false;

    for (size_t i = 0; i < sched_n_unnamed_partitions(job); i++) {
        const char *name = sched_unnamed_partition(sc->s, job, i);

        asked |= name != NULL;
        in |= name != NULL && lets_in(sc, job, name, first);
    }
    return in || !asked;
}

/* Leaves it the partitions that limits do not keep it out of; false: none. */
static bool leave_let_in(struct scenario *sc, struct job *job, struct str *first)
{
    char **kept = NULL;
    size_t n_kept = 0;

    if (job->n_partitions == 0)
        return lets_in_unnamed(sc, job, first);
    for (size_t i = 0; i < job->n_partitions; i++) {
        if (lets_in(sc, job, job->partitions[i], first))
            names_add(&kept, &n_kept, job->partitions[i]);
    }
    names_free(job->partitions, job->n_partitions);
    job->partitions = kept;
    job->n_partitions = n_kept;
    return n_kept > 0;
}

/* A new job, as who takes jobs in has it. */
static void submit(void *arg, const struct change *change)
{
    struct scenario *sc = arg;
    struct job *job = change->u.job;
    STR_AUTO struct str first;
    bool taken;

    str_init(&first, SIZE_MAX / 4);
    taken = leave_let_in(sc, job, &first);
    str_addf(&sc->out, "%s %s", taken ? "take" : "refuse", job->uid + strlen("job-"));
    if (!taken)
        str_add(&sc->out, first.s);
    for (size_t i = 0; taken && first.len > 0 && i < job->n_partitions; i++)
        str_addf(&sc->out, "%s%s", i == 0 ? " in " : ",", job->partitions[i]);
    str_addc(&sc->out, '\n');
    if (taken)
        apply(sc, change);
    else
        job_free(job);
}

static void run_line(struct scenario *sc, const char *line)
{
    struct err err;

    if (str_starts(line, "weights "))
        read_config(sc, line + strlen("weights "));
    else if (str_starts(line, "plan "))
        read_config(sc, line + strlen("plan "));
    else if (str_starts(line, "licenses "))
        read_licenses(sc, line + strlen("licenses "));
    else if (str_starts(line, "topology "))
        read_topology(sc, line + strlen("topology "));
    else if (str_starts(line, "preempt "))
        read_config(sc, line + strlen("preempt "));
    else if (str_starts(line, "at "))
        step(sc, line + strlen("at "));
    else if (str_starts(line, "run "))
        set_phase(sc, line + strlen("run "), JOB_RUNNING, TIME_UNSET);
    else if (str_starts(line, "complete "))
        set_phase(sc, line + strlen("complete "), JOB_COMPLETING, TIME_UNSET);
    else if (str_starts(line, "end "))
        end_jobs(sc, line + strlen("end "));
    else if (strcmp(line, "reservations") == 0)
        say_reservations(sc);
    else if (strcmp(line, "sooner") == 0)
        sched_snapshot(sc->s, say_sooner, sc);
    else if (strcmp(line, "classes") == 0)
        sched_snapshot(sc->s, say_class, sc);
    else if (strcmp(line, "promises") == 0)
        say_promises(sc);
    else if (strcmp(line, "usage") == 0 || strcmp(line, "usage all") == 0)
        say_all_usage(sc, strcmp(line, "usage all") == 0);
    else if (str_starts(line, "submit ")
                 ? cluster_text_line(&sc->res, line + strlen("submit "), submit, sc,
                                     &err) < 0
                 : cluster_text_line(&sc->res, line, apply, sc, &err) < 0)
        ck_abort_msg("%s", err.msg);
}

static void rewrite(const char *path, const char *input, const char *output)
{
    FILE *f = fopen(path, "w");

    ck_assert_msg(f != NULL, "%s cannot be written", path);
    fprintf(f, "%s---\n%s", input, output);
    ck_assert_int_eq(fclose(f), 0);
}

static void run_scenario(const char *path)
{
    STR_AUTO struct str file, out;
    struct scenario sc = {.config = sched_config_default()};
    AUTO_FREE char *input = NULL;
    const char *golden = "";
    struct err err;
    char *mark, *rest;

    /* Most rules are easier to see where the queue alone decides. */
    sc.config.backfill_order = BACKFILL_QUEUE;
    restable_init(&sc.res);
    str_init(&file, FILE_MAX);
    str_init(&out, FILE_MAX);
    sc.out = out;
    ck_assert_msg(str_read_file(&file, path, &err) == 0, "%s", err.msg);
    mark = strstr(file.s, "---\n");
    if (mark != NULL) {
        *mark = '\0';
        golden = mark + strlen("---\n");
    }
    input = xstrdup(file.s);
    rest = input;
    while (rest != NULL)
        run_line(&sc, strsep(&rest, "\n"));
    out = sc.out;
    sched_free(sc.s);
    if (getenv("GANTRY_REWRITE_GOLDENS") != NULL)
        rewrite(path, file.s, out.s);
    else
        ck_assert_msg(strcmp(out.s, golden) == 0, "%s\n--- decided:\n%s--- golden:\n%s",
                      path, out.s, golden);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_scenario(const struct dirent *entry)
{
    return str_ends(entry->d_name, ".txt");
}

START_TEST(test_all)
{
    struct dirent **entries;
    int n = scandir(FOLDER, &entries, is_scenario, by_name);

    ck_assert_msg(n > 0, "no scenarios in %s (run from the repository's root)", FOLDER);
    for (int i = 0; i < n; i++) {
        AUTO_FREE char *path = xasprintf("%s/%s", FOLDER, entries[i]->d_name);

        run_scenario(path);
        free(entries[i]);
    }
    free(entries);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/scenarios",
                      (struct suite_row[]){{test_all, 1}, {NULL, 0}});
}

#include "tests/world/users.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/world/teams.h"
#include "tests/world/wants.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PARTITIONS "/apis/gantry.dev/v1alpha1/partitions"
#define QOS "/apis/gantry.dev/v1alpha1/qos"
#define ACCOUNTS "/apis/gantry.dev/v1alpha1/accounts"
#define RESERVATIONS "/apis/gantry.dev/v1alpha1/reservations"
/* Tasks that were held are let go this often when all is calm: a hold may be on its way
 * then. */
#define RELEASE_MS 60000

struct users {
    struct users_options o;
    struct user_job *jobs;
    size_t n, cap;
    struct loop_timer *timer;
    bool paused, calm;
    int64_t side_cpus; /* of a node, that jobs of side have; 0: all */
    int64_t side_max_nodes, side_qos_nodes; /* each has, all have; 0: any number */
    struct teams teams;
    int64_t n_reservations;
};

static int64_t between(struct users *u, int64_t from, int64_t to)
{
    return from + (int64_t)rng_below(&u->o.rng, (uint64_t)(to - from + 1));
}

static bool one_in(struct users *u, uint64_t n)
{
    return rng_below(&u->o.rng, n) == 0;
}

static void must(struct users *u, int got, int want, const char *what)
{
    if (got != want)
        journal_breach(u->o.journal, "users", "%s: answered %d", what, got);
}

static void set_number(struct json *o, const char *path, int64_t value)
{
    json_set_at(o, path, json_new_int(value));
}

static void set_text(struct json *o, const char *key, int64_t value, const char *unit)
{
    AUTO_FREE char *text = xasprintf("%" PRId64 "%s", value, unit);

    json_set(o, key, json_new_string(text));
}

/* ---- documents ---- */

static struct json *job_document(const char *name)
{
    return json_build(
        "{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'BatchJob', 'metadata': {'name':"
        " %s}, 'spec': {'template': {'metadata': {'annotations': {}}, 'spec':"
        " {'containers': [{'name': 'main', 'image': 'x', 'resources': {}}]}}}}",
        name);
}

static struct json *container_of(struct json *job)
{
    return json_item(json_at(job, "spec.template.spec.containers"), 0);
}

/* Kubernetes' way: pods of the template's own requests. */
static void ask_replicas(struct json *job, int64_t pods, int64_t cpus)
{
    if (pods > 1)
        set_number(job, "spec.replicas", pods);
    json_set_at(container_of(job), "resources.requests", json_new_object());
    set_text(json_at(container_of(job), "resources.requests"), "cpu", cpus, "");
}

/* Slurm's way: one pod on each of some nodes. */
static void ask_nodes(struct json *job, int64_t nodes, int64_t cpus, int64_t gpus)
{
    set_number(job, "spec.nodes", nodes);
    set_number(job, "spec.cpusPerTask", cpus);
    if (gpus > 0)
        set_number(job, "spec.gpusPerNode", gpus);
}

/* "1-3": as many as there are, of equal size or with so many tasks in all; or so many
 * tasks on as few nodes as that takes. */
static void ask_range(struct users *u, struct json *job, int64_t nodes, int64_t most)
{
    int64_t least = between(u, 1, nodes);
    AUTO_FREE char *range =
        xasprintf("%" PRId64 "-%" PRId64, least, least + between(u, 1, 3));
    int64_t cpus = between(u, 1, most);
    int64_t way = (least + cpus) % 3;

    if (way > 0)
        set_number(job, "spec.ntasks", least * cpus);
    if (way < 2)
        json_set_at(job, "spec.nodes", json_new_string(range));
    if (way == 0)
        set_number(job, "spec.cpusPerTask", cpus);
}

/* On so many nodes, with `most` CPUs on each. */
static void ask_shape(struct users *u, struct json *job, int64_t nodes, int64_t most)
{
    int64_t cpus = between(u, 1, most);

    if (one_in(u, 3)) {
        ask_replicas(job, 1, cpus);
    } else if (one_in(u, 4)) {
        ask_range(u, job, nodes, most);
    } else if (one_in(u, 2)) {
        int64_t each = between(u, 1, MIN(3, most));
        int64_t pods = nodes * (most / each);
        ask_replicas(job, pods > 1 ? between(u, 2, MIN(6, pods)) : 1, each);
    } else {
        ask_nodes(job, between(u, 1, nodes), cpus, between(u, 0, u->o.gpus_per_node));
    }
}

/* Two components, the second one often with a time limit of its own. */
static void ask_couple(struct users *u, struct json *job, int64_t nodes, int64_t cpus)
{
    int64_t first = between(u, 1, nodes - 1), second = between(u, 1, nodes - first);
    struct json *list =
        json_build("[{'name':'a','nodes':%i,'cpusPerTask':%i},"
                   "{'name':'b','nodes':%i,'cpusPerTask':%i}]",
                   first, between(u, 1, cpus), second, between(u, 1, cpus));

    if (!one_in(u, 3)) {
        set_text(json_item(list, 1), "timeLimit", between(u, 10, 300), "s");
        json_del(json_get(job, "spec"), "timeMin"); /* refused beside it */
    }
    json_set_at(job, "spec.components", list);
}

static void begin_later(struct users *u, struct json *job)
{
    AUTO_FREE char *begin = xasprintf("now+%" PRId64, between(u, 1, 300));

    json_set_at(job, "spec.begin", json_new_string(begin));
}

/* How long the pods run, how they end, and how long they take to. */
static void set_life(struct users *u, struct json *job)
{
    struct json *notes = json_at(job, "spec.template.metadata.annotations");
    int64_t limit_sec = between(u, 30, 600);

    set_text(json_get(job, "spec"), "timeLimit", limit_sec, "s");
    if (!one_in(u, 8)) /* else it runs into its limit */
        set_text(notes, "gantry.dev/run-seconds", between(u, 0, limit_sec * 5 / 4), "");
    if (one_in(u, 4))
        set_text(notes, "gantry.dev/exit-code", between(u, 1, 120), "");
    if (one_in(u, 4))
        set_text(notes, "gantry.dev/stop-seconds", between(u, 1, 60), "");
    if (one_in(u, 5)) {
        AUTO_FREE char *signal = xasprintf("TERM@%" PRId64, between(u, 1, limit_sec));
        json_set_at(job, "spec.signal", json_new_string(signal));
    }
    if (one_in(u, 10))
        json_set_at(job, "spec.exclusive", json_new_bool(true));
    if (one_in(u, 10))
        begin_later(u, job);
    if (one_in(u, 6))
        json_set_at(job, "spec.requeue", json_new_bool(false));
    wants_draw(&u->o.rng, job, limit_sec);
    if (one_in(u, 6))
        set_number(job, "spec.ttlSecondsAfterFinished", between(u, 0, 300));
}

static void submit(struct users *u, struct json *job, enum outlook outlook, bool held)
{
    struct user_job *j;
    struct json *made = NULL;
    const struct job_fact *fact;

    GROW(u->jobs, u->n, u->cap);
    j = &u->jobs[u->n++];
    *j = (struct user_job){
        .outlook = outlook, .held = held, .actions = json_new_array()};
    snprintf(j->name, sizeof(j->name), "%s", json_str_or(job, "metadata.name", ""));
    if (held)
        json_set_at(job, "spec.hold", json_new_string("User"));
    must(u, server_ask(u->o.server, "POST", JOBS, job, &made), 201, "submit");
    fact = ledger_job(u->o.ledger, json_str(made, "metadata.uid"));
    j->uid = fact ? fact->uid : "";
    json_free(made);
    u->o.journal->counts.jobs++;
    journal_note(u->o.journal, "submit %s: %" PRId64 " pods%s", j->name,
                 fact ? fact->pods_asked : 0, held ? ", held" : "");
}

/* A few tasks, all at once or so many at a time. */
static void ask_array(struct users *u, struct json *job)
{
    AUTO_FREE char *array =
        xasprintf("0-%" PRId64 "%%%" PRId64, between(u, 0, 5), between(u, 0, 3));

    json_set_at(job, "spec.array", json_new_string(array));
    json_del(json_get(job, "spec"), "deadline"); /* tasks that end so differ */
}

/* An array that can come to its end, and has a number; NULL: none that was drawn. */
static const struct job_fact *draw_array(struct users *u)
{
    const struct user_job *j = u->n > 0 ? &u->jobs[rng_below(&u->o.rng, u->n)] : NULL;
    const struct job_fact *fact = j ? ledger_job(u->o.ledger, j->uid) : NULL;
    bool fine = fact && j->outlook == OUTLOOK_ENDS && !fact->gone && !fact->deleting &&
                fact->is_array && fact->now.job_id != 0;

    return fine ? fact : NULL;
}

/* Its tasks wait for those of another array, or are cancelled when those fail. */
static void follow_array(struct users *u, struct json *job)
{
    const struct job_fact *first = draw_array(u);

    if (!first)
        return;
    AUTO_FREE char *text = xasprintf(AFTER_CORR "%" PRId64, first->now.job_id);
    json_set_at(job, "spec.dependency", json_new_string(text));
    json_set_at(job, "spec.killOnInvalidDep", json_new_bool(true));
}

static int64_t side_cpus(const struct users *u)
{
    return u->side_cpus > 0 ? u->side_cpus : u->o.cpus_per_node;
}

/* On so many nodes jobs of side may be, each and together. */
static int64_t side_nodes(const struct users *u)
{
    int64_t most = u->o.side_nodes;

    if (u->side_max_nodes > 0)
        most = MIN(most, u->side_max_nodes);
    return u->side_qos_nodes > 0 ? MIN(most, u->side_qos_nodes) : most;
}

/* One in which it may end, or several: it starts in whichever is the first that it can
 * start in, and one that is not there is as if it were not named. */
static void name_partitions(struct users *u, struct json *job, bool in_side,
                            enum outlook outlook)
{
    static const char *const lists[] = {"side,main", "main,side"};
    const char *name = in_side ? "side" : "main";

    if (outlook == OUTLOOK_NOWHERE) {
        json_set_at(job, "spec.partition", json_new_string("nowhere"));
    } else if (outlook == OUTLOOK_ENDS && one_in(u, 5)) {
        json_set_at(job, "spec.partition",
                    json_new_string(lists[between(u, 0, ARRAY_LEN(lists) - 1)]));
    } else if (outlook == OUTLOOK_ENDS && one_in(u, 20)) {
        const bool first = one_in(u, 2);
        AUTO_FREE char *list =
            first ? xasprintf("nowhere,%s", name) : xasprintf("%s,nowhere", name);

        json_set_at(job, "spec.partition", json_new_string(list));
    } else if (in_side) {
        json_set_at(job, "spec.partition", json_new_string(name));
    }
}

/* Where there are accounts all jobs are the namespace's, which is a member of them. */
static void have_user(struct users *u, struct json *job)
{
    static const char *const names[] = {"ann", "bob"};

    if (u->teams.any)
        return;
    if (!one_in(u, 4))
        json_set_at(job, "spec.user",
                    json_new_string(names[between(u, 0, ARRAY_LEN(names) - 1)]));
    if (one_in(u, 4))
        json_set_at(job, "spec.exclusiveUser", json_new_bool(true));
}

static void submit_next(struct users *u)
{
    AUTO_FREE char *name = xasprintf("j%zu", u->n + 1);
    JSON_AUTO struct json *job = job_document(name);
    bool in_side = one_in(u, 5), couple = false;
    int64_t nodes = in_side ? side_nodes(u) : u->o.nodes;
    int64_t cpus = in_side ? side_cpus(u) : u->o.cpus_per_node;
    enum outlook outlook = OUTLOOK_ENDS;

    set_life(u, job);
    if (in_side && u->side_cpus > 0) /* who has a node alone has all of its CPUs */
        json_del(json_get(job, "spec"), "exclusive");
    if (one_in(u, 15)) {
        outlook = OUTLOOK_TOO_LARGE;
        ask_nodes(job, u->o.nodes + 1, 1, 0);
    } else {
        couple = nodes > 1 && one_in(u, 6);
        if (couple)
            ask_couple(u, job, nodes, cpus);
        else
            ask_shape(u, job, nodes, cpus);
        if (one_in(u, 15))
            outlook = OUTLOOK_NOWHERE;
    }
    name_partitions(u, job, in_side, outlook);
    if (!couple && one_in(u, 5)) {
        ask_array(u, job);
        if (outlook == OUTLOOK_ENDS)
            follow_array(u, job);
    }
    teams_join(&u->teams, &u->o.rng, job, outlook == OUTLOOK_ENDS);
    have_user(u, job);
    submit(u, job, outlook, outlook == OUTLOOK_ENDS && one_in(u, 12));
}

/* ---- changes of mind ---- */

static char *job_path(const struct user_job *j)
{
    return xasprintf(JOBS "/%s", j->name);
}

static bool is_there(const struct users *u, const struct user_job *j)
{
    const struct job_fact *fact = ledger_job(u->o.ledger, j->uid);

    return fact && !fact->gone && !fact->deleting;
}

/* `signal`, `tasks` NULL: none. */
static void act_by(struct users *u, struct user_job *j, const char *type,
                   const char *signal, const char *tasks)
{
    AUTO_FREE char *path = job_path(j);
    AUTO_FREE char *id = xasprintf("a%zu", json_len(j->actions) + 1);
    struct json *action = json_build("{'id': %s, 'type': %s}", id, type);
    if (signal)
        json_set(action, "signal", json_new_string(signal));
    if (tasks)
        json_set(action, "tasks", json_new_string(tasks));
    json_append(j->actions, action);
    JSON_AUTO struct json *patch = json_build("{'spec': {'actions': %j}}", j->actions);

    journal_note(u->o.journal, "%s %s", type, j->name);
    must(u, server_ask(u->o.server, "PATCH", path, patch, NULL), 200, type);
}

static void act(struct users *u, struct user_job *j, const char *type)
{
    act_by(u, j, type, NULL, NULL);
}

static void release(struct users *u, struct user_job *j)
{
    AUTO_FREE char *path = job_path(j);
    JSON_AUTO struct json *patch = json_build("{'spec': {'hold': null}}");

    j->held = false;
    if (!is_there(u, j))
        return;
    journal_note(u->o.journal, "release %s", j->name);
    must(u, server_ask(u->o.server, "PATCH", path, patch, NULL), 200, "release");
}

static void cancel(struct users *u, struct user_job *j)
{
    act(u, j, "Cancel");
}

static void requeue(struct users *u, struct user_job *j)
{
    act(u, j, "Requeue");
}

/* Each at most once, so that it is known which one came; set_life has TERM and CONT. */
static void signal_job(struct users *u, struct user_job *j)
{
    static const char *const names[] = {"USR1", "USR2", "HUP",   "INT",  "QUIT",
                                        "ALRM", "URG",  "WINCH", "XCPU", "PIPE"};

    if (json_len(j->actions) < ARRAY_LEN(names))
        act_by(u, j, "Signal", names[json_len(j->actions)], NULL);
}

/* Of an array a task or two, until release_tasks. */
static void hold_tasks(struct users *u, struct user_job *j)
{
    const struct job_fact *fact = ledger_job(u->o.ledger, j->uid);
    int64_t first = between(u, 0, 4);
    AUTO_FREE char *tasks = xasprintf("%" PRId64 "-%" PRId64, first, first + 1);

    if (fact->is_array)
        act_by(u, j, "Hold", NULL, tasks);
}

static void release_tasks(struct users *u)
{
    const struct job_fact *j;
    JSON_AUTO struct json *patch = json_build("{'spec': {'hold': null}}");

    for (j = u->o.ledger->jobs; j; j = j->hh.next) {
        AUTO_FREE char *path = xasprintf(JOBS "/%s", j->name);
        if (!j->array_uid || !j->held || j->gone || j->deleting)
            continue;
        journal_note(u->o.journal, "release %s", j->name);
        must(u, server_ask(u->o.server, "PATCH", path, patch, NULL), 200, "release");
    }
}

static void delete_job(struct users *u, struct user_job *j)
{
    AUTO_FREE char *path = job_path(j);

    journal_note(u->o.journal, "delete %s", j->name);
    j->deleted = true;
    must(u, server_ask(u->o.server, "DELETE", path, NULL, NULL), 200, "delete");
}

static void delete_a_pod(struct users *u, const struct user_job *j, const char *query)
{
    const struct job_fact *fact = ledger_job(u->o.ledger, j->uid);
    size_t first = fact->n_pods ? rng_below(&u->o.rng, fact->n_pods) : 0;

    for (size_t i = 0; i < fact->n_pods; i++) {
        struct pod_fact *p = fact->pods[(first + i) % fact->n_pods];
        AUTO_FREE char *path =
            xasprintf("/api/v1/namespaces/%s/pods/%s%s", p->ns, p->name, query);
        if (p->gone || (p->deleting && !*query))
            continue;
        p->meddled = true;
        journal_note(u->o.journal, "delete pod %s%s", p->name, query);
        server_ask(u->o.server, "DELETE", path, NULL, NULL);
        return;
    }
}

static void delete_pod(struct users *u, struct user_job *j)
{
    delete_a_pod(u, j, "");
}

/* kubectl delete --force, perhaps of one that was deleted before and does not go. */
static void force_pod(struct users *u, struct user_job *j)
{
    delete_a_pod(u, j, "?gracePeriodSeconds=0");
}

static const struct whim {
    void (*fn)(struct users *u, struct user_job *j);
    unsigned weight;
} whims[] = {
    {cancel, 4},    {requeue, 3}, {delete_job, 3}, {delete_pod, 3},
    {force_pod, 2}, {release, 2}, {signal_job, 5}, {hold_tasks, 4},
};

#define WHIMS 26 /* the sum of their weights */

static void change_mind(struct users *u)
{
    struct user_job *j = &u->jobs[rng_below(&u->o.rng, u->n)];
    unsigned sum = 0, at = (unsigned)rng_below(&u->o.rng, WHIMS);

    if (!is_there(u, j))
        return;
    for (size_t i = 0; i < ARRAY_LEN(whims); i++) {
        sum += whims[i].weight;
        if (at < sum) {
            whims[i].fn(u, j);
            return;
        }
    }
}

/* ---- partitions ---- */

static void make_partition(struct users *u, const char *name)
{
    bool is_side = strcmp(name, "side") == 0;
    JSON_AUTO struct json *p = json_build(
        "{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'Partition', 'metadata':"
        " {'name': %s}, 'spec': {}}",
        name);

    if (is_side) {
        AUTO_FREE char *nodes = xasprintf("a[1-%" PRId64 "]", u->o.side_nodes);
        json_set_at(p, "spec.nodes", json_new_string(nodes));
        set_number(p, "spec.priorityTier", 2);
        if (u->side_cpus > 0)
            set_number(p, "spec.maxCPUsPerNode", u->side_cpus);
        if (u->side_cpus % 2 == 1)
            json_set_at(p, "spec.lln", json_new_bool(true));
        if (u->side_max_nodes > 0)
            set_number(p, "spec.maxNodes", u->side_max_nodes);
        if (u->side_qos_nodes > 0)
            json_set_at(p, "spec.qos", json_new_string("side"));
    } else {
        json_set_at(p, "spec.default", json_new_bool(true));
    }
    server_ask(u->o.server, "POST", PARTITIONS, p, NULL);
}

/* Jobs of high may preempt those of low, which end as is drawn; of some worlds' few
 * may run at a time. */
static void make_qos(struct users *u)
{
    static const char *const modes[] = {"REQUEUE", "CANCEL", "REQUEUE", "CANCEL",
                                        "OFF"};
    static const char *const graces[] = {"0", "30", "5:00"};
    JSON_AUTO struct json *low = json_build(
        "{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'QOS', 'metadata': {'name':"
        " 'low'}, 'spec': {'preemptMode': %s, 'graceTime': %s}}",
        modes[between(u, 0, ARRAY_LEN(modes) - 1)], graces[between(u, 0, 2)]);
    JSON_AUTO struct json *high = json_build(
        "{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'QOS', 'metadata': {'name':"
        " 'high'}, 'spec': {'preempt': ['low'], 'priority': 100}}");

    if (between(u, 0, 2) == 0)
        json_set_at(high, "spec.limits", json_build("{'grpJobs': 2}"));
    if (between(u, 0, 2) == 0)
        json_set_at(low, "spec.flags", json_build("['NoReserve']"));
    must(u, server_ask(u->o.server, "POST", QOS, low, NULL), 201, "make QOS");
    must(u, server_ask(u->o.server, "POST", QOS, high, NULL), 201, "make QOS");
}

/* Of partition side, whose jobs have so many nodes together. */
static void make_side_qos(struct users *u)
{
    JSON_AUTO struct json *side = json_build(
        "{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'QOS', 'metadata': {'name':"
        " 'side'}, 'spec': {'limits': {'grpTRES': {'node': %i}}}}",
        u->side_qos_nodes);

    must(u, server_ask(u->o.server, "POST", QOS, side, NULL), 201, "make QOS");
}

static void make_accounts(struct users *u)
{
    struct json *account;

    for (size_t i = 0; (account = teams_account(&u->teams, i)) != NULL; i++) {
        must(u, server_ask(u->o.server, "POST", ACCOUNTS, account, NULL), 201,
             "make account");
        json_free(account);
    }
}

static void set_state(struct users *u, const char *name, const char *state)
{
    AUTO_FREE char *path = xasprintf(PARTITIONS "/%s", name);
    JSON_AUTO struct json *patch = json_build("{'spec': {'state': %s}}", state);

    journal_note(u->o.journal, "partition %s %s", name, state);
    server_ask(u->o.server, "PATCH", path, patch, NULL);
}

/* How many of its jobs may have a CPU is changed while they run, too. */
static void set_sharing(struct users *u, const char *name)
{
    static const char *const words[] = {"NO", "NO", "FORCE:2", "FORCE:4", "FORCE:1"};
    const char *word = words[rng_below(&u->o.rng, ARRAY_LEN(words))];
    AUTO_FREE char *path = xasprintf(PARTITIONS "/%s", name);
    JSON_AUTO struct json *patch = json_build("{'spec': {'overSubscribe': %s}}", word);

    journal_note(u->o.journal, "partition %s shares CPUs: %s", name, word);
    server_ask(u->o.server, "PATCH", path, patch, NULL);
}

static void change_partition(struct users *u)
{
    static const char *const states[] = {"UP", "UP", "DOWN", "DRAIN", "INACTIVE"};
    const char *name = one_in(u, 2) ? "main" : "side";
    AUTO_FREE char *path = xasprintf(PARTITIONS "/%s", name);

    if (one_in(u, 4)) {
        journal_note(u->o.journal, "partition %s deleted", name);
        server_ask(u->o.server, "DELETE", path, NULL, NULL);
        return;
    }
    make_partition(u, name);
    if (one_in(u, 3))
        set_sharing(u, name);
    set_state(u, name, states[rng_below(&u->o.rng, ARRAY_LEN(states))]);
}

/* ---- reservations ---- */

/* A node of side is kept for somebody who does not come, or is to be looked after. */
static void reserve(struct users *u)
{
    AUTO_FREE char *name = xasprintf("r%" PRId64, ++u->n_reservations);
    AUTO_FREE char *node = xasprintf("a%" PRId64, between(u, 1, u->o.side_nodes));
    AUTO_FREE char *start = xasprintf("now+%" PRId64, between(u, 0, 900));
    AUTO_FREE char *minutes = xasprintf("%" PRId64, between(u, 1, 15));
    JSON_AUTO struct json *r = json_build(
        "{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'Reservation', 'metadata':"
        " {'name': %s}, 'spec': {'nodes': %s, 'startTime': %s, 'duration': %s,"
        " 'users': ['nobody'], 'flags': ['IGNORE_JOBS', 'OVERLAP']}}",
        name, node, start, minutes);

    if (one_in(u, 2))
        json_append(json_at(r, "spec.flags"), json_new_string("MAINT"));
    if (one_in(u, 3)) { /* whichever node the core chooses */
        json_del(json_get(r, "spec"), "nodes");
        set_number(r, "spec.nodeCount", 1);
    }
    journal_note(u->o.journal, "reservation %s of %s, %s for %s min", name, node, start,
                 minutes);
    must(u, server_ask(u->o.server, "POST", RESERVATIONS, r, NULL), 201, "reserve");
}

/* Some are over by then, and some have been deleted. */
static void delete_reservations(struct users *u)
{
    for (int64_t i = 1; i <= u->n_reservations; i++) {
        AUTO_FREE char *path = xasprintf(RESERVATIONS "/r%" PRId64, i);

        server_ask(u->o.server, "DELETE", path, NULL, NULL);
    }
}

/* ---- rounds ---- */

static void on_turn(void *arg)
{
    struct users *u = arg;
    bool meddles = u->o.meddling && u->n > 0;

    if (u->paused || u->calm) {
        loop_timer_start(u->timer, u->calm ? RELEASE_MS : 1000);
        if (u->calm)
            release_tasks(u);
        return;
    }
    if (one_in(u, 10))
        release_tasks(u);
    if (meddles && one_in(u, 20))
        reserve(u);
    else if (meddles && one_in(u, 12))
        change_partition(u);
    else if (meddles && one_in(u, 3))
        change_mind(u);
    else if (u->n < u->o.n_jobs)
        submit_next(u);
    loop_timer_start(u->timer, one_in(u, 3) ? 0 : between(u, 0, 40000));
}

struct users *users_new(const struct users_options *options)
{
    struct users *u = xcalloc(1, sizeof(*u));

    u->o = *options;
    if (one_in(u, 2))
        u->side_cpus = between(u, 1, u->o.cpus_per_node);
    if (one_in(u, 3))
        u->side_max_nodes = between(u, 1, u->o.side_nodes);
    if (one_in(u, 3))
        u->side_qos_nodes = between(u, 1, u->o.side_nodes);
    teams_draw(&u->teams, &u->o.rng, u->o.cpus_per_node);
    make_accounts(u);
    if (u->side_qos_nodes > 0)
        make_side_qos(u);
    make_partition(u, "main");
    make_partition(u, "side");
    if (one_in(u, 3))
        set_sharing(u, "main");
    make_qos(u);
    u->timer = loop_timer_new(u->o.loop, on_turn, u);
    loop_timer_start(u->timer, between(u, 0, 30000));
    return u;
}

void users_free(struct users *u)
{
    if (!u)
        return;
    for (size_t i = 0; i < u->n; i++)
        json_free(u->jobs[i].actions);
    free(u->jobs);
    loop_timer_free(u->timer);
    free(u);
}

bool users_are_through(const struct users *u)
{
    return u->n >= u->o.n_jobs;
}

void users_pause(struct users *u, bool paused)
{
    u->paused = paused;
}

void users_calm(struct users *u)
{
    u->calm = true;
    loop_timer_start(u->timer, RELEASE_MS);
    make_partition(u, "main");
    make_partition(u, "side");
    set_state(u, "main", "UP");
    set_state(u, "side", "UP");
    delete_reservations(u);
    for (size_t i = 0; i < u->n; i++)
        if (u->jobs[i].held)
            release(u, &u->jobs[i]);
}

size_t users_count(const struct users *u)
{
    return u->n;
}

const struct user_job *users_job(const struct users *u, size_t i)
{
    return &u->jobs[i];
}

void users_submit_all(struct users *u)
{
    JSON_AUTO struct json *job = job_document("all");

    set_text(json_get(job, "spec"), "timeLimit", 600, "s");
    set_text(json_at(job, "spec.template.metadata.annotations"),
             "gantry.dev/run-seconds", 5, "");
    ask_nodes(job, u->o.nodes, u->o.cpus_per_node, u->o.gpus_per_node);
    teams_join(&u->teams, &u->o.rng, job, false);
    submit(u, job, OUTLOOK_ENDS, false);
}

void users_delete_all(struct users *u)
{
    for (size_t i = 0; i < u->n; i++)
        if (is_there(u, &u->jobs[i]))
            delete_job(u, &u->jobs[i]);
}

#include "tests/support/cluster_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "tests/support/cluster_keys.h"
#include "tests/support/slot_list.h"

/* ---- lines ---- */

/* The row of a key; of a dotted one, what stands behind the dot remains. */
static const struct key *find_key(const struct key *keys, const char **key)
{
    for (; keys->name != NULL; keys++) {
        size_t len = strlen(keys->name);

        if (keys->name[len - 1] == '.' && strncmp(*key, keys->name, len) == 0) {
            *key += len;
            return keys;
        }
        if (strcmp(keys->name, *key) == 0)
            return keys;
    }
    return keys;
}

static int set_key(const struct key *keys, struct setting *at, struct err *err)
{
    const struct key *row = find_key(keys, &at->key);

    at->field = (char *)at->object + row->field;
    at->n_field = (size_t *)(void *)((char *)at->object + row->n_field);
    return row->set(at, err);
}

/* Reads "key=value key ..." into the object. */
static int read_keys(const struct key *keys, struct restable *res, void *object,
                     const char *text, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(text);
    char *rest = copy, *word;

    while ((word = strsep(&rest, " ")) != NULL) {
        struct setting at = {.res = res, .object = object};

        if (*word == '\0')
            continue;
        at.value = word;
        at.key = strsep(&at.value, "=");
        if (at.value == NULL)
            at.value = word + strlen(word);
        if (set_key(keys, &at, err) < 0)
            return -1;
    }
    return 0;
}

struct reader {
    struct restable *res;
    const char *name;
    const char *keys;
    cluster_text_fn *fn;
    void *arg;
};

static int read_node(const struct reader *r, struct err *err)
{
    struct change change = {.kind = CHANGE_NODE};
    struct node *node = node_new();

    node->name = xstrdup(r->name);
    node->ready = true;
    node->capacity.v[RES_PODS] = 110;
    if (read_keys(cluster_node_keys, r->res, node, r->keys, err) < 0) {
        node_free(node);
        return -1;
    }
    change.u.node = node;
    r->fn(r->arg, &change);
    return 0;
}

static int read_partition(const struct reader *r, struct err *err)
{
    struct change change = {.kind = CHANGE_PARTITION};
    struct partition *part = partition_new();

    part->name = xstrdup(r->name);
    if (read_keys(cluster_part_keys, r->res, part, r->keys, err) < 0) {
        partition_free(part);
        return -1;
    }
    change.u.partition = part;
    r->fn(r->arg, &change);
    return 0;
}

static int read_qos(const struct reader *r, struct err *err)
{
    struct change change = {.kind = CHANGE_QOS};
    struct qos *qos = qos_new();

    qos->name = xstrdup(r->name);
    if (read_keys(cluster_qos_keys, r->res, qos, r->keys, err) < 0) {
        qos_free(qos);
        return -1;
    }
    change.u.qos = qos;
    r->fn(r->arg, &change);
    return 0;
}

static int read_account(const struct reader *r, struct err *err)
{
    struct change change = {.kind = CHANGE_ACCOUNT};
    struct account *account = account_new();

    account->name = xstrdup(r->name);
    if (read_keys(cluster_account_keys, r->res, account, r->keys, err) < 0) {
        account_free(account);
        return -1;
    }
    change.u.account = account;
    r->fn(r->arg, &change);
    return 0;
}

static int read_reservation(const struct reader *r, struct err *err)
{
    struct change change = {.kind = CHANGE_RESERVATION};
    struct reservation *resv = reservation_new();

    resv->name = xstrdup(r->name);
    resv->end_sec = 3600;
    if (read_keys(cluster_resv_keys, r->res, resv, r->keys, err) < 0) {
        reservation_free(resv);
        return -1;
    }
    change.u.reservation = resv;
    r->fn(r->arg, &change);
    return 0;
}

/* Its components, which stand apart by " : ". */
static int read_components(const struct reader *r, struct job *job, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(r->keys);
    char *at = copy, *next;
    struct job *component = job;

    for (; at != NULL; at = next) {
        next = strstr(at, " : ");
        if (next != NULL) {
            *next = '\0';
            next += strlen(" : ");
        }
        component->each.v[RES_PODS] = 1;
        if (read_keys(cluster_job_keys, r->res, component, at, err) < 0)
            return -1;
        if (next != NULL)
            component = job_add_component(job);
    }
    return 0;
}

/* What each of its pods asks for is known once all of the line is. */
static void set_each(struct job *job)
{
    AUTO_FREE struct slot *slots = slots_draft(job->alloc, job->n_alloc);
    const struct slot *before = job->alloc;

    for (size_t i = 0; i < job->n_alloc; i++)
        slots[i].each = job->each;
    job->alloc = slots_new(slots, job->n_alloc);
    slots_unref(before);
}

/* What a component has of its job's allocation. */
static void add_alloc(struct job *job, size_t component)
{
    struct job *other = &job->others[component - 1];
    const struct slot *last = job->n_alloc > 0 ? &job->alloc[job->n_alloc - 1] : NULL;
    int64_t rank = last != NULL ? last->first_rank + last->pods : 0;

    for (size_t i = 0; i < other->n_alloc; i++) {
        struct slot own = other->alloc[i];

        own.each = other->each;
        own.component = (int64_t)component;
        own.first_rank += rank;
        slot_list_add(&job->alloc, &job->n_alloc, &own);
    }
    slots_unref(other->alloc);
    other->alloc = NULL;
    other->n_alloc = 0;
}

static int read_job(const struct reader *r, struct err *err)
{
    struct change change = {.kind = CHANGE_JOB};
    struct job *job = job_new();

    job->uid = xasprintf("job-%s", r->name);
    job->ns = xstrdup("default");
    job->name = xstrdup(r->name);
    job->user = xstrdup("ann");
    if (cluster_text_number(r->name, &job->job_id, err) < 0 ||
        read_components(r, job, err) < 0) {
        job_free(job);
        return -1;
    }
    set_each(job);
    for (size_t i = 1; i <= job->n_others; i++)
        add_alloc(job, i);
    change.u.job = job;
    r->fn(r->arg, &change);
    return 0;
}

static int read_pod(const struct reader *r, struct err *err)
{
    struct change change = {.kind = CHANGE_FOREIGN_POD};
    struct foreign_pod *pod = foreign_pod_new();

    pod->uid = xstrdup(r->name);
    pod->use.v[RES_PODS] = 1;
    if (read_keys(cluster_pod_keys, r->res, pod, r->keys, err) < 0) {
        foreign_pod_free(pod);
        return -1;
    }
    if (pod->node == NULL) {
        foreign_pod_free(pod);
        return err_set(err, ERR_INVALID, "a pod needs on=NODE");
    }
    change.u.pod = pod;
    r->fn(r->arg, &change);
    return 0;
}

struct noun {
    const char *word;
    int (*read)(const struct reader *r, struct err *err);
    enum change_kind gone;
};

static const struct noun nouns[] = {
    {"node", read_node, CHANGE_NODE_GONE},
    {"partition", read_partition, CHANGE_PARTITION_GONE},
    {"qos", read_qos, CHANGE_QOS_GONE},
    {"account", read_account, CHANGE_ACCOUNT_GONE},
    {"reservation", read_reservation, CHANGE_RESERVATION_GONE},
    {"job", read_job, CHANGE_JOB_GONE},
    {"pod", read_pod, CHANGE_FOREIGN_POD_GONE},
};

static const struct noun *noun_find(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(nouns) && word != NULL; i++) {
        if (strcmp(nouns[i].word, word) == 0)
            return &nouns[i];
    }
    return NULL;
}

static int read_gone(const struct noun *noun, const struct reader *r, struct err *err)
{
    bool is_job = noun->gone == CHANGE_JOB_GONE;
    AUTO_FREE char *key = is_job ? xasprintf("job-%s", r->name) : xstrdup(r->name);
    struct change change = {.kind = noun->gone, .u.key = key};

    (void)err;
    r->fn(r->arg, &change);
    return 0;
}

/* Numbers of jobs may be a range without brackets: "1-10"; "1/2" is a task that has
 * started of an array. */
static int expand_names(struct hostlist *ret, const char *names, struct err *err)
{
    AUTO_FREE char *bracketed = xasprintf("[%s]", names);
    bool bare = strspn(names, "0123456789-") == strlen(names);

    if (strchr(names, '/') != NULL) {
        hostlist_add(ret, names);
        return 0;
    }
    return hostlist_parse(ret, bare ? bracketed : names, err);
}

int cluster_text_line(struct restable *res, const char *line, cluster_text_fn *fn,
                      void *arg, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(line);
    HOSTLIST_AUTO struct hostlist names = {0};
    char *rest = copy;
    const char *word = strsep(&rest, " "), *list;
    bool gone = strcmp(word, "gone") == 0;
    const struct noun *noun;

    if (*word == '\0' || *word == '#')
        return 0;
    noun = noun_find(gone ? strsep(&rest, " ") : word);
    list = rest != NULL ? strsep(&rest, " ") : NULL;
    if (noun == NULL || list == NULL)
        return err_set(err, ERR_INVALID, "\"%s\" is not understood", line);
    if (expand_names(&names, list, err) < 0)
        return -1;
    for (size_t i = 0; i < names.n; i++) {
        const struct reader r = {res, names.names[i], rest != NULL ? rest : "", fn,
                                 arg};

        if ((gone ? read_gone(noun, &r, err) : noun->read(&r, err)) < 0)
            return -1;
    }
    return 0;
}

/* ---- for tests ---- */

static void read_or_abort(struct restable *res, const char *line, cluster_text_fn *fn,
                          void *arg)
{
    struct err err = ERR_INIT;

    if (cluster_text_line(res, line, fn, arg, &err) < 0) {
        fprintf(stderr, "%s: %s\n", line, err.msg);
        abort();
    }
}

static void apply_change(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

void cluster_text_apply(struct sched *s, struct restable *res, const char *lines)
{
    struct change change = {.kind = CHANGE_RESOURCES, .u.resources = res};
    AUTO_FREE char *copy = xstrdup(lines);
    char *rest = copy;

    while (rest != NULL)
        read_or_abort(res, strsep(&rest, "\n"), apply_change, s);
    sched_apply(s, &change);
}

static void keep_change(void *arg, const struct change *change)
{
    *(struct change *)arg = *change;
}

struct node *cluster_text_node(struct restable *res, const char *line)
{
    struct change change = {0};

    read_or_abort(res, line, keep_change, &change);
    return change.u.node;
}

struct partition *cluster_text_partition(struct restable *res, const char *line)
{
    struct change change = {0};

    read_or_abort(res, line, keep_change, &change);
    return change.u.partition;
}

struct job *cluster_text_job(struct restable *res, const char *line)
{
    struct change change = {0};

    read_or_abort(res, line, keep_change, &change);
    return change.u.job;
}

static long long devices_of(const struct slot *slot)
{
    long long sum = 0;

    for (int i = RES_FIXED; i < RES_MAX; i++)
        sum += slot->each.v[i];
    return sum;
}

static bool devices_differ(const struct slot *slots, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (devices_of(&slots[i]) != devices_of(&slots[0]))
            return true;
    }
    return false;
}

static bool are_alike(const struct slot *a, const struct slot *b)
{
    return a->pods == b->pods && a->tasks == b->tasks && a->component == b->component &&
           devices_of(a) == devices_of(b);
}

static void say_slots(const struct slot *slots, size_t n, struct str *out)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};
    bool differ = devices_differ(slots, n);

    for (size_t i = 0; i < n; i++) {
        hostlist_add(&nodes, slots[i].node);
        if (i + 1 < n && are_alike(&slots[i], &slots[i + 1]))
            continue;
        hostlist_format(&nodes, out);
        if (slots[i].pods != 1)
            str_addf(out, ":%lld", (long long)slots[i].pods);
        if (slots[i].tasks != 1)
            str_addf(out, "/%lld", (long long)slots[i].tasks);
        if (differ)
            str_addf(out, "+%lld", devices_of(&slots[i]));
        hostlist_fini(&nodes);
        nodes = (struct hostlist){0};
        if (i + 1 < n)
            str_add(out, slots[i + 1].component != slots[i].component ? " : " : ",");
    }
}

/* In which partition, and reservation. */
static void say_where(const struct decision *decision, struct str *out)
{
    str_addf(out, " in %s", decision->partition);
    if (decision->reservation != NULL)
        str_addf(out, ", reservation %s", decision->reservation);
    if (decision->license != NULL)
        str_addf(out, ", licence %s", decision->license);
    if (decision->chosen_qos != NULL)
        str_addf(out, ", QOS %s", decision->chosen_qos);
    if (decision->reservation != NULL || decision->license != NULL ||
        decision->chosen_qos != NULL)
        str_add(out, ",");
    str_add(out, " on ");
    say_slots(decision->slots, decision->n_slots, out);
}

static void say_plan(const struct decision *decision, struct str *out)
{
    if (decision->planned_sec == TIME_UNSET)
        return;
    str_addf(out, "    %s at %lld", decision->promised ? "promised" : "forecast",
             (long long)decision->planned_sec);
    say_where(decision, out);
    str_addc(out, '\n');
    for (size_t i = 0; i < decision->n_further; i++) {
        const struct plan *plan = &decision->further[i];

        str_addf(out, "    then at %lld in %s on ", (long long)plan->start_sec,
                 plan->partition);
        say_slots(plan->slots, plan->n_slots, out);
        str_addc(out, '\n');
    }
}

/* Nothing where nobody is. */
static void say_ahead(const struct ahead *ahead, struct str *out)
{
    if (ahead->jobs == 0)
        return;
    str_addf(out, "    %lld ahead", (long long)ahead->jobs);
    if (ahead->gpus > 0)
        str_addf(out, " with %lld GPU%s", (long long)ahead->gpus,
                 ahead->gpus == 1 ? "" : "s");
    str_addf(out, ", next %lld\n", (long long)ahead->job_id);
}

static void say_bound(const struct decision *decision, struct str *out)
{
    char limit[DURATION_TEXT_MAX];

    if (decision->bound_sec == LIMIT_UNSET)
        return;
    duration_format(decision->bound_sec, limit);
    str_addf(out, "    limit %s\n", limit);
}

static void say_age(const struct decision *decision, struct str *out)
{
    if (decision->accrue_sec == ACCRUES_NOT)
        str_addf(out, "    gains no age%s%s\n", decision->lacks_age != NULL ? ": " : "",
                 decision->lacks_age != NULL ? decision->lacks_age : "");
    else if (decision->accrue_sec != TIME_UNSET)
        str_addf(out, "    gains age from %lld on\n", (long long)decision->accrue_sec);
}

/* Where the word alone does not say so. */
static const char *for_good(enum reason reason)
{
    bool says = reason_class(reason_parse(reason_word(reason))) == WAIT_NEVER;

    return reason_class(reason) == WAIT_NEVER && !says ? " for good" : "";
}

void cluster_text_decision(const struct decision *decision, struct str *out)
{
    const char *number = decision->job_uid + strlen("job-");
    char limit[DURATION_TEXT_MAX];

    switch (decision->kind) {
    case DECIDE_START:
        duration_format(decision->limit_sec, limit);
        str_addf(out, "  start %s", number);
        if (decision->task >= 0)
            str_addf(out, "_%lld", (long long)decision->task);
        say_where(decision, out);
        str_addf(out, ", limit %s, priority %lld\n", limit,
                 (long long)decision->priority.total);
        return;
    case DECIDE_END:
        str_addf(out, "  end %s", number);
        if (decision->component > 0)
            str_addf(out, "+%zu", decision->component);
        str_addf(out, "%s%s%s%s\n", decision->reason != REASON_NONE ? " " : "",
                 decision->reason != REASON_NONE ? reason_word(decision->reason) : "",
                 decision->message != NULL ? ": " : "",
                 decision->message != NULL ? decision->message : "");
        return;
    case DECIDE_GIVE_UP:
        str_addf(out, "  give up %s %s: %s\n", number, reason_word(decision->reason),
                 decision->message);
        return;
    case DECIDE_SPLIT:
        str_addf(out, "  split task %lld off %s, which waits %s\n",
                 (long long)decision->task, number,
                 decision->met ? "for nobody" : "in vain");
        return;
    case DECIDE_PREEMPT:
        str_addf(out, "  preempt %s for %lld, %s at %lld\n", number,
                 (long long)decision->preempted_by,
                 decision->requeue ? "requeue" : "cancel",
                 (long long)decision->preempt_sec);
        return;
    case DECIDE_REASON:
        str_addf(out, "  wait %s %s%s, priority %lld: %s\n", number,
                 reason_word(decision->reason), for_good(decision->reason),
                 (long long)decision->priority.total, decision->message);
        say_ahead(&decision->ahead, out);
        say_plan(decision, out);
        say_bound(decision, out);
        say_age(decision, out);
        return;
    }
}

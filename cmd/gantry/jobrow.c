#include "cmd/gantry/jobrow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "crds/array.h"
#include "crds/dependency.h"
#include "crds/switches.h"

/* SLURM_BITSTR_LEN: so much of a list of tasks is shown; 0: all of it. */
#define TASKS_SHOWN 64
#define TASKS_SHOWN_MAX 4096

/* ---- what follows ---- */

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

/* The first partition that a list names; NULL: the list names none. */
static const struct partition *first_partition(const struct partlist *parts,
                                               const char *list)
{
    AUTO_FREE char *name = xstrndup(list, strcspn(list, ","));

    return partlist_find(parts, name);
}

static int64_t limit_of(const struct jobrow *r, const struct partlist *parts)
{
    int64_t sec;

    if (r->limit_in_force &&
        strcmp(or_empty(r->limit_asked), or_empty(r->time_limit)) == 0 &&
        duration_parse(r->limit_in_force, &sec, NULL) == 0)
        return sec;
    if (r->time_limit && duration_parse(r->time_limit, &sec, NULL) == 0)
        return sec > 0 ? sec : LIMIT_UNLIMITED; /* Slurm's 0 */
    const struct partition *p = first_partition(parts, r->partition);
    return p ? part_default_limit(p) : LIMIT_UNSET;
}

static void set_amounts(struct jobrow *r)
{
    const char *mem = r->tres ? strstr(r->tres, "mem=") : NULL;

    r->cpus = jobrow_tres(r, "cpu");
    if (mem) {
        AUTO_FREE char *text = xstrndup(mem + 4, strcspn(mem + 4, ","));
        if (size_parse(text, &r->mem_bytes, NULL) < 0)
            r->mem_bytes = 0;
    }
}

/* What it still waits for, as Slurm shows it; NULL: nothing. */
static const char *dependency_of(const struct jobrow *r, struct arena *arena)
{
    STR_AUTO struct str text;

    str_init(&text, DEPENDENCY_TEXT_MAX);
    if (!r->dependency || !r->found_dependency)
        return r->dependency;
    dependency_remaining(r->found_dependency, &text);
    return text.len > 0 ? arena_strdup(arena, text.s) : NULL;
}

static int64_t count_components(const struct jobrow *r)
{
    JSON_AUTO struct json *list =
        r->components ? json_parse_str(r->components, NULL) : NULL;

    return json_len(list) > 0 ? (int64_t)json_len(list) : r->het_size;
}

/* TIME_UNSET: it may begin at once. */
static int64_t begin_of(const struct jobrow *r)
{
    int64_t begin_sec = TIME_UNSET;

    if (!r->begin || r->submit_sec == TIME_UNSET ||
        time_parse(r->begin, r->submit_sec, &begin_sec, NULL) < 0)
        return TIME_UNSET;
    return begin_sec;
}

void jobrow_finish(struct jobrow *r, const struct partlist *parts, struct arena *arena)
{
    const struct partition *dflt = partlist_default(parts);

    r->ns = or_empty(r->ns);
    r->object = or_empty(r->object);
    r->name = r->name ? r->name : r->object;
    r->user = or_empty(r->user);
    r->reason = r->reason && *r->reason ? r->reason : "None";
    r->word = job_word_of(r->state);
    const bool waits = r->word->kind == JOB_KIND_PENDING && r->asked_partition;
    r->partition = waits                ? r->asked_partition
                   : r->ran_partition   ? r->ran_partition
                   : r->asked_partition ? r->asked_partition
                   : dflt               ? arena_strdup(arena, dflt->name)
                                        : "";
    /* As it names it; or the one that has drawn it in. */
    r->reservation = r->reservation ? r->reservation : r->ran_reservation;
    /* Of an array that waits it is that of tasks, which have rows of their own. */
    if (jobrow_is_array(r) && r->word->kind == JOB_KIND_PENDING)
        r->exit_code = NULL;
    r->account = r->has_account ? r->has_account : r->account;
    r->qos = r->has_qos ? r->has_qos : r->qos;
    r->dependency = dependency_of(r, arena);
    r->limit_sec = limit_of(r, parts);
    r->het_size = count_components(r);
    if (time_parse_rfc3339(or_empty(r->created), &r->created_sec, NULL) < 0)
        r->created_sec = TIME_UNSET;
    if (r->submit_sec == TIME_UNSET)
        r->submit_sec = r->created_sec;
    if (strcmp(r->reason, "BeginTime") == 0)
        r->eligible_sec = MAX(r->eligible_sec, begin_of(r));
    if (!r->deadline ||
        time_parse(r->deadline, r->created_sec, &r->deadline_sec, NULL) < 0)
        r->deadline_sec = TIME_UNSET;
    set_amounts(r);
}

/* ---- asked of a row ---- */

bool jobrow_has_started(const struct jobrow *r)
{
    return r->start_sec != TIME_UNSET && r->word->kind != JOB_KIND_PENDING;
}

int64_t jobrow_used_sec(const struct jobrow *r, int64_t now_sec)
{
    if (!jobrow_has_started(r))
        return 0;
    const bool over = r->word->kind == JOB_KIND_FINAL || r->end_sec != TIME_UNSET;
    const int64_t until = over && r->end_sec != TIME_UNSET ? r->end_sec : now_sec;
    return MAX(until - r->start_sec, 0);
}

int64_t jobrow_start_sec(const struct jobrow *r)
{
    if (r->word->kind != JOB_KIND_PENDING)
        return r->start_sec != TIME_UNSET ? r->start_sec : r->end_sec;
    if (r->planned_sec != TIME_UNSET)
        return r->planned_sec;
    return strcmp(r->reason, "BeginTime") == 0 ? r->eligible_sec : TIME_UNSET;
}

int64_t jobrow_eligible_sec(const struct jobrow *r)
{
    if (r->eligible_sec != TIME_UNSET || r->word->kind == JOB_KIND_PENDING)
        return r->eligible_sec;
    return r->submit_sec;
}

int64_t jobrow_accrue_sec(const struct jobrow *r)
{
    const bool waits = r->word->kind == JOB_KIND_PENDING;

    if (waits && r->accrue_limit && *r->accrue_limit)
        return TIME_UNSET;
    if (waits && r->accrue_sec != TIME_UNSET)
        return r->accrue_sec;
    return jobrow_eligible_sec(r);
}

static int64_t end_by_limit(const struct jobrow *r)
{
    const int64_t start_sec = jobrow_start_sec(r);

    if (start_sec == TIME_UNSET || r->limit_sec == LIMIT_UNSET)
        return TIME_UNSET;
    return r->limit_sec == LIMIT_UNLIMITED ? LIMIT_UNLIMITED : start_sec + r->limit_sec;
}

int64_t jobrow_end_sec(const struct jobrow *r)
{
    const int64_t sec = end_by_limit(r);

    if (r->word->kind == JOB_KIND_PENDING)
        return sec;
    if (r->end_sec != TIME_UNSET)
        return r->end_sec;
    if (r->grace_end_sec <= 0) /* of a row of the table, or TIME_UNSET */
        return sec;
    return sec > 0 && sec != LIMIT_UNLIMITED ? MIN(sec, r->grace_end_sec)
                                             : r->grace_end_sec;
}

bool jobrow_is_array(const struct jobrow *r)
{
    return r->array_id > 0 && r->array_task < 0;
}

bool jobrow_is_shell(const struct jobrow *r)
{
    const bool unbegun = r->word->kind == JOB_KIND_FINAL && r->start_sec == TIME_UNSET;

    return jobrow_is_array(r) && !r->array_left && !unbegun;
}

int64_t jobrow_task_limit(const struct jobrow *r)
{
    struct array array;

    if (!r->array || array_parse(r->array, &array, NULL) < 0)
        return 0;
    return array.limit;
}

static size_t tasks_shown(void)
{
    const char *text = getenv("SLURM_BITSTR_LEN");
    const long len = text ? strtol(text, NULL, 10) : TASKS_SHOWN;

    return len <= 0 || len > TASKS_SHOWN_MAX ? TASKS_SHOWN_MAX : (size_t)len;
}

/* One that is left of several, or picked of them, stands as if it had its own row. */
static bool is_single(const struct jobrow *r)
{
    const char *left = or_empty(r->array_left);
    struct array array;

    return left[0] != '\0' && left[strspn(left, "0123456789")] == '\0' && r->array &&
           array_parse(r->array, &array, NULL) == 0 && taskset_count(&array.tasks) > 1;
}

void jobrow_tasks(const struct jobrow *r, struct str *out)
{
    const size_t len = strlen(or_empty(r->array_left)), most = tasks_shown();
    const int64_t limit = jobrow_task_limit(r);

    if (len < most)
        str_add(out, or_empty(r->array_left));
    else
        str_addf(out, "%.*s...", MAX((int)most - 4, 0), r->array_left);
    if (limit > 0 && !is_single(r))
        str_addf(out, "%%%" PRId64, limit);
}

void jobrow_id(const struct jobrow *r, struct str *out)
{
    if (r->het_offset >= 0) {
        str_addf(out, "%" PRId64 "+%" PRId64, r->het_id, r->het_offset);
    } else if (r->array_id > 0 && r->array_task >= 0) {
        str_addf(out, "%" PRId64 "_%" PRId64, r->array_id, r->array_task);
    } else if (jobrow_is_array(r) && is_single(r)) {
        str_addf(out, "%" PRId64 "_%s", r->array_id, r->array_left);
    } else if (jobrow_is_array(r) && r->array_left) {
        str_addf(out, "%" PRId64 "_[", r->array_id);
        jobrow_tasks(r, out);
        str_add(out, "]");
    } else {
        str_addf(out, "%" PRId64, r->id);
    }
}

void jobrow_het_ids(const struct jobrow *r, struct str *out)
{
    str_addf(out, "%" PRId64, r->het_id);
    if (r->het_size > 1)
        str_addf(out, "-%" PRId64, r->het_id + r->het_size - 1);
}

void jobrow_switches(const struct jobrow *r, int64_t *ret_most, int64_t *ret_wait_sec)
{
    *ret_most = 0;
    *ret_wait_sec = LIMIT_UNSET;
    if (r->switches)
        switches_parse(r->switches, ret_most, ret_wait_sec, NULL);
}

void jobrow_node_range(const struct jobrow *r, int64_t *ret_min, int64_t *ret_max)
{
    char *end;

    *ret_min = *ret_max = r->num_nodes > 0 ? r->num_nodes : 1;
    if (r->node_list || !r->nodes)
        return;
    *ret_min = *ret_max = strtoll(r->nodes, &end, 10);
    if (*end == '-')
        *ret_max = strtoll(end + 1, NULL, 10);
}

static int64_t amount_in(const char *tres, const char *name)
{
    const char *s = or_empty(tres);
    const size_t len = strlen(name);

    for (; *s; s += strcspn(s, ","), s += *s == ',')
        if (strncmp(s, name, len) == 0 && s[len] == '=')
            return strtoll(s + len + 1, NULL, 10);
    return -1;
}

int64_t jobrow_tres(const struct jobrow *r, const char *name)
{
    return amount_in(r->tres, name);
}

/* One that has its nodes alone has more of them. */
int64_t jobrow_min_cpus(const struct jobrow *r)
{
    const char *asked = r->req_tres ? r->req_tres : r->tres;

    return MAX(amount_in(asked, "cpu") / MAX(amount_in(asked, "node"), 1), 1);
}

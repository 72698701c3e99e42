#include "cmd/gantry/jobfilter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "cmd/gantry/hidden.h"
#include "cmd/gantry/users.h"

#define LIST_TEXT_MAX 4096
#define SELECTOR_MAX 4096

/* ---- names ---- */

void names_append(struct names *names, char *take_name)
{
    names->list = xrealloc(names->list, (names->n + 1) * sizeof(*names->list));
    names->list[names->n++] = take_name;
}

/* Up to the next comma that is not within brackets. */
static size_t item_len(const char *text)
{
    size_t len = strcspn(text, ",[");

    if (text[len] == '[')
        len += strcspn(text + len, "]");
    return len + strcspn(text + len, ",");
}

void names_parse(struct names *ret, const char *text)
{
    for (; text && *text; text += strspn(text, ",")) {
        const size_t len = item_len(text);
        if (len > 0)
            names_append(ret, xstrndup(text, len));
        text += len;
    }
}

void names_fini(struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->list[i]);
    free(names->list);
    *names = (struct names){0};
}

bool names_has(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (str_eq(names->list[i], name))
            return true;
    return false;
}

/* Whether one of a list's entries is among the names: "a,b", "matlab:2|octave". */
static bool names_meet(const struct names *names, const char *list, const char *ends)
{
    const char *apart = strchr(ends, '|') ? ",|" : ",";

    for (const char *s = list ? list : ""; *s; s += strcspn(s, apart), s += *s != 0) {
        AUTO_FREE char *one = xstrndup(s, strcspn(s, ends));
        if (names_has(names, one))
            return true;
    }
    return false;
}

void jobfilter_fini(struct jobfilter *f)
{
    struct names *all[] = {&f->users,     &f->partitions, &f->accounts,     &f->qos,
                           &f->job_names, &f->licenses,   &f->reservations, &f->hidden};

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        names_fini(all[i]);
    hostlist_fini(&f->nodes);
    free(f->jobs);
    free(f->states);
    *f = (struct jobfilter){0};
}

/* ---- reading the lists ---- */

static bool component_parse(const char *text, int64_t *ret)
{
    const size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 4 || text[digits] != '\0')
        return false;
    *ret = strtoll(text, NULL, 10);
    return true;
}

bool job_ref_parse(const char *text, struct job_ref *ret)
{
    const size_t id = strspn(text, "0123456789");
    const char *rest = text + id;
    struct array array;

    if (id == 0 || id > 18)
        return false;
    *ret = (struct job_ref){
        .id = strtoll(text, NULL, 10), .all = *rest == '\0', .component = -1};
    if (ret->all)
        return ret->id > 0;
    if (*rest == '+')
        return component_parse(rest + 1, &ret->component) && ret->id > 0;
    if (*rest != '_' || array_parse(rest + 1, &array, NULL) < 0 || array.limit > 0)
        return false;
    ret->tasks = array.tasks;
    return ret->id > 0;
}

struct taskset job_ref_left(const struct job_ref *ref, const struct jobrow *r)
{
    struct taskset ret = {{0}};

    if (!jobrow_is_array(r) || r->array_id != ref->id || !r->array_left ||
        taskset_parse(r->array_left, &ret, NULL) < 0)
        return (struct taskset){{0}};
    if (!ref->all)
        taskset_keep(&ret, &ref->tasks);
    return ret;
}

bool job_ref_component(const struct job_ref *ref, const struct jobrow *r, int64_t *ret)
{
    const int64_t offset = ref->all               ? ref->id - r->het_id
                           : ref->id == r->het_id ? ref->component
                                                  : -1;

    if (r->het_id <= 0 || offset < (ref->all ? 1 : 0) || offset >= r->het_size)
        return false;
    *ret = offset;
    return true;
}

bool job_ref_means(const struct job_ref *ref, const struct jobrow *r)
{
    if (ref->all)
        return ref->id == r->id || ref->id == r->array_id || ref->id == r->het_id;
    if (ref->component >= 0)
        return ref->id == r->het_id && ref->component == r->het_offset;
    if (ref->id != r->array_id)
        return false;
    struct taskset left = job_ref_left(ref, r);
    return taskset_has(&ref->tasks, r->array_task) || taskset_next(&left, 0) >= 0;
}

int jobfilter_jobs(struct jobfilter *f, const char *text, struct err *err)
{
    struct names names = {0};
    int rc = 0;

    names_parse(&names, text);
    f->jobs = xcalloc(names.n + 1, sizeof(*f->jobs));
    for (size_t i = 0; i < names.n && rc == 0; i++) {
        if (!job_ref_parse(names.list[i], &f->jobs[f->n_jobs++]))
            rc = err_set(err, ERR_INVALID, "Invalid job id: %.64s", names.list[i]);
    }
    names_fini(&names);
    return rc;
}

static int refuse_state(const char *text, struct err *err)
{
    STR_AUTO struct str all;

    str_init(&all, LIST_TEXT_MAX);
    job_words_list(&all);
    return err_set(err, ERR_INVALID, "Invalid job state specified: %.64s; valid are %s",
                   text, all.s);
}

static int add_state(struct jobfilter *f, const char *text, struct err *err)
{
    const struct job_word *word = job_word_find(text, strlen(text));

    if (strcasecmp(text, "all") == 0)
        f->any_state = true;
    else if (word)
        f->states[f->n_states++] = word;
    else
        return refuse_state(text, err);
    return 0;
}

int jobfilter_states(struct jobfilter *f, const char *text, struct err *err)
{
    struct names names = {0};
    int rc = 0;

    names_parse(&names, text);
    f->states = xcalloc(names.n + 1, sizeof(*f->states));
    for (size_t i = 0; i < names.n && rc == 0; i++)
        rc = add_state(f, names.list[i], err);
    names_fini(&names);
    return rc;
}

void jobfilter_users(struct jobfilter *f, const char *text)
{
    struct names given = {0};

    names_parse(&given, text);
    for (size_t i = 0; i < given.n; i++)
        names_append(&f->users, users_name(given.list[i]));
    names_fini(&given);
}

/* ---- choosing ---- */

static bool state_shows(const struct jobfilter *f, const struct jobrow *r)
{
    if (f->any_state)
        return true;
    for (size_t i = 0; i < f->n_states; i++)
        if (f->states[i] == r->word)
            return true;
    return f->n_states == 0 && r->word->kind != JOB_KIND_FINAL;
}

static bool job_shows(const struct jobfilter *f, const struct jobrow *r)
{
    for (size_t i = 0; i < f->n_jobs; i++)
        if (job_ref_means(&f->jobs[i], r))
            return true;
    return f->n_jobs == 0;
}

static bool node_shows(const struct jobfilter *f, const struct jobrow *r)
{
    HOSTLIST_AUTO struct hostlist have = {0};

    if (f->nodes.n == 0)
        return true;
    if (!r->node_list || r->word->kind == JOB_KIND_PENDING ||
        hostlist_parse(&have, r->node_list, NULL) < 0)
        return false;
    for (size_t i = 0; i < have.n; i++)
        for (size_t k = 0; k < f->nodes.n; k++)
            if (str_eq(have.names[i], f->nodes.names[k]))
                return true;
    return false;
}

/* Whether all of its partitions are hidden. */
static bool is_hidden(const struct jobfilter *f, const struct jobrow *r)
{
    const char *s = f->hidden.n > 0 && f->n_jobs == 0 ? r->partition : NULL;

    if (!s || !*s)
        return false;
    for (; *s; s += strcspn(s, ","), s += *s == ',') {
        AUTO_FREE char *one = xstrndup(s, strcspn(s, ","));
        if (!names_has(&f->hidden, one))
            return false;
    }
    return true;
}

bool jobfilter_shows(const struct jobfilter *f, const struct jobrow *r)
{
    const struct {
        const struct names *names;
        const char *list, *ends;
    } lists[] = {
        {&f->users, r->user, ""},
        {&f->partitions, r->partition, ","},
        {&f->accounts, r->account, ""},
        {&f->qos, r->qos, ","},
        {&f->job_names, r->name, ""},
        {&f->licenses, r->licenses, ",|:="},
        {&f->reservations, r->reservation, ","},
    };

    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (lists[i].names->n > 0 &&
            !names_meet(lists[i].names, lists[i].list, lists[i].ends))
            return false;
    return !jobrow_is_shell(r) && !is_hidden(f, r) && state_shows(f, r) &&
           job_shows(f, r) && node_shows(f, r);
}

/* ---- what the server sorts out ---- */

static void add_term(struct str *out, const char *field, const char *op,
                     const char *value)
{
    str_addf(out, "%s%s%s%s", out->len ? "," : "", field, op, value);
}

static void leave_out(struct str *out, bool (*is)(enum job_state s))
{
    for (int i = 0; i < JOB_STATES; i++)
        if (is((enum job_state)i))
            add_term(out, "status.state", "!=", job_state_word((enum job_state)i));
}

/* Selectors have no "or": one name, or other states left out. A pending job may have no
 * state yet. A job that is asked for by id is looked for among all, so that it can be
 * told from one that is unknown. */
void jobfilter_selector(const struct jobfilter *f, struct str *out)
{
    if (f->n_jobs > 0)
        return;
    if (f->users.n == 1 && !strpbrk(f->users.list[0], ",=!\\"))
        add_term(out, "spec.user", "=", f->users.list[0]);
    if (f->any_state)
        return;
    const struct job_word *const only = f->n_states == 1 ? f->states[0] : NULL;
    const bool pending = only && job_word_is(only, JOB_STATE_PENDING);
    if (only && !pending)
        add_term(out, "status.state", "=", only->word);
    if (f->n_states == 0 || pending)
        leave_out(out, job_state_is_final);
    if (pending)
        leave_out(out, job_state_is_active);
}

static unsigned looks_at(const struct jobfilter *f)
{
    return (f->accounts.n > 0 ? JOB_ACCOUNT : 0) | (f->qos.n > 0 ? JOB_QOS : 0) |
           (f->licenses.n + f->reservations.n > 0 ? JOB_WHOLE : 0);
}

int jobfilter_fetch(struct jobfilter *f, struct api *c, const char *ns, unsigned about,
                    struct joblist *list, struct err *err)
{
    PARTLIST_AUTO struct partlist parts = {0};
    STR_AUTO struct str selector;

    str_init(&selector, SELECTOR_MAX);
    jobfilter_selector(f, &selector);
    names_fini(&f->hidden);
    if (partlist_fetch_allowed(&parts, c, err) < 0 ||
        (f->hides && hidden_find(&parts, c, &f->hidden, err) < 0))
        return -1;
    const struct jobquery query = {
        .ns = ns,
        .field_selector = selector.len && !selector.overflow ? selector.s : NULL,
        .parts = &parts,
        .about = about | looks_at(f)};
    return joblist_fetch(list, c, &query, err);
}

#include "crds/array.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define WORD_BITS 64
#define N_WORDS ARRAY_LEN(((struct taskset *)NULL)->words)
/* Slurm shows a step only where the indices are further apart than this. */
#define STEP_SPAN 10

/* ---- sets ---- */

bool taskset_has(const struct taskset *set, int64_t index)
{
    return index >= 0 && index < ARRAY_SIZE &&
           (set->words[index / WORD_BITS] >> (index % WORD_BITS) & 1) != 0;
}

void taskset_add(struct taskset *set, int64_t index)
{
    set->words[index / WORD_BITS] |= UINT64_C(1) << (index % WORD_BITS);
}

void taskset_join(struct taskset *set, const struct taskset *other)
{
    for (size_t i = 0; i < N_WORDS; i++)
        set->words[i] |= other->words[i];
}

void taskset_keep(struct taskset *set, const struct taskset *other)
{
    for (size_t i = 0; i < N_WORDS; i++)
        set->words[i] &= other->words[i];
}

void taskset_drop(struct taskset *set, const struct taskset *other)
{
    for (size_t i = 0; i < N_WORDS; i++)
        set->words[i] &= ~other->words[i];
}

bool taskset_equal(const struct taskset *a, const struct taskset *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

int64_t taskset_count(const struct taskset *set)
{
    int64_t n = 0;
    for (size_t i = 0; i < N_WORDS; i++)
        n += __builtin_popcountll(set->words[i]);
    return n;
}

int64_t taskset_next(const struct taskset *set, int64_t from)
{
    for (int64_t i = MAX(from, 0); i < ARRAY_SIZE; i++)
        if (taskset_has(set, i))
            return i;
    return -1;
}

int64_t taskset_last(const struct taskset *set)
{
    int64_t i = ARRAY_SIZE - 1;
    while (i >= 0 && !taskset_has(set, i))
        i--;
    return i;
}

int64_t taskset_step(const struct taskset *set)
{
    int64_t first = taskset_next(set, 0), second = taskset_next(set, first + 1);
    if (first < 0 || second < 0)
        return 1;
    for (int64_t is = second, next; (next = taskset_next(set, is + 1)) >= 0; is = next)
        if (next - is != second - first)
            return 1;
    return second - first;
}

/* ---- reading ---- */

/* Digits, no more than a number below ARRAY_SIZE has room for. */
static bool read_number(const char **text, int64_t *ret)
{
    size_t len = strspn(*text, "0123456789");
    if (len == 0 || len > 9)
        return false;
    *ret = strtoll(*text, NULL, 10);
    *text += len;
    return true;
}

static bool read_item(const char **text, struct taskset *ret)
{
    int64_t first, last, step = 1;
    if (!read_number(text, &first))
        return false;
    last = first;
    if (**text == '-') {
        (*text)++;
        if (!read_number(text, &last))
            return false;
        if (**text == ':') {
            (*text)++;
            if (!read_number(text, &step))
                return false;
        }
    }
    if (last < first || step < 1 || last >= ARRAY_SIZE)
        return false;
    for (int64_t i = first; i <= last; i += step)
        taskset_add(ret, i);
    return true;
}

static bool read_items(const char **text, struct taskset *ret)
{
    *ret = (struct taskset){{0}};
    while (read_item(text, ret)) {
        if (**text != ',')
            return true;
        (*text)++;
    }
    return false;
}

int taskset_parse(const char *text, struct taskset *ret, struct err *err)
{
    const char *s = text;
    *ret = (struct taskset){{0}};
    if (*s == '\0' || (read_items(&s, ret) && *s == '\0'))
        return 0;
    return err_set(err, ERR_INVALID,
                   "\"%.64s\" is no list of array tasks; right is \"0-3,7\", below %d",
                   text, ARRAY_SIZE);
}

int array_parse(const char *text, struct array *ret, struct err *err)
{
    const char *s = text;
    bool open = *s == '[', fine;
    s += open;
    ret->limit = 0;
    fine = read_items(&s, &ret->tasks);
    if (fine && *s == '%') {
        s++;
        fine = read_number(&s, &ret->limit);
    }
    if (fine && open)
        fine = *s++ == ']';
    if (fine && *s == '\0')
        return 0;
    return err_set(err, ERR_INVALID,
                   ARRAY_INVALID ": \"%.64s\"; right is \"0-15\", \"1,3,5\" or "
                                 "\"0-15:4%%2\", with indices below %d",
                   text, ARRAY_SIZE);
}

/* ---- writing ---- */

/* The end of the run that begins there. */
static int64_t run_end(const struct taskset *set, int64_t first)
{
    while (taskset_has(set, first + 1))
        first++;
    return first;
}

void taskset_format(const struct taskset *set, struct str *out)
{
    int64_t first = taskset_next(set, 0), last = taskset_last(set);
    int64_t step = taskset_step(set);
    const char *apart = "";
    if (step > 1 && last - first > STEP_SPAN) {
        str_addf(out, "%" PRId64 "-%" PRId64 ":%" PRId64, first, last, step);
        return;
    }
    for (int64_t i = first; i >= 0; i = taskset_next(set, last + 1)) {
        last = run_end(set, i);
        str_addf(out, i == last ? "%s%" PRId64 : "%s%" PRId64 "-%" PRId64, apart, i,
                 last);
        apart = ",";
    }
}

/* ---- objects ---- */

/* The uid of the other BatchJob that owns it; NULL: none does. */
static const char *owner_of(const struct json *batchjob)
{
    const struct json *owners = json_at(batchjob, "metadata.ownerReferences");
    for (size_t i = 0; i < json_len(owners); i++) {
        const struct json *owner = json_item(owners, i);
        const char *uid = json_str(owner, "uid");
        if (json_bool_or(owner, "controller", false))
            return str_eq(json_str(owner, "kind"), "BatchJob") &&
                           !str_eq(uid, json_str(batchjob, "metadata.uid"))
                       ? uid
                       : NULL;
    }
    return NULL;
}

static bool read_label(const struct json *batchjob, const char *label, int64_t *ret)
{
    const struct json *value = json_get(json_at(batchjob, "metadata.labels"), label);
    const char *text = json_is(value, JSON_STRING) ? json_string(value) : "";
    return *text && strlen(text) <= 18 && text[strspn(text, "0123456789")] == '\0' &&
           (*ret = strtoll(text, NULL, 10), true);
}

const char *array_task_read(const struct json *batchjob, int64_t *ret_job_id,
                            int64_t *ret_index)
{
    const char *owner = owner_of(batchjob);
    int64_t job_id, index;
    if (!owner || !read_label(batchjob, LABEL_ARRAY_JOB, &job_id) ||
        !read_label(batchjob, LABEL_ARRAY_TASK, &index) || index >= ARRAY_SIZE)
        return NULL;
    *ret_job_id = job_id;
    *ret_index = index;
    return owner;
}

/* The sets by their names in status. */
static const struct {
    const char *name;
    size_t offset;
} sets[] = {
    {"RUNNING", offsetof(struct array_status, running)},
    {"COMPLETED", offsetof(struct array_status, completed)},
    {"FAILED", offsetof(struct array_status, failed)},
    {"CANCELLED", offsetof(struct array_status, cancelled)},
};

void array_status_read(const struct json *status_array, struct array_status *ret)
{
    const struct json *states = json_get(status_array, "states");
    *ret = (struct array_status){0};
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        struct taskset *set = (struct taskset *)((char *)ret + sets[i].offset);
        const char *text = json_str_or(states, sets[i].name, "");
        taskset_parse(text, set, NULL);
    }
}

/* A merge patch keeps what it does not name. */
static void write_set(struct json *to, const char *name, const struct taskset *set)
{
    STR_AUTO struct str text;
    str_init(&text, ARRAY_TEXT_MAX);
    taskset_format(set, &text);
    json_set(to, name, text.len > 0 ? json_new_string(text.s) : json_new_null());
}

struct json *array_status_write(const struct array_status *status,
                                const struct taskset *all)
{
    struct json *states = json_new_object();
    struct taskset left = array_status_left(status, all);
    write_set(states, "PENDING", &left);
    for (size_t i = 0; i < ARRAY_LEN(sets); i++)
        write_set(states, sets[i].name,
                  (const struct taskset *)((const char *)status + sets[i].offset));
    struct json *ret = json_new_object();
    json_set(ret, "states", states);
    return ret;
}

bool array_status_equal(const struct array_status *a, const struct array_status *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

struct taskset array_status_left(const struct array_status *status,
                                 const struct taskset *all)
{
    struct taskset left = *all;
    for (size_t i = 0; i < ARRAY_LEN(sets); i++)
        taskset_drop(&left,
                     (const struct taskset *)((const char *)status + sets[i].offset));
    return left;
}

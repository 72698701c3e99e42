#include "cmd/gantry/jobsort.h"

#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/joblist.h"

typedef int64_t number_fn(const struct jobrow *r, const struct jobsort *s);
typedef const char *text_fn(const struct jobrow *r, const struct jobsort *s);

/* A key is a number or a text; neither: Slurm takes the letter and sorts nothing. */
struct jobsort_key {
    char letter;
    number_fn *number;
    text_fn *text;
    unsigned about; /* what of a job it needs (joblist.h) */
};

#define NUMBER(name, value)                                              \
    static int64_t name(const struct jobrow *r __attribute__((unused)),  \
                        const struct jobsort *s __attribute__((unused))) \
    {                                                                    \
        return value;                                                    \
    }
#define TEXT(name, value)                                                    \
    static const char *name(const struct jobrow *r,                          \
                            const struct jobsort *s __attribute__((unused))) \
    {                                                                        \
        return value;                                                        \
    }

/* What has no time yet comes last. */
static int64_t later(int64_t sec)
{
    return sec == TIME_UNSET ? INT64_MAX : sec;
}

static int64_t limit(const struct jobrow *r)
{
    return r->limit_sec == LIMIT_UNSET ? LIMIT_UNLIMITED : r->limit_sec;
}

static int64_t left(const struct jobrow *r, const struct jobsort *s)
{
    return limit(r) == LIMIT_UNLIMITED ? LIMIT_UNLIMITED
                                       : limit(r) - jobrow_used_sec(r, s->now_sec);
}

static int64_t nodes(const struct jobrow *r, const struct jobsort *s)
{
    int64_t min, max;

    (void)s;
    jobrow_node_range(r, &min, &max);
    return min;
}

NUMBER(by_cpus, r->cpus)
NUMBER(by_end, later(jobrow_end_sec(r)))
NUMBER(by_id, r->array_id > 0 ? r->array_id : r->id)
NUMBER(by_limit, limit(r))
NUMBER(by_memory, r->mem_bytes)
NUMBER(by_used, jobrow_used_sec(r, s->now_sec))
NUMBER(by_priority, r->priority)
NUMBER(by_start, later(jobrow_start_sec(r)))
NUMBER(by_submit, later(r->submit_sec))
NUMBER(by_uid, users_find(s->users, r->user)->uid)
NUMBER(by_gid, users_find(s->users, r->user)->gid)
TEXT(by_host, r->batch_host)
TEXT(by_name, r->name)
TEXT(by_nodes_list, r->node_list)
TEXT(by_partition, r->partition)
TEXT(by_code, r->word->code)
TEXT(by_state, r->word->word)
TEXT(by_user, r->user)
TEXT(by_reservation, r->reservation)

static const char *by_group(const struct jobrow *r, const struct jobsort *s)
{
    return users_find(s->users, r->user)->group;
}

static const struct jobsort_key keys[] = {
    {'B', NULL, by_host, JOB_WHOLE},
    {'b', NULL, NULL, 0},
    {'c', NULL, NULL, 0},
    {'C', by_cpus, NULL, 0},
    {'d', NULL, NULL, 0},
    {'D', nodes, NULL, 0},
    {'e', by_end, NULL, JOB_START},
    {'f', NULL, NULL, 0},
    {'g', NULL, by_group, 0},
    {'G', by_gid, NULL, 0},
    {'h', NULL, NULL, 0},
    {'H', NULL, NULL, 0},
    {'i', by_id, NULL, 0},
    {'I', NULL, NULL, 0},
    {'j', NULL, by_name, 0},
    {'J', NULL, NULL, 0},
    {'l', by_limit, NULL, 0},
    {'L', left, NULL, 0},
    {'m', by_memory, NULL, 0},
    {'M', by_used, NULL, 0},
    {'n', NULL, NULL, 0},
    {'N', NULL, by_nodes_list, 0},
    {'O', NULL, NULL, 0},
    {'p', by_priority, NULL, 0},
    {'P', NULL, by_partition, 0},
    {'Q', by_priority, NULL, 0},
    {'S', by_start, NULL, JOB_START},
    {'t', NULL, by_code, 0},
    {'T', NULL, by_state, 0},
    {'u', NULL, by_user, 0},
    {'U', by_uid, NULL, 0},
    {'v', NULL, by_reservation, JOB_WHOLE},
    {'V', by_submit, NULL, JOB_SUBMIT},
    {'z', NULL, NULL, 0},
};

static const struct jobsort_key *key_find(char letter)
{
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (keys[i].letter == letter)
            return &keys[i];
    return NULL;
}

int jobsort_parse(struct jobsort *ret, const char *text, struct err *err)
{
    bool reverse = false;

    ret->n = 0;
    for (; *text; text++) {
        if (*text == ',' || *text == '+' || *text == '-') {
            reverse = *text == '-';
            continue;
        }
        const struct jobsort_key *key = key_find(*text);
        if (!key || ret->n == JOBSORT_KEYS_MAX)
            return err_set(err, ERR_INVALID, "Invalid sort specification: %.1s", text);
        ret->by[ret->n].key = key;
        ret->by[ret->n++].reverse = reverse;
        reverse = false;
    }
    return 0;
}

unsigned jobsort_about(const struct jobsort *s)
{
    unsigned about = 0;

    for (size_t i = 0; i < s->n; i++)
        about |= s->by[i].key->about;
    return about;
}

static int compare_key(const struct jobsort_key *key, const struct jobsort *s,
                       const struct jobrow *a, const struct jobrow *b)
{
    if (key->text) {
        const char *x = key->text(a, s), *y = key->text(b, s);
        return key->letter == 'N' ? hostname_compare(x ? x : "", y ? y : "")
                                  : strcmp(x ? x : "", y ? y : "");
    }
    if (!key->number)
        return 0;
    const int64_t x = key->number(a, s), y = key->number(b, s);
    return (x > y) - (x < y);
}

static int compare(const void *pa, const void *pb, void *arg)
{
    const struct jobrow *a = *(const struct jobrow *const *)pa,
                        *b = *(const struct jobrow *const *)pb;
    const struct jobsort *s = arg;

    for (size_t i = 0; i < s->n; i++) {
        const int order = compare_key(s->by[i].key, s, a, b);
        if (order != 0)
            return s->by[i].reverse ? -order : order;
    }
    /* Tasks of an array by their indices, whatever numbers they were given. */
    const int64_t x = by_id(a, s), y = by_id(b, s);
    if (x != y)
        return x < y ? -1 : 1;
    return (a->array_task > b->array_task) - (a->array_task < b->array_task);
}

void jobsort_rows(const struct jobsort *s, const struct jobrow **rows, size_t n)
{
    if (n > 1)
        qsort_r((void *)rows, n, sizeof(*rows), compare, (void *)s);
}

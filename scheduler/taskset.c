#include "scheduler/taskset.h"

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
    return index >= 0 && index < TASKSET_SIZE &&
           (set->words[index / WORD_BITS] >> (index % WORD_BITS) & 1) != 0;
}

void taskset_add(struct taskset *set, int64_t index)
{
    set->words[index / WORD_BITS] |= UINT64_C(1) << (index % WORD_BITS);
}

void taskset_remove(struct taskset *set, int64_t index)
{
    set->words[index / WORD_BITS] &= ~(UINT64_C(1) << (index % WORD_BITS));
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

bool taskset_is_empty(const struct taskset *set)
{
    return taskset_next(set, 0) < 0;
}

int64_t taskset_next(const struct taskset *set, int64_t from)
{
    from = MAX(from, 0);
    if (from >= TASKSET_SIZE)
        return -1;
    size_t at = (size_t)from / WORD_BITS;
    uint64_t word = set->words[at] & ~UINT64_C(0) << (from % WORD_BITS);
    while (word == 0 && ++at < N_WORDS)
        word = set->words[at];
    return word != 0 ? (int64_t)at * WORD_BITS + __builtin_ctzll(word) : -1;
}

int64_t taskset_last(const struct taskset *set)
{
    for (size_t at = N_WORDS; at-- > 0;)
        if (set->words[at] != 0)
            return (int64_t)at * WORD_BITS + WORD_BITS - 1 -
                   __builtin_clzll(set->words[at]);
    return -1;
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

/* Digits, no more than a number below TASKSET_SIZE has room for. */
bool taskset_read_number(const char **text, int64_t *ret)
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
    if (!taskset_read_number(text, &first))
        return false;
    last = first;
    if (**text == '-') {
        (*text)++;
        if (!taskset_read_number(text, &last))
            return false;
        if (**text == ':') {
            (*text)++;
            if (!taskset_read_number(text, &step))
                return false;
        }
    }
    if (last < first || step < 1 || last >= TASKSET_SIZE)
        return false;
    for (int64_t i = first; i <= last; i += step)
        taskset_add(ret, i);
    return true;
}

bool taskset_read(const char **text, struct taskset *ret)
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
    if (*s == '\0' || (taskset_read(&s, ret) && *s == '\0'))
        return 0;
    return err_set(err, ERR_INVALID,
                   "\"%.64s\" is no list of array tasks; right is \"0-3,7\", below %d",
                   text, TASKSET_SIZE);
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

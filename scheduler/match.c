#include "scheduler/match.h"

#include <stdlib.h>

#include "base/util.h"

void match_init(struct match *m, size_t n, size_t words)
{
    *m = (struct match){.n = n, .words = words};
    m->taken = xcalloc(words + 1, sizeof(*m->taken));
    for (size_t i = 0; i < n; i++) {
        m->of[i].open = xcalloc(words + 1, sizeof(*m->of[i].open));
        m->of[i].given = xcalloc(words + 1, sizeof(*m->of[i].given));
    }
}

void match_fini(struct match *m)
{
    for (size_t i = 0; i < m->n; i++) {
        free(m->of[i].open);
        free(m->of[i].given);
    }
    free(m->taken);
    *m = (struct match){0};
}

static void give(struct match *m, size_t claimant, size_t position)
{
    node_set_add(m->of[claimant].given, position);
    node_set_add(m->taken, position);
}

/* One that is open to it and nobody's; SIZE_MAX: there is none. */
static size_t find_free(const struct match *m, size_t claimant)
{
    for (size_t word = 0; word < m->words; word++) {
        uint64_t set = m->of[claimant].open[word] & ~m->taken[word];

        if (set != 0)
            return word * 64 + (size_t)__builtin_ctzll(set);
    }
    return SIZE_MAX;
}

/* One that another has and could give to it; likewise. */
static size_t find_of(const struct match *m, size_t claimant, size_t other)
{
    const struct claimant *from = &m->of[other];

    for (size_t word = 0; word < m->words; word++) {
        uint64_t set =
            m->of[claimant].open[word] & from->given[word] & ~from->fixed[word];

        if (set != 0)
            return word * 64 + (size_t)__builtin_ctzll(set);
    }
    return SIZE_MAX;
}

/* The last in a row of claimants takes a free node, and gives one of its own to the
 * one before it, who does the same. */
static void pass_on(struct match *m, const size_t *before, size_t first, size_t last)
{
    size_t position = find_free(m, last);

    while (last != first) {
        size_t own = find_of(m, before[last], last);

        give(m, last, position);
        m->of[last].given[own / 64] &= ~(UINT64_C(1) << (own % 64));
        position = own;
        last = before[last];
    }
    give(m, first, position);
}

/* One more node for a claimant, also where others have to change theirs for it. */
static bool give_one(struct match *m, size_t claimant)
{
    size_t row[CLAIMANTS_MAX], before[CLAIMANTS_MAX], n = 1;
    bool seen[CLAIMANTS_MAX] = {0};

    row[0] = claimant;
    seen[claimant] = true;
    for (size_t i = 0; i < n; i++) {
        if (find_free(m, row[i]) != SIZE_MAX) {
            pass_on(m, before, claimant, row[i]);
            return true;
        }
        for (size_t other = 0; other < m->n; other++) {
            if (seen[other] || find_of(m, row[i], other) == SIZE_MAX)
                continue;
            seen[other] = true;
            before[other] = row[i];
            row[n++] = other;
        }
    }
    return false;
}

/* The nodes of its list, which nobody else may have. */
static bool give_list(struct match *m, size_t claimant)
{
    struct claimant *c = &m->of[claimant];

    for (size_t word = 0; word < m->words; word++) {
        uint64_t set = c->fixed[word];

        if ((set & ~c->open[word]) != 0 || (set & m->taken[word]) != 0)
            return false;
        c->given[word] |= set;
        m->taken[word] |= set;
    }
    return true;
}

bool match_all(struct match *m, size_t *ret_short)
{
    for (size_t i = 0; i < m->n; i++) {
        *ret_short = i;
        if (!give_list(m, i))
            return false;
    }
    for (size_t i = 0; i < m->n; i++) {
        int64_t n = node_set_count(m->of[i].given, m->words);

        *ret_short = i;
        for (; n < m->of[i].need; n++) {
            if (!give_one(m, i))
                return false;
        }
    }
    return true;
}

#include "scheduler/stock.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* So many rows more than twice as many as there are pieces are kept. */
#define ROWS_SPARE 64

void stock_fini(struct stock *stock)
{
    lane_fini(&stock->lane);
    rowtable_fini(&stock->rows);
    for (size_t i = 0; i < stock->n_keeps; i++) {
        lane_fini(&stock->keeps[i].left);
        free(stock->keeps[i].resv);
    }
    free(stock->keeps);
    stock->keeps = NULL;
    stock->n_keeps = 0;
}

void stock_reset(struct stock *stock, const struct license_table *table)
{
    AUTO_FREE int64_t *totals = xcalloc(table->n + 1, sizeof(*totals));

    stock_fini(stock);
    stock->table = table;
    if (table->n == 0)
        return;
    for (size_t i = 0; i < table->n; i++)
        totals[i] = table->items[i].total;
    rowtable_reset(&stock->rows, (int)table->n);
    lane_reset(&stock->lane, rowtable_get(&stock->rows, totals));
}

void stock_keep(struct stock *stock, const char *resv, const struct license *licenses,
                size_t n)
{
    AUTO_FREE int64_t *counts = xcalloc(stock->table->n + 1, sizeof(*counts));
    struct keep *keep;

    if (stock->lane.n == 0 || stock->n_keeps == KEEPS_MAX)
        return;
    stock->keeps = xrealloc(stock->keeps, (stock->n_keeps + 1) * sizeof(*stock->keeps));
    keep = &stock->keeps[stock->n_keeps++];
    *keep = (struct keep){.resv = xstrdup(resv)};
    for (size_t i = 0; i < n; i++) {
        int column = license_find(stock->table, licenses[i].name);

        if (column >= 0)
            counts[column] = licenses[i].count;
    }
    lane_reset(&keep->left, rowtable_get(&stock->rows, counts));
}

void stock_renumber(struct stock *stock, const uint16_t *places)
{
    if (stock->lane.n > 0)
        lane_renumber(&stock->lane, places);
    for (size_t i = 0; i < stock->n_keeps; i++)
        lane_renumber(&stock->keeps[i].left, places);
}

static const int64_t *row_at(const struct stock *stock, const struct lane *lane,
                             size_t piece)
{
    return rowtable_at(&stock->rows, lane->rows[piece]);
}

/* Rows that no lane has any more are dropped once they are many. */
static void sweep(struct stock *stock)
{
    AUTO_FREE uint32_t *marks = NULL;
    size_t pieces = stock->lane.n;

    for (size_t i = 0; i < stock->n_keeps; i++)
        pieces += stock->keeps[i].left.n;
    if (stock->rows.n <= 2 * pieces + ROWS_SPARE)
        return;
    marks = rowtable_marks(&stock->rows);
    lane_mark(&stock->lane, marks);
    for (size_t i = 0; i < stock->n_keeps; i++)
        lane_mark(&stock->keeps[i].left, marks);
    rowtable_sweep(&stock->rows, marks);
    lane_relabel(&stock->lane, marks);
    for (size_t i = 0; i < stock->n_keeps; i++)
        lane_relabel(&stock->keeps[i].left, marks);
}

/* Changes a row as the job does; false: less than nothing of something is left. */
static bool change_row(const struct stock *stock, struct license_list takes, int sign,
                       int64_t *left)
{
    bool enough = true;

    for (size_t k = 0; k < takes.n; k++) {
        int column = license_find(stock->table, takes.items[k].name);

        if (column < 0)
            continue;
        left[column] += sign * takes.items[k].count;
        enough = enough && left[column] >= 0;
    }
    return enough;
}

static bool change_lane(struct stock *stock, struct lane *lane,
                        struct license_list takes, size_t first, size_t last,
                        size_t n_slots, int sign)
{
    size_t bytes = stock->table->n * sizeof(int64_t), from, to;
    AUTO_FREE int64_t *left = xmalloc(bytes);
    bool enough = true;

    from = lane_cut(lane, first);
    to = last < n_slots ? lane_cut(lane, last) : lane->n;
    for (size_t i = from; i < to; i++) {
        memcpy(left, row_at(stock, lane, i), bytes);
        enough &= change_row(stock, takes, sign, left);
        lane->rows[i] = rowtable_get(&stock->rows, left);
    }
    lane_join(lane, to);
    lane_join(lane, from);
    return enough;
}

bool stock_change(struct stock *stock, const struct job *job, size_t first, size_t last,
                  size_t n_slots, int sign)
{
    const char *resv = job_reservation(job);
    const struct license_list takes = job_licenses(job);
    bool enough;

    if (takes.n == 0 || stock->lane.n == 0 || first >= last)
        return true;
    for (size_t i = 0; i < stock->n_keeps && resv != NULL; i++) {
        struct keep *keep = &stock->keeps[i];

        if (strcmp(keep->resv, resv) == 0)
            change_lane(stock, &keep->left, takes, first, last, n_slots, sign);
    }
    enough = change_lane(stock, &stock->lane, takes, first, last, n_slots, sign);
    sweep(stock);
    return enough;
}

static bool row_holds(const struct stock *stock, const int64_t *row,
                      struct license_list takes)
{
    for (size_t k = 0; k < takes.n; k++) {
        int column = license_find(stock->table, takes.items[k].name);

        if (column >= 0 && row[column] < takes.items[k].count)
            return false;
    }
    return true;
}

static int64_t kept_of(const struct stock *stock, uint64_t kept, size_t slot,
                       int column)
{
    int64_t sum = 0;

    for (size_t i = 0; i < stock->n_keeps; i++) {
        const struct lane *left = &stock->keeps[i].left;

        if ((kept >> i & 1) != 0)
            sum += MAX(row_at(stock, left, lane_find(left, slot))[column], 0);
    }
    return sum;
}

static uint64_t kept_now(const uint64_t *kept)
{
    return kept != NULL ? kept[0] : 0;
}

bool stock_holds(const struct stock *stock, struct license_list takes, uint64_t kept,
                 size_t slot)
{
    const int64_t *row;

    if (takes.n == 0 || stock->lane.n == 0)
        return true;
    row = row_at(stock, &stock->lane, lane_find(&stock->lane, slot));
    for (size_t k = 0; k < takes.n; k++) {
        int column = license_find(stock->table, takes.items[k].name);

        if (column >= 0 &&
            row[column] - kept_of(stock, kept, slot, column) < takes.items[k].count)
            return false;
    }
    return true;
}

/* Reservations begin and end within a piece. */
static size_t short_of_kept(const struct stock *stock, struct license_list takes,
                            const uint64_t *kept, size_t first, size_t last)
{
    for (size_t slot = last; slot > first; slot--) {
        if (!stock_holds(stock, takes, kept[slot - 1], slot - 1))
            return slot - 1;
    }
    return SIZE_MAX;
}

size_t stock_short(const struct stock *stock, struct license_list takes,
                   const uint64_t *kept, size_t first, size_t last)
{
    const struct lane *lane = &stock->lane;

    if (takes.n == 0 || lane->n == 0 || first >= last)
        return SIZE_MAX;
    if (kept != NULL && stock->n_keeps > 0)
        return short_of_kept(stock, takes, kept, first, last);
    for (size_t i = lane_find(lane, last - 1) + 1; i-- > 0;) {
        size_t end = MIN(lane_last(lane, i, last), last);

        if (end <= first)
            break;
        if (!row_holds(stock, row_at(stock, lane, i), takes))
            return end - 1;
    }
    return SIZE_MAX;
}

static bool invades(const struct stock *stock, struct license_list takes, uint64_t kept,
                    size_t slot)
{
    const int64_t *row = row_at(stock, &stock->lane, lane_find(&stock->lane, slot));

    for (size_t k = 0; k < takes.n; k++) {
        const int column = license_find(stock->table, takes.items[k].name);

        if (column >= 0 && row[column] < kept_of(stock, kept, slot, column))
            return true;
    }
    return false;
}

bool stock_invades(const struct stock *stock, struct license_list takes,
                   const uint64_t *kept, size_t first, size_t last)
{
    if (takes.n == 0 || kept == NULL || stock->lane.n == 0)
        return false;
    for (size_t slot = first; slot < last; slot++) {
        if (kept[slot] != 0 && invades(stock, takes, kept[slot], slot))
            return true;
    }
    return false;
}

int64_t stock_lack(const struct stock *stock, const struct license *need, uint64_t kept,
                   size_t slot)
{
    int column = stock->lane.n > 0 ? license_find(stock->table, need->name) : -1;
    const int64_t *row;

    if (column < 0)
        return 0;
    row = row_at(stock, &stock->lane, lane_find(&stock->lane, slot));
    return MAX(need->count - row[column] + kept_of(stock, kept, slot, column), 0);
}

int64_t stock_brings(const struct stock *stock, const struct job *job, const char *name,
                     uint64_t kept, size_t slot)
{
    int column = stock->lane.n > 0 ? license_find(stock->table, name) : -1;
    int64_t count = column >= 0 ? license_count(job_licenses(job), name) : 0;

    for (size_t i = 0; i < stock->n_keeps && count > 0; i++) {
        const struct lane *left = &stock->keeps[i].left;

        if ((kept >> i & 1) == 0 || !str_eq(stock->keeps[i].resv, job_reservation(job)))
            continue;
        count = MIN(count, MAX(-row_at(stock, left, lane_find(left, slot))[column], 0));
    }
    return count;
}

void stock_say_short(const struct stock *stock, struct license_list takes,
                     const uint64_t *kept, struct str *message)
{
    const int64_t *row = row_at(stock, &stock->lane, 0);
    const char *apart = "";

    for (size_t k = 0; k < takes.n; k++) {
        const struct license *need = &takes.items[k];
        int column = license_find(stock->table, need->name);
        int64_t others = column >= 0 ? kept_of(stock, kept_now(kept), 0, column) : 0;

        if (column < 0 || row[column] - others >= need->count)
            continue;
        str_addf(message, "%sneeds %lld of licence %s; %lld of %lld free now", apart,
                 (long long)need->count, need->name, (long long)MAX(row[column], 0),
                 (long long)stock->table->items[column].total);
        if (others > 0)
            str_addf(message, ", %lld kept for reservations", (long long)others);
        apart = ", and ";
    }
}

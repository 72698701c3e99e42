#include "scheduler/stock.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void stock_fini(struct stock *stock)
{
    lane_fini(&stock->lane);
    for (size_t i = 0; i < stock->n_keeps; i++) {
        lane_fini(&stock->keeps[i].left);
        free(stock->keeps[i].resv);
    }
    free(stock->keeps);
    stock->keeps = NULL;
    stock->n_keeps = 0;
}

static int columns_of(const struct stock *stock)
{
    return (int)stock->table->n;
}

void stock_reset(struct stock *stock, const struct license_table *table)
{
    stock_fini(stock);
    stock->table = table;
    if (table->n == 0)
        return;
    lane_reset(&stock->lane, columns_of(stock));
    for (size_t i = 0; i < table->n; i++)
        stock->lane.rows[i] = table->items[i].total;
}

void stock_keep(struct stock *stock, const char *resv, const struct license *licenses,
                size_t n)
{
    struct keep *keep;

    if (stock->lane.n == 0 || stock->n_keeps == KEEPS_MAX)
        return;
    stock->keeps = xrealloc(stock->keeps, (stock->n_keeps + 1) * sizeof(*stock->keeps));
    keep = &stock->keeps[stock->n_keeps++];
    *keep = (struct keep){.resv = xstrdup(resv)};
    lane_reset(&keep->left, columns_of(stock));
    for (size_t i = 0; i < n; i++) {
        int column = license_find(stock->table, licenses[i].name);

        if (column >= 0)
            keep->left.rows[column] = licenses[i].count;
    }
}

void stock_renumber(struct stock *stock, const uint16_t *places)
{
    if (stock->lane.n > 0)
        lane_renumber(&stock->lane, columns_of(stock), places);
    for (size_t i = 0; i < stock->n_keeps; i++)
        lane_renumber(&stock->keeps[i].left, columns_of(stock), places);
}

static bool change_lane(const struct stock *stock, struct lane *lane,
                        const struct job *job, size_t first, size_t last,
                        size_t n_slots, int sign)
{
    size_t from, to;
    bool enough = true;

    from = lane_cut(lane, columns_of(stock), first);
    to = last < n_slots ? lane_cut(lane, columns_of(stock), last) : lane->n;
    for (size_t k = 0; k < job->n_licenses; k++) {
        int column = license_find(stock->table, job->licenses[k].name);

        for (size_t i = from; i < to && column >= 0; i++) {
            int64_t *left = &lane_row(lane, columns_of(stock), i)[column];

            *left += sign * job->licenses[k].count;
            enough = enough && *left >= 0;
        }
    }
    lane_join(lane, columns_of(stock), to);
    lane_join(lane, columns_of(stock), from);
    return enough;
}

bool stock_change(struct stock *stock, const struct job *job, size_t first, size_t last,
                  size_t n_slots, int sign)
{
    if (job->n_licenses == 0 || stock->lane.n == 0 || first >= last)
        return true;
    for (size_t i = 0; i < stock->n_keeps && job->reservation != NULL; i++) {
        struct keep *keep = &stock->keeps[i];

        if (strcmp(keep->resv, job->reservation) == 0)
            change_lane(stock, &keep->left, job, first, last, n_slots, sign);
    }
    return change_lane(stock, &stock->lane, job, first, last, n_slots, sign);
}

static bool row_holds(const struct stock *stock, const int64_t *row,
                      const struct job *job)
{
    for (size_t k = 0; k < job->n_licenses; k++) {
        int column = license_find(stock->table, job->licenses[k].name);

        if (column >= 0 && row[column] < job->licenses[k].count)
            return false;
    }
    return true;
}

static int64_t kept_of(const struct stock *stock, const uint64_t *kept, size_t slot,
                       int column)
{
    int64_t sum = 0;

    for (size_t i = 0; kept != NULL && i < stock->n_keeps; i++) {
        const struct lane *left = &stock->keeps[i].left;

        if ((kept[slot] >> i & 1) != 0)
            sum += MAX(lane_row(left, columns_of(stock), lane_find(left, slot))[column],
                       0);
    }
    return sum;
}

static bool slot_holds(const struct stock *stock, const uint64_t *kept, size_t slot,
                       const struct job *job)
{
    const int64_t *row =
        lane_row(&stock->lane, columns_of(stock), lane_find(&stock->lane, slot));

    for (size_t k = 0; k < job->n_licenses; k++) {
        int column = license_find(stock->table, job->licenses[k].name);

        if (column >= 0 &&
            row[column] - kept_of(stock, kept, slot, column) < job->licenses[k].count)
            return false;
    }
    return true;
}

/* Reservations begin and end within a piece. */
static size_t short_of_kept(const struct stock *stock, const struct job *job,
                            const uint64_t *kept, size_t first, size_t last)
{
    for (size_t slot = last; slot > first; slot--) {
        if (!slot_holds(stock, kept, slot - 1, job))
            return slot - 1;
    }
    return SIZE_MAX;
}

size_t stock_short(const struct stock *stock, const struct job *job,
                   const uint64_t *kept, size_t first, size_t last)
{
    const struct lane *lane = &stock->lane;

    if (job->n_licenses == 0 || lane->n == 0 || first >= last)
        return SIZE_MAX;
    if (kept != NULL && stock->n_keeps > 0)
        return short_of_kept(stock, job, kept, first, last);
    for (size_t i = lane_find(lane, last - 1) + 1; i-- > 0;) {
        size_t end = MIN(lane_last(lane, i, last), last);

        if (end <= first)
            break;
        if (!row_holds(stock, lane_row(lane, columns_of(stock), i), job))
            return end - 1;
    }
    return SIZE_MAX;
}

void stock_say_short(const struct stock *stock, const struct job *job,
                     const uint64_t *kept, struct str *message)
{
    const int64_t *row = lane_row(&stock->lane, columns_of(stock), 0);
    const char *apart = "";

    for (size_t k = 0; k < job->n_licenses; k++) {
        const struct license *need = &job->licenses[k];
        int column = license_find(stock->table, need->name);
        int64_t others = column >= 0 ? kept_of(stock, kept, 0, column) : 0;

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

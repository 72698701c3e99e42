#include "scheduler/stock.h"

#include <string.h>

#include "base/util.h"

void stock_fini(struct stock *stock)
{
    lane_fini(&stock->lane);
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

void stock_renumber(struct stock *stock, const uint16_t *places)
{
    if (stock->lane.n > 0)
        lane_renumber(&stock->lane, columns_of(stock), places);
}

bool stock_change(struct stock *stock, const struct job *job, size_t first, size_t last,
                  size_t n_slots, int sign)
{
    struct lane *lane = &stock->lane;
    size_t from, to;
    bool enough = true;

    if (job->n_licenses == 0 || lane->n == 0 || first >= last)
        return true;
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

size_t stock_short(const struct stock *stock, const struct job *job, size_t first,
                   size_t last)
{
    const struct lane *lane = &stock->lane;

    if (job->n_licenses == 0 || lane->n == 0 || first >= last)
        return SIZE_MAX;
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
                     struct str *message)
{
    const int64_t *row = lane_row(&stock->lane, columns_of(stock), 0);
    const char *apart = "";

    for (size_t k = 0; k < job->n_licenses; k++) {
        const struct license *need = &job->licenses[k];
        int column = license_find(stock->table, need->name);

        if (column < 0 || row[column] >= need->count)
            continue;
        str_addf(message, "%sneeds %lld of licence %s; %lld of %lld free now", apart,
                 (long long)need->count, need->name, (long long)MAX(row[column], 0),
                 (long long)stock->table->items[column].total);
        apart = ", and ";
    }
}

#include "cmd/gantry/sharecolumns.h"

#include <inttypes.h>

#define CELL(name) static void name(const void *line, struct str *out)
#define ROW (((const struct share_line *)line)->row)
#define NODE share_row_node(ROW)

static void add_figure(bool has, double figure, struct str *out)
{
    if (has)
        str_addf(out, "%f", figure);
}

CELL(account_cell)
{
    str_addf(out, "%*s%s", ((const struct share_line *)line)->indent, "",
             share_row_account(ROW));
}

CELL(user_cell)
{
    share_row_user(ROW, out);
}

CELL(partition_cell)
{
    if (ROW->member && ROW->member->partition)
        str_add(out, ROW->member->partition);
}

CELL(raw_shares_cell)
{
    if (ROW->node == FAIRTREE_ROOT)
        return;
    if (NODE->shares == SHARES_PARENT)
        str_add(out, "parent");
    else
        str_addf(out, "%" PRId64, NODE->shares);
}

CELL(raw_usage_cell)
{
    str_addf(out, "%" PRId64, NODE->usage / 1000);
}

/* The columns of figures: from shares.h, as "%f". */
#define FIGURE_CELL(name, of)              \
    CELL(name)                             \
    {                                      \
        double figure;                     \
        const bool has = of(ROW, &figure); \
        add_figure(has, figure, out);      \
    }

FIGURE_CELL(norm_shares_cell, share_row_norm_shares)
FIGURE_CELL(norm_usage_cell, share_row_norm_usage)
FIGURE_CELL(effective_cell, share_row_effective)
FIGURE_CELL(fair_share_cell, share_row_fair_share)
FIGURE_CELL(level_cell, share_row_level)

CELL(minutes_limit_cell)
{
    const struct limit *l;
    int64_t minutes;

    for (size_t i = 0; share_row_minutes_limit(ROW, &i, &l, &minutes);) {
        str_add(out, out->len > 0 ? "," : "");
        tres_say(l->tres, l->type, out);
        str_addf(out, "=%" PRId64, minutes);
    }
}

/* TRES that every Slurm has, and GPUs; but what a job costs is not in its status. */
CELL(minutes_left_cell)
{
    const struct run_minutes *left = &ROW->left;

    str_addf(out,
             "cpu=%" PRId64 ",mem=%" PRId64 ",energy=0,node=%" PRId64
             ",fs/disk=0,vmem=0,pages=0,gres/gpu=%" PRId64,
             left->cpu, left->mem_mib, left->node, left->gpu);
}

const struct listing_field share_fields[] = {
    {"Account", -20, false, account_cell},
    {"EffectvUsage", 13, true, effective_cell},
    {"FairShare", 10, true, fair_share_cell},
    {"GrpTRESMins", 30, false, minutes_limit_cell},
    {"LevelFS", 10, true, level_cell},
    {"NormShares", 11, true, norm_shares_cell},
    {"NormUsage", 11, true, norm_usage_cell},
    {"Partition", 12, false, partition_cell},
    {"RawShares", 10, true, raw_shares_cell},
    {"RawUsage", 11, true, raw_usage_cell},
    {"TRESRunMins", 30, false, minutes_left_cell},
    {"User", 10, false, user_cell},
    {0},
};

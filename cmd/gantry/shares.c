#include "cmd/gantry/shares.h"

#include <stdlib.h>

#include "base/util.h"
#include "crds/convert.h"

#define FAULT_MAX 1024

/* ---- accounts ---- */

/* The rules of what was written last are those in force. */
struct reading {
    struct shares *shares;
    const struct cli *cli;
    size_t cap;
    int64_t as_of_sec; /* TIME_UNSET: nothing was used */
};

static void add_account(void *arg, const struct json *object)
{
    struct reading *r = arg;
    struct shares *s = r->shares;
    struct err err = ERR_INIT;
    struct account *account = convert_account(object, &err);

    if (!account) {
        cli_say(r->cli, "account %s is left out: %s",
                json_str_or(object, "metadata.name", "?"), err.msg);
        return;
    }
    if (account->as_of.usage_sec > r->as_of_sec) {
        r->as_of_sec = account->as_of.usage_sec;
        convert_fair_rules_read(object, &s->rules);
    }
    GROW(s->accounts, s->n_accounts, r->cap);
    s->accounts[s->n_accounts++] = account;
}

/* ---- rows ---- */

/* Accounts below each node of the tree, in their order: lists of indices plus 1. */
struct below {
    size_t *first, *next; /* by node; by account */
};

static struct below find_below(const struct shares *s)
{
    struct below b = {
        .first = xcalloc(s->assocs.tree.n + 1, sizeof(*b.first)),
        .next = xcalloc(s->n_accounts + 1, sizeof(*b.next)),
    };

    for (size_t i = s->n_accounts; i-- > 0;) {
        const struct place *place = &s->assocs.places[i];

        if (place->fault != ASSOC_SOUND || place->node == FAIRTREE_ROOT)
            continue;
        size_t parent = s->assocs.tree.nodes[place->node].parent;
        b.next[i] = b.first[parent];
        b.first[parent] = i + 1;
    }
    return b;
}

static void add_row(struct shares *s, const struct account *account,
                    const struct member *member, size_t node)
{
    s->at[node] = s->n;
    s->rows[s->n++] =
        (struct share_row){.of = s, .account = account, .member = member, .node = node};
}

static void add_members(struct shares *s, size_t account)
{
    const struct account *a = s->accounts[account];

    for (size_t k = 0; k < a->n_members; k++)
        if (!a->members[k].former)
            add_row(s, a, &a->members[k],
                    s->assocs.nodes[s->assocs.places[account].first + k]);
}

/* `account`: ASSOC_NONE, a root without an object. */
static void add_branch(struct shares *s, const struct below *b, size_t account,
                       size_t node)
{
    add_row(s, account != ASSOC_NONE ? s->accounts[account] : NULL, NULL, node);
    if (account != ASSOC_NONE)
        add_members(s, account);
    for (size_t i = b->first[node]; i > 0; i = b->next[i - 1])
        add_branch(s, b, i - 1, s->assocs.places[i - 1].node);
}

static void make_rows(struct shares *s)
{
    struct below below = find_below(s);
    size_t most = 1 + s->n_accounts;

    for (size_t i = 0; i < s->n_accounts; i++)
        most += s->accounts[i]->n_members;
    s->rows = xcalloc(most, sizeof(*s->rows));
    s->at = xcalloc(s->assocs.tree.n, sizeof(*s->at));
    add_branch(s, &below, assocs_find(&s->assocs, ACCOUNT_ROOT), FAIRTREE_ROOT);
    free(below.first);
    free(below.next);
}

static void say_faults(const struct shares *s, const struct cli *cli)
{
    STR_AUTO struct str text;

    str_init(&text, FAULT_MAX);
    for (size_t i = 0; i < s->n_accounts; i++) {
        if (s->assocs.places[i].fault == ASSOC_SOUND)
            continue;
        str_reset(&text);
        assocs_say_fault(&s->assocs, i, &text);
        cli_say(cli, "%s", text.s);
    }
}

int shares_fetch(struct shares *ret, struct api *c, struct err *err)
{
    struct reading r = {.shares = ret, .cli = c->cli, .as_of_sec = TIME_UNSET};

    *ret = (struct shares){.rules = {.factors = {.damping = 1}}};
    if (api_list_each(c, &api_accounts, add_account, &r, err) < 0) {
        shares_fini(ret);
        return -1;
    }
    accounts_sort(ret->accounts, ret->n_accounts);
    assocs_make(&ret->assocs, ret->accounts, ret->n_accounts);
    assocs_rank(&ret->assocs, &ret->rules, MAX(loop_now_sec(c->loop), r.as_of_sec));
    make_rows(ret);
    say_faults(ret, c->cli);
    return 0;
}

void shares_fini(struct shares *s)
{
    assocs_fini(&s->assocs);
    for (size_t i = 0; i < s->n_accounts; i++)
        account_free(s->accounts[i]);
    free(s->accounts);
    free(s->rows);
    free(s->at);
    *s = (struct shares){0};
}

/* ---- running jobs ---- */

static void add_left(struct run_minutes *sum, const struct jobrow *job, int64_t minutes)
{
    sum->cpu += job->cpus * minutes;
    sum->mem_mib += (job->mem_bytes >> 20) * minutes;
    sum->node += job->num_nodes * minutes;
    sum->gpu += MAX(job->num_gpus, 0) * minutes;
}

/* The node that a job is charged to; FAIRTREE_ROOT: none. */
static size_t node_of(const struct shares *s, const struct jobrow *job)
{
    const struct job like = {.user = (char *)job->user, .ns = (char *)job->ns};
    size_t account =
        job->has_account ? assocs_find(&s->assocs, job->has_account) : ASSOC_NONE;
    const struct member *member = NULL;

    if (account != ASSOC_NONE)
        member = assocs_member(&s->assocs, account, &like, job->partition);
    return member ? s->assocs.nodes[s->assocs.places[account].first +
                                    (size_t)(member - s->accounts[account]->members)]
                  : FAIRTREE_ROOT;
}

void shares_add_job(struct shares *s, const struct jobrow *job, int64_t now_sec)
{
    int64_t end_sec = jobrow_end_sec(job);
    size_t node = node_of(s, job);

    if (node == FAIRTREE_ROOT || end_sec == TIME_UNSET || end_sec == LIMIT_UNLIMITED)
        return;
    for (const struct share_row *row = &s->rows[s->at[node]]; row;
         row = share_row_parent(row))
        add_left(&s->rows[row - s->rows].left, job, MAX(end_sec - now_sec, 0) / 60);
}

/* ---- asking ---- */

const struct fairnode *share_row_node(const struct share_row *row)
{
    return &row->of->assocs.tree.nodes[row->node];
}

const char *share_row_account(const struct share_row *row)
{
    return row->account ? row->account->name : ACCOUNT_ROOT;
}

const struct share_row *share_row_parent(const struct share_row *row)
{
    const struct shares *s = row->of;

    return row->node == FAIRTREE_ROOT
               ? NULL
               : &s->rows[s->at[s->assocs.tree.nodes[row->node].parent]];
}

void share_row_user(const struct share_row *row, struct str *out)
{
    const struct member *m = row->member;

    if (m != NULL)
        str_addf(out, m->user ? "%s" : "%s/*", m->user ? m->user : m->ns);
}

/* ---- figures ---- */

static bool is_root(const struct share_row *row)
{
    return row->node == FAIRTREE_ROOT;
}

static bool by_tree(const struct share_row *row)
{
    return !row->of->rules.classic;
}

static double part_of(int64_t usage, int64_t all)
{
    return all > 0 ? (double)usage / (double)all : 0;
}

/* Under Fair Tree what counts is a node's part among its siblings. */
bool share_row_norm_shares(const struct share_row *row, double *ret)
{
    const struct fairnode *node = share_row_node(row),
                          *above = &row->of->assocs.tree.nodes[node->above];

    *ret = node->norm_shares;
    if (by_tree(row))
        *ret = is_root(row) || node->shares == SHARES_PARENT || above->shares_below <= 0
                   ? 0
                   : (double)node->shares / (double)above->shares_below;
    return true;
}

bool share_row_norm_usage(const struct share_row *row, double *ret)
{
    *ret = part_of(share_row_node(row)->usage,
                   row->of->assocs.tree.nodes[FAIRTREE_ROOT].usage);
    return !is_root(row);
}

bool share_row_effective(const struct share_row *row, double *ret)
{
    const struct fairnode *node = share_row_node(row);

    *ret = node->effective;
    if (by_tree(row))
        *ret = is_root(row) ? 1
                            : part_of(node->usage,
                                      row->of->assocs.tree.nodes[node->above].usage);
    return true;
}

/* Of users; without Fair Tree accounts have one, too. */
bool share_row_fair_share(const struct share_row *row, double *ret)
{
    const struct fairtree *tree = &row->of->assocs.tree;

    *ret = part_of(tree->ranks[row->node], tree->of);
    return row->member != NULL || !by_tree(row);
}

bool share_row_level(const struct share_row *row, double *ret)
{
    *ret = share_row_node(row)->level;
    return by_tree(row) && !is_root(row) &&
           share_row_node(row)->shares != SHARES_PARENT;
}

/* The model has seconds. */
static int64_t limit_minutes(const struct limit *l)
{
    int64_t amount = l->tres == TRES_CPU   ? l->amount / 1000
                     : l->tres == TRES_MEM ? l->amount >> 20
                                           : l->amount;

    return amount / 60;
}

bool share_row_minutes_limit(const struct share_row *row, size_t *i,
                             const struct limit **ret_limit, int64_t *ret_minutes)
{
    static const struct limits none = {0};
    const struct limits *all = row->member    ? &row->member->limits
                               : row->account ? &row->account->limits
                                              : &none;

    for (; *i < all->n; (*i)++) {
        const struct limit *l = &all->items[*i];

        if (l->kind != LIMIT_GRP_TRES_MINS || l->amount == LIMIT_UNLIMITED)
            continue;
        *ret_limit = l;
        *ret_minutes = limit_minutes(l);
        (*i)++;
        return true;
    }
    return false;
}

#include "cmd/gantry/fetch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* A page of 2,000 jobs is some 4 MB. */
#define PAGE_ITEMS 2000
#define PAGES_MAX 500 /* a million objects */
#define QUERY_MAX (16u << 10)
#define TOKEN_MAX (8u << 10) /* a longer one is none of ours to carry */
#define CELLS_MAX 128
#define NO_COLUMN SIZE_MAX

/* A Table as a list: which cell has what is wanted. */
struct table {
    bool wanted;  /* else the objects */
    bool lacking; /* there is none, or it has not all columns */
    bool is_mapped;
    size_t cells[JSON_PICK_MAX]; /* of each path; NO_COLUMN */
};

enum { LIST_KIND, LIST_CONTINUE, LIST_COLUMNS, LIST_N };
static const char *const list_paths[LIST_N] = {"kind", "metadata.continue",
                                               "columnDefinitions"};

/* One request after another of a list. */
struct pages {
    const struct fetch *f;
    const char *ns;
    struct table table;
    struct json_text of_page[LIST_N];
    struct json_picker *of_list, *of_item;
    struct arena *memory; /* of the token */
    const char *token;    /* of the next page; NULL: there is none */
    bool restarted;
    size_t n;       /* pages read */
    struct err err; /* of what could not be read */
    struct answer answer;
};

/* ---- rows ---- */

static size_t column_find(const struct json_text *definitions, size_t n,
                          const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (definitions[i].len == strlen(name) + 2 &&
            memcmp(definitions[i].s + 1, name, strlen(name)) == 0)
            return i;
    return NO_COLUMN;
}

/* The names of the table's columns, as they stand. */
static size_t read_names(struct json_text columns, struct json_text *ret)
{
    static const char *const paths[] = {"name"};
    struct json_picker *picker = json_picker_new(paths, 1);
    struct json_text definitions[CELLS_MAX];
    const size_t n = MIN(json_text_items(columns, definitions, CELLS_MAX), CELLS_MAX);

    for (size_t i = 0; i < n; i++)
        if (json_pick(picker, definitions[i].s, definitions[i].len, &ret[i], NULL) < 0)
            ret[i] = (struct json_text){NULL, 0};
    json_picker_free(picker);
    return n;
}

static void map_columns(struct pages *p)
{
    struct json_text names[CELLS_MAX];
    const size_t n = read_names(p->of_page[LIST_COLUMNS], names);

    p->table.is_mapped = true;
    for (size_t i = 0; i < p->f->n_paths; i++) {
        p->table.cells[i] = column_find(names, n, p->f->paths[i]);
        p->table.lacking |= p->table.cells[i] == NO_COLUMN;
    }
}

/* The columns stand before the rows; a table that has it otherwise is none for us. */
static void take_row(void *arg, const struct json_text *row)
{
    struct pages *p = arg;
    struct json_text cells[CELLS_MAX], values[JSON_PICK_MAX];

    if (!p->table.is_mapped)
        map_columns(p);
    if (p->table.lacking)
        return;
    const size_t n = json_text_items(row[0], cells, CELLS_MAX);
    for (size_t i = 0; i < p->f->n_paths; i++)
        values[i] = p->table.cells[i] < MIN(n, CELLS_MAX) ? cells[p->table.cells[i]]
                                                          : (struct json_text){NULL, 0};
    p->f->item(p->f->arg, values);
}

/* ---- pages ---- */

static struct json_list_picks picks_of(struct pages *p)
{
    struct json_list_picks picks = {.of_list = p->of_list,
                                    .ret_list = p->of_page,
                                    .of_item = p->of_item,
                                    .item = p->f->item,
                                    .arg = p->f->arg};

    if (p->table.wanted) {
        picks.items = "rows";
        picks.item = take_row;
        picks.arg = p;
    }
    return picks;
}

static void read_page(struct pages *p, const char *text, size_t len)
{
    const struct json_list_picks picks = picks_of(p);

    arena_reset(p->memory);
    p->token = NULL;
    p->table.is_mapped = false;
    if (json_pick_list(&picks, text ? text : "", len, &p->err) < 0)
        return;
    const char *kind = json_text_str(p->of_page[LIST_KIND], p->memory);
    const char *token = json_text_str(p->of_page[LIST_CONTINUE], p->memory);
    if (p->table.wanted) {
        p->table.lacking |= !kind || strcmp(kind, "Table") != 0;
    } else if (!kind || !str_ends(kind, "List")) {
        err_set(&p->err, ERR_INVALID, "the answer is no list but a %.64s",
                kind ? kind : "thing without a kind");
        return;
    }
    if (p->of_page[LIST_CONTINUE].len > TOKEN_MAX)
        err_set(&p->err, ERR_TOO_LARGE, "the token of the next page is too long");
    else
        p->token = token && *token ? token : NULL;
    if (++p->n == PAGES_MAX && p->token)
        err_set(&p->err, ERR_TOO_LARGE, "there are more than %d objects",
                PAGES_MAX * PAGE_ITEMS);
}

static void on_page(void *arg, const struct kc_result *r)
{
    struct pages *p = arg;

    if (r->outcome == KC_OK)
        read_page(p, r->text, r->text_len);
    answer_take(&p->answer, r);
}

static void ask(struct pages *p, struct api *c)
{
    const struct kc_ref ref = {p->f->resource, p->ns, NULL, NULL};
    STR_AUTO struct str query;

    str_init(&query, QUERY_MAX + 3 * TOKEN_MAX);
    str_addf(&query, "limit=%d%s", PAGE_ITEMS,
             p->table.wanted ? "&includeObject=None" : "");
    if (p->f->field_selector) {
        str_add(&query, "&fieldSelector=");
        kc_escape(p->f->field_selector, &query);
    }
    if (p->token) {
        str_add(&query, "&continue=");
        kc_escape(p->token, &query);
    }
    if (p->table.wanted)
        kc_list_table(c->client, &ref, query.s, on_page, p);
    else
        kc_list_text(c->client, &ref, query.s, on_page, p);
}

/* Whether a failed page is worth another begin; sets what is to be asked then. */
static bool may_restart(struct pages *p, const struct api *c)
{
    if (p->answer.reason == KC_REASON_GONE && !p->restarted) {
        p->restarted = true;
    } else if (p->answer.reason == KC_REASON_FORBIDDEN && !p->ns &&
               p->f->resource->namespaced) {
        p->ns = c->ns;
    } else {
        return false;
    }
    p->token = NULL;
    p->f->again(p->f->arg);
    return true;
}

static int fail_page(const struct pages *p, const struct api *c, struct err *err)
{
    const struct kc_resource *r = p->f->resource;

    if (p->answer.reason == KC_REASON_NOT_FOUND && r->group[0])
        return err_set(err, ERR_NOT_FOUND,
                       "the API server%s%s has no %s in %s/%s: Gantry is not installed "
                       "there",
                       c->server[0] ? " at " : "", c->server, r->plural, r->group,
                       r->version);
    return -1;
}

static bool is_done(const struct pages *p)
{
    return !p->token || p->table.lacking || (p->f->enough && *p->f->enough);
}

static int run(struct pages *p, struct api *c, struct err *err)
{
    for (;;) {
        answer_fini(&p->answer);
        ask(p, c);
        if (api_wait(c, &p->answer, err) < 0) {
            if (may_restart(p, c))
                continue;
            if (p->table.wanted && p->answer.reason == KC_REASON_NOT_ACCEPTABLE) {
                p->table.lacking = true;
                return 0;
            }
            return fail_page(p, c, err);
        }
        if (p->err.code != ERR_NONE) {
            *err = p->err;
            return err_prefix(err, "list of %s", p->f->resource->plural);
        }
        if (is_done(p))
            return 0;
    }
}

static int fetch(struct pages *p, struct api *c, struct err *err)
{
    static const char *const of_row[] = {"cells"};
    const struct fetch *f = p->f;

    p->ns = f->ns;
    p->of_list = json_picker_new(list_paths, LIST_N);
    p->of_item = p->table.wanted ? json_picker_new(of_row, 1)
                                 : json_picker_new(f->paths, f->n_paths);
    p->memory = arena_new();
    const int rc = run(p, c, err);

    answer_fini(&p->answer);
    arena_free(p->memory);
    json_picker_free(p->of_list);
    json_picker_free(p->of_item);
    return rc;
}

int fetch_all(struct api *c, const struct fetch *f, struct err *err)
{
    struct pages p = {.f = f};

    return fetch(&p, c, err);
}

int fetch_table(struct api *c, const struct fetch *f, bool *ret_shown, struct err *err)
{
    struct pages p = {.f = f, .table = {.wanted = true}};

    assert(f->n_paths <= JSON_PICK_MAX);
    if (fetch(&p, c, err) < 0)
        return -1;
    *ret_shown = !p.table.lacking;
    return 0;
}

#include "cmd/gantry/fetch.h"

#include <stdlib.h>

#include "base/util.h"

/* A page of 2,000 jobs is some 4 MB. */
#define PAGE_ITEMS 2000
#define PAGES_MAX 500 /* a million objects */
#define QUERY_MAX (16u << 10)
#define TOKEN_MAX (8u << 10) /* a longer one is none of ours to carry */

/* One request after another of a list. */
struct pages {
    const struct fetch *f;
    const char *ns;
    struct json_picker *of_list, *of_item;
    struct arena *memory; /* of the token */
    const char *token;    /* of the next page; NULL: there is none */
    bool restarted;
    size_t n;       /* pages read */
    struct err err; /* of what could not be read */
    struct answer answer;
};

enum { LIST_KIND, LIST_CONTINUE, LIST_N };
static const char *const list_paths[LIST_N] = {"kind", "metadata.continue"};

static void read_page(struct pages *p, const char *text, size_t len)
{
    struct json_text values[LIST_N];
    const struct json_list_picks picks = {.of_list = p->of_list,
                                          .ret_list = values,
                                          .of_item = p->of_item,
                                          .item = p->f->item,
                                          .arg = p->f->arg};

    arena_reset(p->memory);
    p->token = NULL;
    if (json_pick_list(&picks, text ? text : "", len, &p->err) < 0)
        return;
    const char *kind = json_text_str(values[LIST_KIND], p->memory);
    const char *token = json_text_str(values[LIST_CONTINUE], p->memory);
    if (!kind || !str_ends(kind, "List")) {
        err_set(&p->err, ERR_INVALID, "the answer is no list but a %.64s",
                kind ? kind : "thing without a kind");
        return;
    }
    if (values[LIST_CONTINUE].len > TOKEN_MAX)
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
    str_addf(&query, "limit=%d", PAGE_ITEMS);
    if (p->f->field_selector) {
        str_add(&query, "&fieldSelector=");
        kc_escape(p->f->field_selector, &query);
    }
    if (p->token) {
        str_add(&query, "&continue=");
        kc_escape(p->token, &query);
    }
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

static int run(struct pages *p, struct api *c, struct err *err)
{
    do {
        answer_fini(&p->answer);
        ask(p, c);
        if (api_wait(c, &p->answer, err) < 0) {
            if (may_restart(p, c))
                continue;
            return fail_page(p, c, err);
        }
        if (p->err.code != ERR_NONE) {
            *err = p->err;
            return err_prefix(err, "list of %s", p->f->resource->plural);
        }
        if (!p->token)
            return 0;
    } while (true);
}

int fetch_all(struct api *c, const struct fetch *f, struct err *err)
{
    struct pages p = {.f = f,
                      .ns = f->ns,
                      .of_list = json_picker_new(list_paths, LIST_N),
                      .of_item = json_picker_new(f->paths, f->n_paths),
                      .memory = arena_new()};
    const int rc = run(&p, c, err);

    answer_fini(&p.answer);
    arena_free(p.memory);
    json_picker_free(p.of_list);
    json_picker_free(p.of_item);
    return rc;
}

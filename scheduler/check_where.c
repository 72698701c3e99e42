/* Which nodes a job asks for by their labels and names, in words. */
#include "base/util.h"
#include "scheduler/check_private.h"

/* Of a longer list the rest is "...": a message is read by people. */
#define SAID_MAX 4

static void say_values(const struct requirement *r, struct str *message)
{
    for (size_t i = 0; i < MIN(r->n_values, SAID_MAX); i++)
        str_addf(message, "%s%s", i > 0 ? "," : "", r->values[i]);
    str_add(message, r->n_values > SAID_MAX ? ",..." : "");
}

/* As kubectl writes selectors: "rack=r1", "rack in (r1,r2)", "!rack", "rack>5". */
static void say_requirement(const struct requirement *r, struct str *message)
{
    static const char *const signs[] = {[SELECT_IN] = "=",
                                        [SELECT_NOT_IN] = "!=",
                                        [SELECT_GT] = ">",
                                        [SELECT_LT] = "<"};
    const char *list = r->n_values < 2          ? NULL
                       : r->op == SELECT_IN     ? " in ("
                       : r->op == SELECT_NOT_IN ? " notin ("
                                                : NULL;

    str_addf(message, "%s%s", r->op == SELECT_MISSING ? "!" : "", r->key);
    if (r->n_values == 0 || r->op == SELECT_EXISTS || r->op == SELECT_MISSING)
        return;
    str_add(message, list ? list : signs[r->op]);
    say_values(r, message);
    str_add(message, list ? ")" : "");
}

/* A feature is a label that is there; of a job with a constraint, which has been said
 * by then, such ones are taken for its features, as are its alternatives. */
static bool is_said(const struct job *like, const struct requirement *r)
{
    return like->constraint == NULL || r->op != SELECT_EXISTS;
}

/* Behind `apart`, if there is any. */
static void say_term(const struct job *like, const struct term *t, const char *apart,
                     struct str *message)
{
    size_t said = 0;

    for (size_t i = 0; i < t->n_reqs; i++) {
        if (!is_said(like, &t->reqs[i]))
            continue;
        str_add(message, said > 0 ? "," : apart);
        if (said++ == SAID_MAX) {
            str_add(message, "...");
            return;
        }
        say_requirement(&t->reqs[i], message);
    }
}

static void say_alternatives(const struct job *like, struct str *message)
{
    for (size_t i = 0; i < MIN(like->n_node_any, SAID_MAX); i++)
        say_term(like, &like->node_any[i], i > 0 ? " or " : ", labels ", message);
    str_add(message, like->n_node_any > SAID_MAX ? " or ..." : "");
}

void check_say_where(const struct job *like, struct str *message)
{
    say_term(like, &like->node_all, ", labels ", message);
    if (like->constraint == NULL)
        say_alternatives(like, message);
    if (like->n_exclude > 0)
        str_addf(message, ", not on %zu node%s that it excludes", like->n_exclude,
                 like->n_exclude == 1 ? "" : "s");
}

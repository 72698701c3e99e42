#include "tests/support/rights.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <check.h>

#include "base/json.h"
#include "base/util.h"
#include "base/yaml.h"

#define FILE_MAX (256u << 10)
#define GRANTS_MAX 256
#define PARTS_MAX 8
#define PART_MAX 256

/* One verb on one resource; of a Role, in one namespace. */
struct grant {
    char *verb, *resource, *group;
    char *ns;           /* NULL: everywhere */
    struct json *names; /* resourceNames; NULL: any */
    bool used;
};

struct rights {
    char *path;
    struct json *docs; /* until it is read */
    struct grant grants[GRANTS_MAX];
    size_t n;
};

/* ---- the manifest ---- */

static void add_grant(struct rights *r, const struct json *rule, const char *ns,
                      size_t group, size_t resource, size_t verb)
{
    const struct json *names = json_get(rule, "resourceNames");
    ck_assert_uint_lt(r->n, GRANTS_MAX);
    r->grants[r->n++] = (struct grant){
        .verb = xstrdup(json_string(json_item(json_get(rule, "verbs"), verb))),
        .resource =
            xstrdup(json_string(json_item(json_get(rule, "resources"), resource))),
        .group = xstrdup(json_string(json_item(json_get(rule, "apiGroups"), group))),
        .ns = ns ? xstrdup(ns) : NULL,
        .names = names ? json_copy(names) : NULL,
    };
}

static void add_rule(struct rights *r, const struct json *rule, const char *ns)
{
    for (size_t g = 0; g < json_len(json_get(rule, "apiGroups")); g++)
        for (size_t i = 0; i < json_len(json_get(rule, "resources")); i++)
            for (size_t v = 0; v < json_len(json_get(rule, "verbs")); v++)
                add_grant(r, rule, ns, g, i, v);
}

/* `ns` NULL: by a ClusterRoleBinding. */
static void add_role(struct rights *r, const struct json *binding, const char *ns)
{
    const char *kind = json_str(binding, "roleRef.kind");
    const char *name = json_str(binding, "roleRef.name");
    bool found = false;
    for (size_t i = 0; i < json_len(r->docs); i++) {
        const struct json *role = json_item(r->docs, i);
        const struct json *rules = json_get(role, "rules");
        if (strcmp(json_str_or(role, "kind", ""), kind) != 0 ||
            strcmp(json_str_or(role, "metadata.name", ""), name) != 0 ||
            (strcmp(kind, "Role") == 0 &&
             (!ns || strcmp(json_str_or(role, "metadata.namespace", ""), ns) != 0)))
            continue;
        found = true;
        for (size_t j = 0; j < json_len(rules); j++)
            add_rule(r, json_item(rules, j), ns);
    }
    ck_assert_msg(found, "%s: %s %s is bound but not there", r->path, kind, name);
}

static bool is_subject(const struct json *binding, const char *account)
{
    const struct json *subjects = json_get(binding, "subjects");
    for (size_t i = 0; i < json_len(subjects); i++) {
        const struct json *s = json_item(subjects, i);
        if (strcmp(json_str_or(s, "kind", ""), "ServiceAccount") == 0 &&
            strcmp(json_str_or(s, "name", ""), account) == 0)
            return true;
    }
    return false;
}

static void add_bindings(struct rights *r, const char *account)
{
    for (size_t i = 0; i < json_len(r->docs); i++) {
        const struct json *doc = json_item(r->docs, i);
        const char *kind = json_str_or(doc, "kind", "");
        if (!is_subject(doc, account))
            continue;
        if (strcmp(kind, "ClusterRoleBinding") == 0)
            add_role(r, doc, NULL);
        else if (strcmp(kind, "RoleBinding") == 0)
            add_role(r, doc, json_str(doc, "metadata.namespace"));
    }
}

static int add_doc(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    (void)line;
    (void)err;
    json_append(arg, take_doc);
    return 0;
}

struct rights *rights_read(const char *path, const char *account)
{
    struct rights *r = xcalloc(1, sizeof(*r));
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    r->path = xstrdup(path);
    r->docs = json_new_array();
    str_init(&text, FILE_MAX);
    ck_assert_msg(str_read_file(&text, path, &err) == 0, "%s", err.msg);
    ck_assert_msg(yaml_parse(text.s, text.len, path, add_doc, r->docs, &err) == 0, "%s",
                  err.msg);
    add_bindings(r, account);
    json_free(TAKE(r->docs));
    ck_assert_msg(r->n > 0, "%s gives nothing to %s", path, account);
    return r;
}

void rights_free(struct rights *r)
{
    for (size_t i = 0; r && i < r->n; i++) {
        struct grant *g = &r->grants[i];
        free(g->verb);
        free(g->resource);
        free(g->group);
        free(g->ns);
        json_free(g->names);
    }
    if (r)
        free(r->path);
    free(r);
}

/* ---- requests ---- */

/* As the API server's RequestInfo; "" where there is none. */
struct asked {
    const char *verb;
    char parts[PARTS_MAX][PART_MAX]; /* of the path; those below point into it */
    const char *group, *ns, *name;
    char resource[2 * PART_MAX + 2]; /* with its subresource */
};

/* Returns how many. */
static size_t split(const char *path, char parts[PARTS_MAX][PART_MAX])
{
    size_t n = 0;
    for (const char *p = path; *p == '/' && n < PARTS_MAX; n++) {
        size_t len = strcspn(++p, "/?");
        ck_assert_uint_lt(len, PART_MAX);
        memcpy(parts[n], p, len);
        parts[n][len] = '\0';
        p += len;
    }
    return n;
}

static const char *verb_of(const struct transport_request *req, bool named)
{
    static const struct {
        const char *method, *one, *all;
    } verbs[] = {{"GET", "get", "list"},
                 {"POST", "create", "create"},
                 {"PUT", "update", "update"},
                 {"PATCH", "patch", "patch"},
                 {"DELETE", "delete", "deletecollection"}};
    if (strstr(req->path, "watch=1") || strstr(req->path, "watch=true"))
        return "watch";
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].method, req->method) == 0)
            return named ? verbs[i].one : verbs[i].all;
    ck_abort_msg("unknown method %s", req->method);
    return NULL;
}

/* Returns false where the path is of no resource. */
static bool understand(const struct transport_request *req, struct asked *a)
{
    size_t n = split(req->path, a->parts);
    bool is_core = n > 0 && strcmp(a->parts[0], "api") == 0;
    size_t at = is_core ? 2 : 3;
    if (n <= at || (!is_core && strcmp(a->parts[0], "apis") != 0))
        return false;
    a->group = is_core ? "" : a->parts[1];
    a->ns = a->name = "";
    if (strcmp(a->parts[at], "namespaces") == 0) {
        a->ns = n > at + 1 ? a->parts[at + 1] : "";
        at += n > at + 2 ? 2 : 0;
    }
    if (n > at + 1)
        a->name = a->parts[at + 1];
    snprintf(a->resource, sizeof(a->resource), "%s%s%s", a->parts[at],
             n > at + 2 ? "/" : "", n > at + 2 ? a->parts[at + 2] : "");
    a->verb = verb_of(req, n > at + 1);
    return true;
}

static bool has_name(const struct json *names, const char *name)
{
    for (size_t i = 0; i < json_len(names); i++)
        if (strcmp(json_string(json_item(names, i)), name) == 0)
            return true;
    return names == NULL;
}

static bool allows(const struct grant *g, const struct asked *a)
{
    return strcmp(g->verb, a->verb) == 0 && strcmp(g->resource, a->resource) == 0 &&
           strcmp(g->group, a->group) == 0 && (!g->ns || strcmp(g->ns, a->ns) == 0) &&
           has_name(g->names, a->name);
}

static int check(struct rights *r, const struct transport_request *req,
                 const struct asked *a, struct err *err)
{
    bool allowed = false;
    for (size_t i = 0; i < r->n; i++)
        if (allows(&r->grants[i], a))
            r->grants[i].used = allowed = true;
    return allowed
               ? 0
               : err_set(err, ERR_FORBIDDEN,
                         "%s %s needs the verb %s on %s%s%s, which %s does not give",
                         req->method, req->path, a->verb, a->resource,
                         *a->group ? "." : "", a->group, r->path);
}

/* Whose jobs others make is asked by crds/policies.yaml. */
static int check_for_others(struct rights *r, const struct transport_request *req,
                            struct err *err)
{
    const struct asked a = {.verb = "impersonate",
                            .group = "gantry.dev",
                            .ns = "",
                            .name = "",
                            .resource = "users"};
    return check(r, req, &a, err);
}

int rights_check(struct rights *r, const struct transport_request *req, struct err *err)
{
    struct asked a;
    if (!understand(req, &a))
        return 0;
    if (check(r, req, &a, err) < 0)
        return -1;
    bool makes_jobs =
        strcmp(a.verb, "create") == 0 && strcmp(a.resource, "batchjobs") == 0;
    return makes_jobs ? check_for_others(r, req, err) : 0;
}

void rights_unused(const struct rights *r, struct str *out)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct grant *g = &r->grants[i];
        if (!g->used)
            str_addf(out, "%s %s%s%s\n", g->verb, g->resource, *g->group ? "." : "",
                     g->group);
    }
}

/* ---- the transport: all calls are the inner one's ---- */

struct guard {
    struct transport base;
    struct transport *inner;
    struct rights *rights;
};

static struct transport_call *guard_start(struct transport *t,
                                          const struct transport_request *req,
                                          const struct transport_events *events,
                                          void *arg, struct err *err)
{
    struct guard *g = (struct guard *)t;
    ck_assert_msg(rights_check(g->rights, req, err) == 0, "%s", err->msg);
    return transport_start(g->inner, req, events, arg, err);
}

static void guard_free(struct transport *t)
{
    transport_free(((struct guard *)t)->inner);
    free(t);
}

static const struct transport_ops guard_ops = {.start = guard_start,
                                               .free = guard_free};

struct transport *rights_guard(struct rights *rights, struct transport *inner)
{
    struct guard *g = xcalloc(1, sizeof(*g));
    *g = (struct guard){{&guard_ops}, inner, rights};
    return &g->base;
}

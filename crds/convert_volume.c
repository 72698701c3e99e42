#include "crds/convert_volume.h"

#include <stdlib.h>

#include "base/util.h"
#include "crds/convert_private.h"

#define TERMS "spec.nodeAffinity.required.nodeSelectorTerms"

/* ---- reading ---- */

struct claim *convert_claim(const struct json *claim, struct err *err)
{
    const char *name = json_str(claim, "metadata.name");
    const char *volume = json_str_or(claim, "spec.volumeName", "");
    struct claim *ret;
    if (!name) {
        err_set(err, ERR_INVALID, "metadata.name: a claim needs a name");
        return NULL;
    }
    ret = xcalloc(1, sizeof(*ret));
    ret->ns = xstrdup(json_str_or(claim, "metadata.namespace", ""));
    ret->name = xstrdup(name);
    ret->volume = *volume ? xstrdup(volume) : NULL;
    return ret;
}

/* Terms are alternatives; one without expressions matches no node. */
static int read_terms(const struct json *terms, struct volume *ret, struct err *err)
{
    ret->any = xcalloc(json_len(terms) + 1, sizeof(*ret->any));
    for (size_t i = 0; i < json_len(terms); i++) {
        const struct json *term = json_item(terms, i);
        AUTO_FREE char *path = xasprintf(TERMS "[%zu].matchExpressions", i);
        if (json_len(json_get(term, "matchFields")) > 0)
            return err_set(err, ERR_INVALID, TERMS "[%zu].matchFields is not supported",
                           i);
        if (requirements_read(json_get(term, "matchExpressions"), path,
                              &ret->any[ret->n_any++], err) < 0)
            return -1;
        if (ret->any[ret->n_any - 1].n_reqs == 0)
            ret->n_any--;
    }
    if (ret->n_any == 0)
        return err_set(err, ERR_INVALID, TERMS ": no node matches");
    return 0;
}

struct volume *convert_volume(const struct json *volume, struct err *err)
{
    const char *name = json_str(volume, "metadata.name");
    const struct json *terms = json_at(volume, TERMS);
    struct err bad = ERR_INIT;
    struct volume *ret;
    if (!name) {
        err_set(err, ERR_INVALID, "metadata.name: a volume needs a name");
        return NULL;
    }
    ret = xcalloc(1, sizeof(*ret));
    ret->name = xstrdup(name);
    if (terms && read_terms(terms, ret, &bad) < 0)
        ret->trouble = xstrdup(bad.msg);
    return ret;
}

void claim_free(struct claim *c)
{
    if (!c)
        return;
    free(c->ns);
    free(c->name);
    free(c->volume);
    free(c);
}

void volume_free(struct volume *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->n_any; i++)
        term_fini(&v->any[i]);
    free(v->any);
    free(v->name);
    free(v->trouble);
    free(v);
}

void convert_claims(const struct json *pod_spec, const char *pod, char ***ret,
                    size_t *ret_n)
{
    const struct json *volumes = json_get(pod_spec, "volumes");
    for (size_t i = 0; i < json_len(volumes); i++) {
        const struct json *v = json_item(volumes, i);
        const char *named = json_str(v, "persistentVolumeClaim.claimName");
        AUTO_FREE char *own = pod && json_is(json_get(v, "ephemeral"), JSON_OBJECT)
                                  ? xasprintf("%s-%s", pod, json_str_or(v, "name", ""))
                                  : NULL;
        if (named || own)
            names_add(ret, ret_n, named ? named : own);
    }
}

/* ---- where it is ---- */

bool volume_is_on(const struct volume *v, const struct node *node)
{
    return terms_match(v->any, v->n_any, node);
}

bool volume_require(const struct volume *v, struct job *job)
{
    return alternatives_require(v->any, v->n_any, job);
}

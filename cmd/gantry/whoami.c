#include "cmd/gantry/whoami.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/model.h"

#define WHO "/apis/authentication.k8s.io/v1/selfsubjectreviews"
#define MAY "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

static int ask(struct api *c, const char *path, const struct json *review,
               struct answer *ret, struct err *err)
{
    kc_raw(c->client, "POST", path, "application/json", review, answer_take, ret);
    return api_wait(c, ret, err);
}

static int ask_who(struct caller *ret, struct api *c, struct err *err)
{
    ANSWER_AUTO struct answer a = {0};
    JSON_AUTO struct json *review =
        json_build("{'apiVersion': 'authentication.k8s.io/v1',"
                   " 'kind': 'SelfSubjectReview'}");

    if (ask(c, WHO, review, &a, err) < 0)
        return -1;
    const char *name = json_str(a.body, "status.userInfo.username");
    if (!name)
        return err_set(err, ERR_INVALID,
                       "the API server does not say who the caller is");
    ret->name = xstrdup(name);
    const struct json *groups = json_at(a.body, "status.userInfo.groups");
    for (size_t i = 0; json_is(groups, JSON_ARRAY) && i < json_len(groups); i++)
        if (json_is(json_item(groups, i), JSON_STRING))
            names_add(&ret->groups, &ret->n_groups, json_string(json_item(groups, i)));
    return 0;
}

static int ask_may(struct caller *ret, struct api *c, struct err *err)
{
    ANSWER_AUTO struct answer a = {0};
    JSON_AUTO struct json *review = json_build(
        "{'apiVersion': 'authorization.k8s.io/v1', 'kind': 'SelfSubjectAccessReview',"
        " 'spec': {'resourceAttributes': {'group': 'gantry.dev', 'resource':"
        " 'batchjobs', 'verb': 'operate', 'namespace': %s}}}",
        c->ns);

    if (ask(c, MAY, review, &a, err) < 0)
        return -1;
    ret->operates = json_bool_or(a.body, "status.allowed", false);
    return 0;
}

char *whoami(struct api *c, struct err *err)
{
    CALLER_AUTO struct caller caller = {0};

    return ask_who(&caller, c, err) < 0 ? NULL : TAKE(caller.name);
}

int caller_ask(struct caller *ret, struct api *c, struct err *err)
{
    struct caller caller = {0};

    if (ask_who(&caller, c, err) < 0 || ask_may(&caller, c, err) < 0) {
        caller_fini(&caller);
        return -1;
    }
    *ret = caller;
    return 0;
}

void caller_fini(struct caller *caller)
{
    free(caller->name);
    names_free(caller->groups, caller->n_groups);
    *caller = (struct caller){0};
}

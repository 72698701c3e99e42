#include "cmd/gantry-local/access.h"

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/body.h"
#include "cmd/gantry-local/verbs.h"

/* What a real server lets everybody do who is somebody, behind what the administrator
 * may: everything. */
static const char rules[] =
    "{'resourceRules': [{'verbs': ['*'], 'apiGroups': ['*'], 'resources': ['*']},"
    " {'verbs': ['create'], 'apiGroups': ['authorization.k8s.io'], 'resources':"
    " ['selfsubjectaccessreviews', 'selfsubjectrulesreviews']},"
    " {'verbs': ['create'], 'apiGroups': ['authentication.k8s.io'], 'resources':"
    " ['selfsubjectreviews']}], 'nonResourceRules': [{'verbs': ['*'],"
    " 'nonResourceURLs': ['*']}, {'verbs': ['get'], 'nonResourceURLs': ['/healthz',"
    " '/livez', '/readyz', '/version', '/version/']}, {'verbs': ['get'],"
    " 'nonResourceURLs': ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez',"
    " '/openapi', '/openapi/*', '/readyz', '/version', '/version/']}],"
    " 'incomplete': false}";

/* The review in the body; NULL: refused. */
static struct json *read_review(struct call *call, const char *kind)
{
    struct json *review = body_parse(call, kind);

    if (!review)
        return NULL;
    const char *said = json_str_or(review, "kind", kind);
    if (!json_get(review, "metadata"))
        json_set(review, "metadata", json_new_object());
    if (str_eq(said, kind)) {
        AUTO_FREE char *version = xasprintf("%s/%s", call->parts[1], call->parts[2]);
        json_set(review, "kind", json_new_string(kind));
        json_set(review, "apiVersion", json_new_string(version));
        return review;
    }
    refuse_bad_request(&call->refusal,
                       "%s in version \"v1\" cannot be handled as a %s: the kind in "
                       "the data (%s) does "
                       "not match",
                       said, kind, said);
    json_free(review);
    return NULL;
}

/* A real server names no kind there either. */
static int refuse_attributes(struct call *call, const struct json *path)
{
    AUTO_FREE char *value = path ? json_text(path, NULL) : xstrdup("null");
    AUTO_FREE char *why =
        xasprintf("Invalid value: %s: exactly one of nonResourceAttributes or "
                  "resourceAttributes must be specified",
                  value);

    return refuse_nameless(&call->refusal, "authorization.k8s.io",
                           &(struct cause){"spec", "FieldValueInvalid", why});
}

const char *const *access_groups(const struct api_request *req, size_t *ret_n)
{
    static const char *const admins[] = {"system:masters", "system:authenticated",
                                         NULL};
    const char *const *groups = req->groups ? req->groups : admins + !req->is_admin;

    for (*ret_n = 0; groups[*ret_n];)
        ++*ret_n;
    return groups;
}

/* Verbs that say who is one, as crds/policies.yaml has them. */
static bool is_operators(const struct json *review)
{
    const struct json *asked = json_at(review, "spec.resourceAttributes");
    const char *verb = json_str_or(asked, "verb", "");

    return str_eq(json_str(asked, "group"), "gantry.dev") &&
           (str_eq(verb, "operate") || str_eq(verb, "impersonate"));
}

int verb_access_review(struct call *call)
{
    JSON_AUTO struct json *review = read_review(call, "SelfSubjectAccessReview");

    if (!review)
        return -1;
    const struct json *path = json_at(review, "spec.nonResourceAttributes");
    if (!json_at(review, "spec.resourceAttributes") == !path)
        return refuse_attributes(call, path);
    json_set(
        review, "status",
        json_build("{'allowed': %b}", call->req->is_admin || !is_operators(review)));
    return answer_tree(call, 201, review);
}

/* What `kubectl auth can-i --list` shows. */
int verb_rules_review(struct call *call)
{
    JSON_AUTO struct json *review = read_review(call, "SelfSubjectRulesReview");

    if (!review)
        return -1;
    if (!json_str_or(review, "spec.namespace", "")[0])
        return refuse_bad_request(&call->refusal, "no namespace on request");
    json_set(review, "spec", json_new_object());
    json_set(review, "status", json_build(rules));
    return answer_tree(call, 201, review);
}

int verb_self_review(struct call *call)
{
    JSON_AUTO struct json *review = read_review(call, "SelfSubjectReview");
    JSON_AUTO struct json *groups = json_new_array();
    size_t n_groups;
    const char *const *names = access_groups(call->req, &n_groups);
    char now[TIME_TEXT_MAX];

    if (!review)
        return -1;
    time_format_rfc3339(loop_now_sec(call->server->loop), now);
    json_set_at(review, "metadata.creationTimestamp", json_new_string(now));
    for (size_t i = 0; i < n_groups; i++)
        json_append(groups, json_new_string(names[i]));
    json_set(review, "apiVersion", json_new_string("authentication.k8s.io/v1"));
    json_set(review, "kind", json_new_string("SelfSubjectReview"));
    json_set(review, "status",
             json_build("{'userInfo': {'username': %s, 'groups': %j}}", call->req->user,
                        groups));
    if (call->req->uid && call->req->uid[0])
        json_set_at(review, "status.userInfo.uid", json_new_string(call->req->uid));
    return answer_tree(call, 201, review);
}

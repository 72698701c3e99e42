/* access - reviews of who may do what: answered, never stored. */
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/body.h"
#include "cmd/gantry-local/verbs.h"

int verb_access_review(struct call *call)
{
    JSON_AUTO struct json *review = body_parse(call, "review");

    if (!review)
        return -1;
    json_set(review, "status", json_build("{'allowed': true}"));
    return answer_tree(call, 201, review);
}

/* What `kubectl auth can-i --list` shows: everything. */
int verb_rules_review(struct call *call)
{
    JSON_AUTO struct json *review = body_parse(call, "review");

    if (!review)
        return -1;
    json_set(review, "status",
             json_build("{'resourceRules': [{'verbs': ['*'], 'apiGroups': ['*'],"
                        " 'resources': ['*']}], 'nonResourceRules': [{'verbs': ['*'],"
                        " 'nonResourceURLs': ['*']}], 'incomplete': false}"));
    return answer_tree(call, 201, review);
}

int verb_self_review(struct call *call)
{
    JSON_AUTO struct json *review = body_parse(call, "review");
    JSON_AUTO struct json *groups = json_build("['system:authenticated']");

    if (!review)
        return -1;
    if (call->req->is_admin)
        json_array_insert(groups, 0, json_new_string("system:masters"));
    json_set(review, "status",
             json_build("{'userInfo': {'username': %s, 'groups': %j}}", call->req->user,
                        groups));
    return answer_tree(call, 201, review);
}

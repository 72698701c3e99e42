/* access - reviews of who may do what: answered, never stored. */
#include <string.h>

#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/verbs.h"

static struct json *parse_review(struct call *call)
{
    const struct api_request *req = call->req;
    struct err err = ERR_INIT;

    if (strncmp(req->content_type, "application/json", strlen("application/json")) !=
        0) {
        refuse(
            &call->refusal, 415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types "
            "include: application/json");
        return NULL;
    }
    struct json *review = json_parse(req->body, req->body_len, &err);
    if (json_is(review, JSON_OBJECT))
        return review;
    refuse_bad_request(&call->refusal, "%s",
                       review ? "expected a JSON object" : err.msg);
    json_free(review);
    return NULL;
}

int verb_access_review(struct call *call)
{
    JSON_AUTO struct json *review = parse_review(call);

    if (!review)
        return -1;
    json_set(review, "status", json_build("{'allowed': true}"));
    return answer_tree(call, 201, review);
}

int verb_self_review(struct call *call)
{
    JSON_AUTO struct json *review = parse_review(call);
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

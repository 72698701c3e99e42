#include "cmd/gantry/whoami.h"

#include "base/util.h"

#define PATH "/apis/authentication.k8s.io/v1/selfsubjectreviews"

char *whoami(struct api *c, struct err *err)
{
    ANSWER_AUTO struct answer a = {0};
    JSON_AUTO struct json *review =
        json_build("{'apiVersion': 'authentication.k8s.io/v1',"
                   " 'kind': 'SelfSubjectReview'}");

    kc_raw(c->client, "POST", PATH, "application/json", review, answer_take, &a);
    if (api_wait(c, &a, err) < 0)
        return NULL;
    const char *name = json_str(a.body, "status.userInfo.username");
    if (!name) {
        err_set(err, ERR_INVALID, "the API server does not say who the caller is");
        return NULL;
    }
    return xstrdup(name);
}

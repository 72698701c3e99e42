#include "kubeclient/curl_token.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "kubeclient/config_private.h"

#define REREAD_MS 60000

void curl_token_init(struct curl_token *token, const char *value, const char *file,
                     int64_t mono_ms)
{
    *token = (struct curl_token){
        .value = xstrdup_null(value),
        .file = xstrdup_null(file),
        .read_ms = mono_ms,
    };
}

void curl_token_fini(struct curl_token *token)
{
    if (token->value)
        explicit_bzero(token->value, strlen(token->value));
    free(token->value);
    free(token->file);
}

void curl_token_reread(struct curl_token *token, int64_t mono_ms)
{
    char *fresh = NULL;

    if (token->file == NULL)
        return;
    token->read_ms = mono_ms;
    if (kc_token_read(token->file, &fresh, NULL) < 0)
        return;
    if (str_eq(fresh, token->value)) {
        free(fresh);
        return;
    }
    free(token->value);
    token->value = fresh;
    token->generation++;
}

void curl_token_refresh(struct curl_token *token, int64_t mono_ms)
{
    if (mono_ms - token->read_ms >= REREAD_MS)
        curl_token_reread(token, mono_ms);
}

/*
 * curl_token - the bearer token of a transport: the one it was given, or the content of
 * a file that others renew.
 *
 * `generation` tells one token from the next without comparing secrets.
 */
#ifndef GANTRY_KUBECLIENT_CURL_TOKEN_H
#define GANTRY_KUBECLIENT_CURL_TOKEN_H

#include <stdint.h>

struct curl_token {
    char *value; /* NULL: none */
    char *file;  /* NULL: never changes */
    int64_t read_ms;
    unsigned generation;
};

/* Both strings are copied; NULL is fine. */
void curl_token_init(struct curl_token *token, const char *value, const char *file,
                     int64_t mono_ms);
void curl_token_fini(struct curl_token *token);
/* Reads the file again when the last reading is a minute old. */
void curl_token_refresh(struct curl_token *token, int64_t mono_ms);
/* Reads the file now: the server no longer takes the token. A file that cannot be read,
 * or holds no token, leaves the old one. */
void curl_token_reread(struct curl_token *token, int64_t mono_ms);

#endif

#include "kubeclient/curl_target.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* A copy of a part on our heap; NULL when the URL has none. */
static char *part(CURLU *url, CURLUPart what, unsigned flags)
{
    char *text = NULL, *copy;

    if (curl_url_get(url, what, &text, flags) != CURLUE_OK)
        return NULL;
    copy = xstrdup(text);
    curl_free(text);
    return copy;
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || str_starts(host, "127.") ||
           strcmp(host, "[::1]") == 0;
}

static void aim(struct curl_target *t, CURLU *url, const char *host, const char *name)
{
    AUTO_FREE char *port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);

    t->connect_to = xasprintf("::%s:%s", host, port);
    t->host_header = xasprintf("Host: %s:%s", host, port);
    curl_url_set(url, CURLUPART_HOST, name, 0);
}

static int take_apart(struct curl_target *t, CURLU *url, const char *name)
{
    AUTO_FREE char *scheme = part(url, CURLUPART_SCHEME, 0);
    AUTO_FREE char *host = part(url, CURLUPART_HOST, 0);

    if (!str_eq(scheme, "https") && !str_eq(scheme, "http"))
        return -1;
    t->https = strcmp(scheme, "https") == 0;
    t->loopback = is_loopback(host);
    if (name && strcmp(name, host) != 0)
        aim(t, url, host, name);
    t->base = part(url, CURLUPART_URL, 0);
    for (size_t n = t->base ? strlen(t->base) : 0; n > 0 && t->base[n - 1] == '/'; n--)
        t->base[n - 1] = '\0';
    return t->base ? 0 : -1;
}

/* Only what a host's name is made of gets into the URL. */
static bool is_host_name(const char *name)
{
    return name[0] != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
                                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789.-_")] == '\0';
}

int curl_target_init(struct curl_target *t, const char *server, const char *name,
                     struct err *err)
{
    CURLU *url = curl_url();
    bool is_url = url && curl_url_set(url, CURLUPART_URL, server, 0) == CURLUE_OK;

    *t = (struct curl_target){0};
    if (name && !is_host_name(name)) {
        curl_url_cleanup(url);
        err_set(err, ERR_INVALID, "tls-server-name \"%s\": expected a host's name",
                name);
        err_flatten(err);
        return -1;
    }
    if (is_url && take_apart(t, url, name) == 0) {
        curl_url_cleanup(url);
        return 0;
    }
    curl_url_cleanup(url);
    curl_target_fini(t);
    err_set(err, ERR_INVALID,
            "server \"%s\": expected https://host:port or http://host:port", server);
    err_flatten(err);
    return -1;
}

void curl_target_fini(struct curl_target *t)
{
    free(t->base);
    free(t->connect_to);
    free(t->host_header);
    *t = (struct curl_target){0};
}

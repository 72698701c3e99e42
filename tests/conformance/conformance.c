/*
 * conformance - plays the cases of e2e/conformance to an API server.
 *
 *   conformance KUBECONFIG DIR [--record] [--local] [--only GLOB]
 *
 * Compares the answers with those in DIR/answers, prints a line for each difference and
 * last "N passed, N failed". --local: what DIR/differences.yaml lists may differ, and
 * must. --record writes the answers into DIR/answers instead. --only: the cases
 * "FILE/CASE" that a glob matches.
 *
 * Exit status: 0 all as recorded, 1 not, 2 wrong use.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kubeclient/transport_curl.h"
#include "tests/support/conform.h"

#define OUT_MAX (16u << 20)

struct options {
    const char *kubeconfig, *dir, *only;
    bool record, local;
};

static int read_options(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--record") == 0)
            o->record = true;
        else if (strcmp(argv[i], "--local") == 0)
            o->local = true;
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            o->only = argv[++i];
        else if (argv[i][0] != '-' && !o->kubeconfig)
            o->kubeconfig = argv[i];
        else if (argv[i][0] != '-' && !o->dir)
            o->dir = argv[i];
        else
            return -1;
    }
    return o->kubeconfig && o->dir && !(o->record && o->local) ? 0 : -1;
}

/* Returns how many cases failed. */
static size_t play_all(struct conform *suite, const struct conform_server *server,
                       struct conform_known *known, const struct options *o,
                       struct str *out)
{
    size_t failed = 0, played = 0;

    for (size_t i = 0; i < suite->n; i++) {
        if (o->only && fnmatch(o->only, suite->cases[i].id, 0) != 0)
            continue;
        played++;
        failed += conform_play(&suite->cases[i], server, known, o->record, out) > 0;
    }
    if (known && !o->only)
        failed += conform_known_unmet(known, out);
    printf("%s%zu passed, %zu failed\n", out->s, played - MIN(failed, played), failed);
    return failed;
}

static int with_suite(const struct options *o, const struct conform_server *server,
                      struct err *err)
{
    struct conform *suite = conform_read(o->dir, err);
    struct conform_known *known = NULL;
    AUTO_FREE char *list = xasprintf("%s/differences.yaml", o->dir);
    STR_AUTO struct str out;
    int rc = -1;

    str_init(&out, OUT_MAX);
    if (suite && o->local)
        known = conform_known_read(list, err);
    if (suite && (known || !o->local)) {
        rc = play_all(suite, server, known, o, &out) > 0;
        if (o->record && conform_write(suite, err) != 0)
            rc = -1;
    }
    conform_known_free(known);
    conform_free(suite);
    return rc;
}

static int with_server(const struct options *o, struct err *err)
{
    const struct kc_config_source source = kc_config_source_env(o->kubeconfig);
    struct kc_config config;

    if (kc_config_load(&config, &source, err) != 0)
        return -1;
    struct loop *loop = loop_new(err);
    struct transport *transport =
        loop ? transport_curl_new(loop, &config, "conformance/1.0", err) : NULL;
    int rc = -1;
    if (transport) {
        /* A server that is asked again has the namespaces of the last time. */
        AUTO_FREE char *run =
            xasprintf("%07lld", (long long)loop_now_ms(loop) % INT64_C(10000000));
        const struct conform_server server = {loop, transport, run, "."};
        rc = with_suite(o, &server, err);
    }
    transport_free(transport);
    loop_free(loop);
    kc_config_fini(&config);
    return rc;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct err err = ERR_INIT;

    if (read_options(&options, argc, argv) != 0) {
        fprintf(stderr, "usage: conformance KUBECONFIG DIR [--record | --local]"
                        " [--only GLOB]\n");
        return 2;
    }
    const int rc = with_server(&options, &err);
    if (rc < 0)
        fprintf(stderr, "conformance: %s\n", err.msg);
    return rc == 0 ? 0 : 1;
}

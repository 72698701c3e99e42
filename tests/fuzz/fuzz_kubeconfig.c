/*
 * fuzz_kubeconfig - bytes as a kubeconfig file: what is taken is complete, and what is
 * refused is told in one line.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "kubeclient/config.h"
#include "tests/support/fuzzfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_word(const char *s)
{
    for (; s && *s; s++)
        assert((unsigned char)*s > 0x20 && (unsigned char)*s < 0x7f);
}

static void check(const struct kc_config *c)
{
    assert(c->context && c->namespace_ && c->server);
    assert(str_starts(c->server, "https://") || str_starts(c->server, "http://"));
    assert(!strchr(c->server, '\n') && !str_ends(c->server, "/"));
    assert(!c->insecure || !c->ca_pem);
    assert(!c->client_cert_pem == !c->client_key_pem);
    is_word(c->token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kc_config config;
    struct err err = ERR_INIT;

    const struct kc_config_source source = {.explicit_path =
                                                fuzzfile_write(data, size)};
    if (kc_config_load(&config, &source, &err) < 0) {
        assert(err.code != ERR_NONE && str_starts(err.msg, "kubeconfig: "));
        assert(!strchr(err.msg, '\n'));
        return 0;
    }
    check(&config);
    kc_config_fini(&config);
    return 0;
}

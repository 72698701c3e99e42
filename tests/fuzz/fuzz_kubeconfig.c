/*
 * fuzz_kubeconfig - bytes as a kubeconfig file: what is taken is complete, and what is
 * refused is told in one line.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "kubeclient/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[32];
static char path[sizeof(dir) + 8];

static void remove_dir(void)
{
    unlink(path);
    rmdir(dir);
}

/* The folder of the file, in which the paths of mutations lead nowhere. On disk it
 * would cost nine tenths of the time. */
static void make_dir(void)
{
    static const char *const parents[] = {"/dev/shm", "/tmp"};

    if (path[0])
        return;
    for (size_t i = 0; i < ARRAY_LEN(parents); i++) {
        snprintf(dir, sizeof(dir), "%s/gantry-XXXXXX", parents[i]);
        if (mkdtemp(dir))
            break;
        if (i + 1 == ARRAY_LEN(parents))
            abort();
    }
    snprintf(path, sizeof(path), "%s/config", dir);
    atexit(remove_dir);
}

static void write_file(const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "w");

    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
}

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

    make_dir();
    write_file(data, size);
    const struct kc_config_source source = {.explicit_path = path};
    if (kc_config_load(&config, &source, &err) < 0) {
        assert(err.code != ERR_NONE && str_starts(err.msg, "kubeconfig: "));
        assert(!strchr(err.msg, '\n'));
        return 0;
    }
    check(&config);
    kc_config_fini(&config);
    return 0;
}

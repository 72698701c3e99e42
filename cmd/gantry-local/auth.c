#include "cmd/gantry-local/auth.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/pki.h"

#define TOKEN_BYTES 32
#define FILE_MAX (64u << 10)
#define PORT_TEXT_MAX 16

struct auth {
    char *dir;
    char *kubeconfig;
    char *authorization; /* "Bearer <token>" */
    const char *token;   /* within authorization */
    struct pki pki;
    int lock_fd;
};

/* ---- token ---- */

static int make_token(const char *path, struct str *ret, struct err *err)
{
    unsigned char bytes[TOKEN_BYTES];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return err_set(err, ERR_IO, "%s: no random numbers", path);
    str_reset(ret);
    for (size_t i = 0; i < sizeof(bytes); i++)
        str_addf(ret, "%02x", bytes[i]);
    OPENSSL_cleanse(bytes, sizeof(bytes));
    str_addc(ret, '\n');
    return files_write(path, ret->s, ret->len, 0600, err);
}

static int load_or_make_token(struct auth *a, struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/token", a->dir);
    STR_AUTO struct str text;

    str_init(&text, FILE_MAX);
    if (str_read_file(&text, path, err) != 0 &&
        (err->code != ERR_NOT_FOUND || make_token(path, &text, err) != 0))
        return -1;
    const size_t len = strcspn(text.s, "\r\n");
    if (len < 32 || strspn(text.s, "0123456789abcdef") != len)
        return err_set(
            err, ERR_INVALID,
            "%s: expected at least 32 hex digits; remove it to have a new one "
            "made",
            path);
    a->authorization = xasprintf("Bearer %.*s", (int)len, text.s);
    a->token = a->authorization + strlen("Bearer ");
    OPENSSL_cleanse(text.s, text.len);
    return 0;
}

bool auth_admits(const struct auth *a, const char *authorization)
{
    const size_t len = strlen(a->authorization);

    return authorization && strlen(authorization) == len &&
           CRYPTO_memcmp(authorization, a->authorization, len) == 0;
}

/* ---- all ---- */

/* Two servers of one directory would overwrite each other's kubeconfig. */
static int take_dir(struct auth *a, struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/lock", a->dir);

    a->lock_fd = files_lock(path, err);
    if (a->lock_fd >= 0)
        return 0;
    if (err->code == ERR_EXISTS)
        err_prefix(err, "another server uses it: stop that one or choose another");
    return -1;
}

struct auth *auth_open(const char *dir, int64_t now_sec, struct err *err)
{
    struct auth *a = xcalloc(1, sizeof(*a));

    a->dir = xstrdup(dir);
    a->kubeconfig = xasprintf("%s/kubeconfig", dir);
    a->lock_fd = -1;
    if (files_make_private_dir(dir, err) == 0 && take_dir(a, err) == 0 &&
        pki_open(&a->pki, dir, now_sec, err) == 0 && load_or_make_token(a, err) == 0)
        return a;
    auth_free(a);
    return NULL;
}

void auth_free(struct auth *a)
{
    if (!a)
        return;
    if (a->authorization)
        OPENSSL_cleanse(a->authorization, strlen(a->authorization));
    free(a->authorization);
    pki_fini(&a->pki);
    if (a->lock_fd >= 0)
        close(a->lock_fd);
    free(a->kubeconfig);
    free(a->dir);
    free(a);
}

struct ssl_ctx_st *auth_tls(const struct auth *a)
{
    return a->pki.tls;
}

const char *auth_kubeconfig_path(const struct auth *a)
{
    return a->kubeconfig;
}

static char *base64(const char *text)
{
    const size_t len = strlen(text);
    char *out = xmalloc(4 * ((len + 2) / 3) + 1);

    EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)text, (int)len);
    return out;
}

/* One that cannot be read is as good as none. */
int auth_kept_port(const struct auth *a)
{
    AUTO_FREE char *path = xasprintf("%s/port", a->dir);
    STR_AUTO struct str text;

    str_init(&text, PORT_TEXT_MAX);
    if (str_read_file(&text, path, NULL) != 0)
        return 0;
    const long port = strtol(text.s, NULL, 10);
    return port > 0 && port <= UINT16_MAX ? (int)port : 0;
}

static int keep_port(const struct auth *a, int port, struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/port", a->dir);
    AUTO_FREE char *text = xasprintf("%d\n", port);

    return files_write(path, text, strlen(text), 0600, err);
}

int auth_write_kubeconfig(const struct auth *a, int port, struct err *err)
{
    AUTO_FREE char *ca = base64(a->pki.ca_pem);
    AUTO_FREE char *text = xasprintf("apiVersion: v1\n"
                                     "kind: Config\n"
                                     "clusters:\n"
                                     "- name: gantry-local\n"
                                     "  cluster:\n"
                                     "    server: https://127.0.0.1:%d\n"
                                     "    certificate-authority-data: %s\n"
                                     "users:\n"
                                     "- name: admin\n"
                                     "  user:\n"
                                     "    token: \"%s\"\n"
                                     "contexts:\n"
                                     "- name: gantry-local\n"
                                     "  context:\n"
                                     "    cluster: gantry-local\n"
                                     "    user: admin\n"
                                     "current-context: gantry-local\n",
                                     port, ca, a->token);

    return files_write(a->kubeconfig, text, strlen(text), 0600, err) == 0
               ? keep_port(a, port, err)
               : -1;
}

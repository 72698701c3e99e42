#include "cmd/gantry-local/pki.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"

#define FILE_MAX (64u << 10)
#define CA_DAYS 3650
#define LEAF_DAYS 825
/* A certificate with less left than this is made anew at the start. */
#define RENEW_DAYS 30

static int tls_error(struct err *err, const char *what)
{
    char text[256];

    ERR_error_string_n(ERR_get_error(), text, sizeof(text));
    ERR_clear_error();
    return err_set(err, ERR_IO, "%s: %s", what, text);
}

struct pair {
    EVP_PKEY *key;
    X509 *cert;
};

static void pair_fini(struct pair *p)
{
    EVP_PKEY_free(p->key);
    X509_free(p->cert);
    *p = (struct pair){0};
}

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    const bool ok = ext && X509_add_ext(cert, ext, -1);
    X509_EXTENSION_free(ext);
    return ok;
}

enum role { ROLE_CA = 1, ROLE_SERVER = 2, ROLE_CLIENT = 4 };
#define ROLE_LEAF (ROLE_SERVER | ROLE_CLIENT)
#define ROLE_ANY (ROLE_CA | ROLE_LEAF)

static const struct {
    int nid;
    unsigned roles;
    const char *value;
} extensions[] = {
    {NID_basic_constraints, ROLE_CA, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, ROLE_CA, "critical,keyCertSign,cRLSign,digitalSignature"},
    {NID_basic_constraints, ROLE_LEAF, "critical,CA:FALSE"},
    {NID_key_usage, ROLE_SERVER, "critical,digitalSignature,keyEncipherment"},
    {NID_key_usage, ROLE_CLIENT, "critical,digitalSignature"},
    {NID_ext_key_usage, ROLE_SERVER, "serverAuth"},
    {NID_ext_key_usage, ROLE_CLIENT, "clientAuth"},
    {NID_subject_alt_name, ROLE_SERVER,
     "IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default"},
    {NID_subject_key_identifier, ROLE_ANY, "hash"},
    {NID_authority_key_identifier, ROLE_ANY, "keyid:always"},
};

/* A certificate that the CA signs. */
struct leaf {
    enum role role;
    const char *name;
    const char *file; /* DIR/pki/<file>.crt and .key */
};

static const struct leaf server_leaf = {ROLE_SERVER, "gantry-local", "server"};
static const struct leaf client_leaf = {ROLE_CLIENT, PKI_CLIENT_NAME, "client"};

static bool set_identity(X509 *cert, const char *name, int64_t now_sec, int days)
{
    unsigned char serial[16];
    X509_NAME *subject = X509_get_subject_name(cert);
    /* An hour before now, for clocks that differ. */
    time_t from = (time_t)now_sec - 3600;
    time_t to = (time_t)now_sec + (time_t)days * 86400;

    if (RAND_bytes(serial, sizeof(serial)) != 1)
        return false;
    serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and of full length */
    BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
    const bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) &&
                    X509_set_version(cert, X509_VERSION_3) &&
                    X509_time_adj_ex(X509_getm_notBefore(cert), 0, 0, &from) &&
                    X509_time_adj_ex(X509_getm_notAfter(cert), 0, 0, &to) &&
                    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                               (const unsigned char *)name, -1, -1, 0);
    BN_free(number);
    return ok;
}

/* `ca` NULL: signs itself, and is one. */
static int make_pair(struct pair *ret, const struct pair *ca, const struct leaf *leaf,
                     int64_t now_sec, struct err *err)
{
    const enum role role = ca ? leaf->role : ROLE_CA;
    const char *name = ca ? leaf->name : "gantry-local CA";
    struct pair p = {.key = EVP_EC_gen("P-256"), .cert = X509_new()};
    const struct pair *issuer = ca ? ca : &p;
    bool ok = p.key && p.cert &&
              set_identity(p.cert, name, now_sec, ca ? LEAF_DAYS : CA_DAYS) &&
              X509_set_issuer_name(p.cert, X509_get_subject_name(issuer->cert)) &&
              X509_set_pubkey(p.cert, p.key);

    for (size_t i = 0; ok && i < ARRAY_LEN(extensions); i++)
        if (extensions[i].roles & role)
            ok = add_extension(p.cert, issuer->cert, extensions[i].nid,
                               extensions[i].value);
    if (!ok || !X509_sign(p.cert, issuer->key, EVP_sha256())) {
        pair_fini(&p);
        return tls_error(err, name);
    }
    *ret = p;
    return 0;
}

static int write_pem(BIO *bio, const char *path, mode_t mode, struct err *err)
{
    char *bytes;
    const long len = BIO_get_mem_data(bio, &bytes);

    return files_write(path, bytes, (size_t)len, mode, err);
}

static int save_pair(const struct pair *p, const char *crt, const char *key,
                     struct err *err)
{
    BIO *cert_bio = BIO_new(BIO_s_mem());
    BIO *key_bio = BIO_new(BIO_s_mem());
    int rc = -1;

    if (!cert_bio || !key_bio || !PEM_write_bio_X509(cert_bio, p->cert) ||
        !PEM_write_bio_PrivateKey(key_bio, p->key, NULL, NULL, 0, NULL, NULL))
        tls_error(err, crt);
    else if (write_pem(key_bio, key, 0600, err) == 0)
        rc = write_pem(cert_bio, crt, 0644, err);
    BIO_free(cert_bio);
    BIO_free(key_bio);
    return rc;
}

static BIO *open_pem(const char *path, struct str *text, struct err *err)
{
    if (str_read_file(text, path, err) != 0)
        return NULL;
    BIO *bio = BIO_new_mem_buf(text->s, (int)text->len);
    if (!bio)
        tls_error(err, path);
    return bio;
}

/* ERR_NOT_FOUND when neither file is there; a damaged one is an error. */
static int load_pair(struct pair *ret, const char *crt, const char *key,
                     struct err *err)
{
    STR_AUTO struct str crt_text, key_text;
    struct pair p = {0};

    str_init(&crt_text, FILE_MAX);
    str_init(&key_text, FILE_MAX);
    BIO *crt_bio = open_pem(crt, &crt_text, err);
    BIO *key_bio = crt_bio ? open_pem(key, &key_text, err) : NULL;
    if (crt_bio && key_bio) {
        p.cert = PEM_read_bio_X509(crt_bio, NULL, NULL, NULL);
        p.key = PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
        if (!p.cert || !p.key || X509_check_private_key(p.cert, p.key) != 1) {
            tls_error(err, crt);
            err_set(
                err, ERR_INVALID,
                "%s and its key do not fit or are damaged; remove the pki folder to "
                "have new ones made",
                crt);
            pair_fini(&p);
        }
    }
    BIO_free(crt_bio);
    BIO_free(key_bio);
    *ret = p;
    return p.cert ? 0 : -1;
}

static int load_or_make_ca(struct pair *ret, const char *dir, int64_t now_sec,
                           struct err *err)
{
    AUTO_FREE char *crt = xasprintf("%s/pki/ca.crt", dir);
    AUTO_FREE char *key = xasprintf("%s/pki/ca.key", dir);

    if (load_pair(ret, crt, key, err) == 0)
        return 0;
    if (err->code != ERR_NOT_FOUND)
        return -1;
    if (make_pair(ret, NULL, NULL, now_sec, err) != 0)
        return -1;
    return save_pair(ret, crt, key, err);
}

/* Signed by this CA, and good for a while yet. */
static bool leaf_is_good(const struct pair *p, const struct pair *ca, int64_t now_sec)
{
    time_t soon = (time_t)now_sec + RENEW_DAYS * 86400;

    return X509_verify(p->cert, ca->key) == 1 &&
           X509_cmp_time(X509_get0_notAfter(p->cert), &soon) > 0;
}

static int load_or_make_leaf(struct pair *ret, const struct pair *ca,
                             const struct leaf *leaf, const char *dir, int64_t now_sec,
                             struct err *err)
{
    AUTO_FREE char *crt = xasprintf("%s/pki/%s.crt", dir, leaf->file);
    AUTO_FREE char *key = xasprintf("%s/pki/%s.key", dir, leaf->file);

    if (load_pair(ret, crt, key, err) == 0) {
        if (leaf_is_good(ret, ca, now_sec))
            return 0;
        pair_fini(ret);
    } else if (err->code != ERR_NOT_FOUND) {
        return -1;
    }
    if (make_pair(ret, ca, leaf, now_sec, err) != 0)
        return -1;
    return save_pair(ret, crt, key, err);
}

static SSL_CTX *make_tls(const struct pair *server, struct err *err)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    if (tls && SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) &&
        SSL_CTX_use_certificate(tls, server->cert) &&
        SSL_CTX_use_PrivateKey(tls, server->key))
        return tls;
    SSL_CTX_free(tls);
    tls_error(err, "TLS");
    return NULL;
}

int pki_open(struct pki *ret, const char *dir, int64_t now_sec, struct err *err)
{
    AUTO_FREE char *pki = xasprintf("%s/pki", dir);
    AUTO_FREE char *ca_path = xasprintf("%s/pki/ca.crt", dir);
    struct pair ca = {0}, server = {0};
    SSL_CTX *tls = NULL;
    STR_AUTO struct str pem;

    str_init(&pem, FILE_MAX);
    if (files_make_dir(pki, err) == 0 && load_or_make_ca(&ca, dir, now_sec, err) == 0 &&
        load_or_make_leaf(&server, &ca, &server_leaf, dir, now_sec, err) == 0 &&
        str_read_file(&pem, ca_path, err) == 0)
        tls = make_tls(&server, err);
    pair_fini(&ca);
    pair_fini(&server);
    if (!tls)
        return -1;
    *ret = (struct pki){.ca_pem = str_take(&pem), .tls = tls};
    return 0;
}

void pki_fini(struct pki *pki)
{
    SSL_CTX_free(pki->tls);
    free(pki->ca_pem);
    *pki = (struct pki){0};
}

/* ---- clients ---- */

static char *read_text(const char *path, struct err *err)
{
    STR_AUTO struct str text;

    str_init(&text, FILE_MAX);
    return str_read_file(&text, path, err) == 0 ? str_take(&text) : NULL;
}

int pki_open_client(const char *dir, int64_t now_sec, char **ret_cert, char **ret_key,
                    struct err *err)
{
    AUTO_FREE char *crt = xasprintf("%s/pki/%s.crt", dir, client_leaf.file);
    AUTO_FREE char *key = xasprintf("%s/pki/%s.key", dir, client_leaf.file);
    AUTO_FREE char *cert_pem = NULL;
    struct pair ca = {0}, client = {0};
    char *key_pem = NULL;

    if (load_or_make_ca(&ca, dir, now_sec, err) == 0 &&
        load_or_make_leaf(&client, &ca, &client_leaf, dir, now_sec, err) == 0 &&
        (cert_pem = read_text(crt, err)))
        key_pem = read_text(key, err);
    pair_fini(&ca);
    pair_fini(&client);
    if (!key_pem)
        return -1;
    *ret_cert = TAKE(cert_pem);
    *ret_key = key_pem;
    return 0;
}

/* Of the peer's own certificate, once its chain is in order. */
static int verify_ours(int is_valid, X509_STORE_CTX *ctx)
{
    char name[128] = "";
    X509 *cert = X509_STORE_CTX_get_current_cert(ctx);

    if (!is_valid || X509_STORE_CTX_get_error_depth(ctx) > 0)
        return is_valid;
    X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name,
                              sizeof(name));
    if (strcmp(name, PKI_CLIENT_NAME) == 0)
        return 1;
    X509_STORE_CTX_set_error(ctx, X509_V_ERR_SUBJECT_ISSUER_MISMATCH);
    return 0;
}

static int add_authorities(SSL_CTX *tls, const char *ca_pem)
{
    BIO *bio = BIO_new_mem_buf(ca_pem, -1);
    X509 *cert;
    int n = 0;

    while (bio && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        n += X509_STORE_add_cert(SSL_CTX_get_cert_store(tls), cert);
        X509_free(cert);
    }
    ERR_clear_error(); /* the end of the text is one */
    BIO_free(bio);
    return n;
}

int pki_require_client(struct ssl_ctx_st *tls, const char *ca_pem, bool ours_only,
                       struct err *err)
{
    if (add_authorities(tls, ca_pem) == 0)
        return err_set(err, ERR_INVALID, "no certificate in PEM form");
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       ours_only ? verify_ours : NULL);
    /* each connection shows who it is: nothing is resumed */
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(tls, SSL_OP_NO_TICKET);
    return 0;
}

#include "cmd/gantry-local/media.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/protobuf.h"

#define ENTRIES_MAX 32
#define TEXT_MAX 1024

static const char *const types[] = {[MEDIA_JSON] = "application/json",
                                    [MEDIA_YAML] = "application/yaml",
                                    [MEDIA_PROTOBUF] = PROTOBUF_TYPE};

const char media_streams[] =
    "application/json;stream=watch, " PROTOBUF_TYPE ";stream=watch";

const char *media_type(enum media media)
{
    return types[media];
}

/* A piece of Accept; not ended by a NUL. */
struct piece {
    const char *s;
    size_t len;
};

/* One entry: its type ("application/json") and what follows behind ';'. */
struct entry {
    struct piece type, params;
    double q;
};

static bool piece_is(const struct piece *p, const char *text)
{
    return p->len == strlen(text) && strncmp(p->s, text, p->len) == 0;
}

/* Takes what stands before `end` from the piece, without blanks around it. */
static struct piece take_until(struct piece *from, char end)
{
    const char *at = memchr(from->s, end, from->len);
    const size_t len = at ? (size_t)(at - from->s) : from->len;
    struct piece taken = {from->s, len};

    from->s += len + (at != NULL);
    from->len -= len + (at != NULL);
    for (; taken.len > 0 && *taken.s == ' '; taken.len--)
        taken.s++;
    while (taken.len > 0 && taken.s[taken.len - 1] == ' ')
        taken.len--;
    return taken;
}

/* The next "key=value". False: there is none. */
static bool next_param(struct piece *params, struct piece *ret_key,
                       struct piece *ret_value)
{
    if (params->len == 0)
        return false;
    *ret_value = take_until(params, ';');
    *ret_key = take_until(ret_value, '=');
    return true;
}

static bool has_param(const struct entry *e, const char *key, const char *value)
{
    struct piece params = e->params, k, v;

    while (next_param(&params, &k, &v))
        if (piece_is(&k, key) && piece_is(&v, value))
            return true;
    return false;
}

static double read_q(const struct entry *e)
{
    struct piece params = e->params, k, v;

    while (next_param(&params, &k, &v))
        if (piece_is(&k, "q") && v.len > 0 && v.len < 8) {
            AUTO_FREE char *text = xstrndup(v.s, v.len);
            return strtod(text, NULL);
        }
    return 1;
}

/* Is it to be looked at before the other? */
static bool is_better(const struct entry *a, const struct entry *b)
{
    const bool a_any = memchr(a->type.s, '*', a->type.len) != NULL;
    const bool b_any = memchr(b->type.s, '*', b->type.len) != NULL;

    return a->q != b->q ? a->q > b->q : !a_any && b_any;
}

/* Those past ENTRIES_MAX are passed over. */
static size_t read_entries(const char *accept, struct entry *ret)
{
    struct piece rest = {accept, strlen(accept)};
    size_t n = 0;

    while (rest.len > 0 && n < ENTRIES_MAX) {
        struct entry e = {.params = take_until(&rest, ',')};
        size_t at = n;
        e.type = take_until(&e.params, ';');
        e.q = read_q(&e);
        if (e.type.len == 0)
            continue;
        for (; at > 0 && is_better(&e, &ret[at - 1]); at--)
            ret[at] = ret[at - 1];
        ret[at] = e;
        n++;
    }
    return n;
}

static const struct {
    const char *as, *group, *version;
    enum repr repr;
} reprs[] = {
    {"Table", "meta.k8s.io", "v1", REPR_TABLE},
    {"PartialObjectMetadata", "meta.k8s.io", "v1", REPR_PARTIAL},
    {"PartialObjectMetadataList", "meta.k8s.io", "v1", REPR_PARTIAL_LIST},
    {"APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2", REPR_DISCOVERY},
};

/* Tables have no form in protobuf, custom objects neither. */
static bool is_offered(const struct media_offer *offer, enum media media,
                       enum repr repr)
{
    const bool any = media != MEDIA_PROTOBUF;

    switch (repr) {
    case REPR_OBJECT:
        return any || !offer->is_custom;
    case REPR_TABLE:
        return any && offer->tables;
    case REPR_PARTIAL:
    case REPR_PARTIAL_LIST:
        return offer->tables;
    case REPR_DISCOVERY:
        return any && offer->discovery;
    }
    return false;
}

/* False: in a form that does not exist. */
static bool read_repr(const struct entry *e, enum repr *ret)
{
    struct piece params = e->params, k, v;

    *ret = REPR_OBJECT;
    for (size_t i = 0; i < ARRAY_LEN(reprs); i++) {
        if (has_param(e, "as", reprs[i].as) && has_param(e, "g", reprs[i].group) &&
            has_param(e, "v", reprs[i].version)) {
            *ret = reprs[i].repr;
            return true;
        }
    }
    while (next_param(&params, &k, &v))
        if (piece_is(&k, "as"))
            return false;
    return true;
}

static bool is_of_type(const struct entry *e, enum media media)
{
    return piece_is(&e->type, types[media]) || piece_is(&e->type, "application/*") ||
           piece_is(&e->type, "*/*");
}

/* A stream is asked for by its name, and YAML has none. */
static bool may_stream(const struct entry *e, enum media media)
{
    struct piece params = e->params, k, v;

    while (next_param(&params, &k, &v))
        if (piece_is(&k, "stream") && (media == MEDIA_YAML || !piece_is(&v, "watch")))
            return false;
    return true;
}

static size_t n_types(const struct media_offer *offer)
{
    return offer->json_only ? 1 : ARRAY_LEN(types);
}

static bool is_any_named(const struct media_offer *offer, const struct entry *entries,
                         size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (piece_is(&entries[i].type, "*/*"))
            return true;
        for (size_t m = 0; m < n_types(offer); m++)
            if (piece_is(&entries[i].type, types[m]))
                return true;
    }
    return n == 0;
}

bool media_choose(const char *accept, const struct media_offer *offer,
                  struct media_choice *ret)
{
    struct entry entries[ENTRIES_MAX];
    const size_t n = read_entries(accept, entries);
    enum repr repr;

    if (n == 0) {
        *ret = (struct media_choice){.media = MEDIA_JSON, .repr = REPR_OBJECT};
        return true;
    }
    if (offer->is_named && !is_any_named(offer, entries, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct entry *e = &entries[i];
        for (size_t m = 0; m < n_types(offer); m++) {
            if (!is_of_type(e, (enum media)m) || !may_stream(e, (enum media)m) ||
                !read_repr(e, &repr) || !is_offered(offer, (enum media)m, repr))
                continue;
            *ret =
                (struct media_choice){(enum media)m, repr, has_param(e, "pretty", "1")};
            return true;
        }
    }
    return false;
}

char *media_refusal(const char *accept, const struct media_offer *offer,
                    bool *ret_unnamed)
{
    struct entry entries[ENTRIES_MAX];
    const size_t n = read_entries(accept, entries);
    const bool unnamed = offer->is_named && !is_any_named(offer, entries, n);
    STR_AUTO struct str text;

    *ret_unnamed = unnamed;
    str_init(&text, TEXT_MAX);
    str_add(&text, unnamed ? "406: Not Acceptable\n\nAvailable representations: "
                           : "only the following media types are accepted: ");
    for (size_t m = 0; m < n_types(offer); m++)
        str_addf(&text, "%s%s", m > 0 ? ", " : "", types[m]);
    if (unnamed && offer->streams)
        str_addf(&text, ", %s", media_streams);
    return str_take(&text);
}

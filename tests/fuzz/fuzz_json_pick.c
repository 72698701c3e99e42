#include "base/json_pick.h"

#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "base/util.h"

#define PATH_MAX_BYTES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {"a", "b.c", "b.d.e", "items.x", "metadata.name"};
enum { N = ARRAY_LEN(paths) };

static void ignore(void *arg, const struct json_text *values)
{
    struct arena *memory = arena_new();

    (void)arg;
    for (size_t i = 0; i < N; i++) {
        json_text_scalar(values[i], memory);
        json_text_int(values[i], 0);
        json_text_is_true(values[i]);
        struct json_text items[2];
        json_text_items(values[i], items, ARRAY_LEN(items));
    }
    arena_free(memory);
}

/* What is picked from a document that parses is what its tree has there. */
static void compare(const struct json_text *picked, const struct json *tree)
{
    for (size_t i = 0; i < N; i++) {
        const struct json *want = json_at(tree, paths[i]);
        JSON_AUTO struct json *got =
            picked[i].s ? json_parse(picked[i].s, picked[i].len, NULL) : NULL;
        assert((want == NULL) == (got == NULL));
        assert(!want || json_equal(want, got));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct json_picker *p = json_picker_new(paths, N);
    struct json_text values[N];
    STR_AUTO struct str duplicate;
    JSON_AUTO struct json *tree = json_parse(text, size, NULL);

    str_init(&duplicate, PATH_MAX_BYTES);
    json_pick_list(&(struct json_list_picks){p, values, p, ignore, NULL, NULL}, text,
                   size, NULL);
    const int rc = json_pick(p, text, size, values, NULL);
    if (json_is(tree, JSON_OBJECT)) {
        assert(rc == 0);
        /* An escape in a key, or a key that stands twice, is the tree's to resolve. */
        if (!memchr(text, '\\', size) && !json_duplicate_key(text, size, &duplicate))
            compare(values, tree);
    } else if (tree) {
        assert(rc < 0);
    }
    json_picker_free(p);
    return 0;
}

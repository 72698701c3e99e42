/* fuzz_yaml_print - a JSON document: its YAML, read and printed again, is the same. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "base/yaml_print.h"

#define OUT_MAX (8u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The reader has bounds that the printer has not. */
static void read_again(const struct str *text)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str twice;
    JSON_AUTO struct json *tree = yaml_parse_one(text->s, text->len, "f", &err);

    str_init(&twice, OUT_MAX);
    assert(tree || err.code == ERR_TOO_LARGE);
    if (!tree)
        return;
    yaml_print(tree, &twice);
    assert(twice.len == text->len && memcmp(twice.s, text->s, text->len) == 0);
}

/* Fractions, and numbers that only fit one, are rounded when they are read. */
static bool has_fraction(const struct json *j)
{
    bool found =
        json_is(j, JSON_DOUBLE) || (json_is(j, JSON_INT) && json_int(j) == INT64_MAX);

    if (json_is(j, JSON_ARRAY))
        for (size_t i = 0; i < json_len(j) && !found; i++)
            found = has_fraction(json_item(j, i));
    if (json_is(j, JSON_OBJECT))
        for (json_each (it, j))
            found = found || has_fraction(it.val);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *tree = json_parse((const char *)data, size, &err);
    STR_AUTO struct str text;

    str_init(&text, OUT_MAX);
    if (!tree || json_is(tree, JSON_NULL)) /* YAML's null is an empty document */
        return 0;
    yaml_print(tree, &text);
    if (!text.overflow && !has_fraction(tree))
        read_again(&text);
    return 0;
}

/*
 * fuzz_selectors - two lines, a label and a field selector, held against a pod: what is
 * refused is told, and a term and its contrary do not both hold.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/selectors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *selectable[] = {"spec.nodeName", "status.phase"};
static const struct kind pod = {.group = "",
                                .version = "v1",
                                .plural = "pods",
                                .name = "Pod",
                                .namespaced = true,
                                .selectable = selectable,
                                .n_selectable = ARRAY_LEN(selectable)};

static struct object *example(void)
{
    JSON_AUTO struct json *tree = json_build(
        "{'kind':'Pod','apiVersion':'v1','metadata':{'name':'p','namespace':'a',"
        "'labels':{'app':'web','n':'1'}},'spec':{'nodeName':'n1'},"
        "'status':{'phase':'Running'}}");

    return object_new(tree, &pod, 1);
}

static void check_refusal(const struct err *err)
{
    assert(err->code == ERR_INVALID && err->msg[0]);
}

/* Of one term that exists or not. */
static void check_contrary(const struct selector *s, const struct object *object)
{
    struct selector contrary = {0};

    if (s->n != 1 || s->terms[0].op != TERM_EXISTS)
        return;
    AUTO_FREE char *text = xasprintf("!%s", s->terms[0].key);
    assert(selector_parse_labels(&contrary, text, NULL) == 0);
    assert(selector_matches_labels(s, object) !=
           selector_matches_labels(&contrary, object));
    selector_fini(&contrary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *labels = xstrndup((const char *)data, size);
    struct object *object = example();
    struct selector s = {0};
    struct err err = ERR_INIT;
    char *fields = strchr(labels, '\n');

    if (fields)
        *fields++ = '\0';
    if (selector_parse_labels(&s, labels, &err) == 0)
        check_contrary(&s, object);
    else
        check_refusal(&err);
    selector_fini(&s);
    s = (struct selector){0};
    if (selector_parse_fields(&s, fields ? fields : "", &pod, &err) == 0)
        selector_matches_fields(&s, object);
    else
        check_refusal(&err);
    selector_fini(&s);
    object_unref(object);
    return 0;
}

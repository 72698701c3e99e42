#include "tests/support/treetext.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/model.h"

static const char *read_nodes(struct fairtree *t, size_t parent, const char *text,
                              char names[][TREETEXT_NAME])
{
    while (*text != '\0' && *text != '}') {
        char shares[16], name[TREETEXT_NAME];
        long long used = 0;
        int len = 0, more = 0;
        size_t node;
        bool is_user;

        ck_assert_int_eq(sscanf(text, " %7[a-z]:%15[0-9p]%n", name, shares, &len), 2);
        text += len;
        if (sscanf(text, "=%lld%n", &used, &more) == 1)
            text += more;
        is_user = *text != '{';
        node = fairtree_add(t, parent, is_user,
                            *shares == 'p' ? SHARES_PARENT : atoll(shares));
        memcpy(names[node], name, sizeof(name));
        fairtree_set_usage(t, node, used);
        if (!is_user)
            text = read_nodes(t, node, text + 1, names) + 1;
        text += strspn(text, " ");
    }
    return text;
}

void treetext_read(struct fairtree *t, const char *text, char names[][TREETEXT_NAME])
{
    read_nodes(t, FAIRTREE_ROOT, text, names);
}

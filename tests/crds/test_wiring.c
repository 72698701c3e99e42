/* topology.conf, as labels of nodes. */
#include "crds/wiring.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* On nodes n1 to n4; what becomes of them: the values of their levels, top first. */
static const struct {
    const char *text;
    enum topology_kind kind;
    size_t levels;
    const char *nodes;
} good[] = {
    {"SwitchName=a Nodes=n[1-2]\nSwitchName=b Nodes=n[3-4]\n", TOPOLOGY_TREE, 1,
     "a a b b"},
    {"# two spines\n\nSwitchName=top1 Switches=a # and no more\nswitchname=top2 "
     "Switches=b LinkSpeed=100\nSwitchName=a\tNodes=n1,n3\nSwitchName=b Nodes=n2\n",
     TOPOLOGY_TREE, 2, "top1/a top2/b top1/a -"},
    {"SwitchName=top Switches=a\nSwitchName=a Nodes=n[1-2]\nSwitchName=b Nodes=n3\n",
     TOPOLOGY_TREE, 2, "top/a top/a b/b -"},
    {"SwitchName=\"a\" \\\n  Nodes=n1,\\\nn2\n", TOPOLOGY_TREE, 1, "a a - -"},
    {"SwitchName=\"a\" \\\n  Nodes=\"n[1-2]\" \\\n\\\nLinkSpeed=1\nSwitchName=b "
     "Nodes=n3\n",
     TOPOLOGY_TREE, 1, "a a b -"},
    {"BlockName=a Nodes=n[1-2]\r\nBlockName=b Nodes=n[3-4]\r\n", TOPOLOGY_BLOCK, 1,
     "a a b b"},
    {"BlockName=a Nodes=n1\nBlockName=b Nodes=n2\nBlockName=c Nodes=n[3-4]\n"
     "BlockSizes=1,2,4\n",
     TOPOLOGY_BLOCK, 3, "0/0/a 0/0/b 0/1/c 0/1/c"},
};

static const struct {
    const char *text, *said; /* behind the path */
} wrong[] = {
    {"", ": there is no switch and no block in it"},
    {"SwitchName=a Nodes=n[1-9]\n", ":1: there is no node n5"},
    {"\nSwitchName=a Switches=b\n", ":2: there is no switch b"},
    {"SwitchName=a Nodes=n1\nSwitchName=b Nodes=n1\n", ":2: n1 is under a already"},
    {"SwitchName=a Nodes=n1\nSwitchName=a Nodes=n2\n", ":2: a stands twice"},
    {"SwitchName=a\n", ":1: a has either Nodes or Switches"},
    {"SwitchName=a Nodes=n1 Switches=b\n", ":1: a has either Nodes or Switches"},
    {"Nodes=n1\n", ":1: neither SwitchName nor BlockName"},
    {"SwitchName\n", ":1: \"SwitchName\" is not Key=value"},
    {"SwitchNam=a Nodes=n1\n",
     ":1: unknown key \"SwitchNam\": SwitchName, BlockName, Nodes, Switches, "
     "BlockSizes"},
    {"SwitchName=a Switches=b\nSwitchName=b Switches=a\n",
     ":1: a: the switches above it go in a circle"},
    {"SwitchName=a Switches=a\n", ":1: a: the switches above it go in a circle"},
    {"SwitchName=e Switches=d\nSwitchName=d Switches=c\nSwitchName=c Switches=b\n"
     "SwitchName=b Switches=a\nSwitchName=a Nodes=n1\n",
     ":5: a: more than 4 switches, one above the other"},
    {"SwitchName=a[1-2] Nodes=n[1-4]\n",
     ":1: \"a[1-2]\" is a list: a line is of one of them"},
    {"SwitchName=a \\\nNodes=n1\nSwitchName=b Nodes=n9\n", ":3: there is no node n9"},
    {"SwitchName=a Nodes=n1 \\", ":1: \"\\\" is not Key=value"},
    {"SwitchName=a Nodes=\"\"\n", ":1: \"Nodes\" is not Key=value"},
    {"BlockName=a Switches=b\n", ":1: a: a block has Nodes"},
    {"BlockName=a Nodes=n1\nBlockSizes=2,3\n",
     ":2: BlockSizes: \"3\" is not a power of two times the size before"},
    {"BlockName=a Nodes=n1\nBlockSizes=1,3\n",
     ":2: BlockSizes: \"3\" is not a power of two times the size before"},
    {"SwitchName=a Nodes=n1\nBlockSizes=1\n",
     ": BlockSizes is of blocks, not of switches"},
    {"BlockName=a Nodes=n1\nBlockSizes=0\n",
     ":2: BlockSizes: \"0\" is not a power of two times the size before"},
    {"SwitchName=a Nodes=n1\nBlockName=b Nodes=n2\n",
     ":2: switches and blocks in one file: it has either SwitchName= or BlockName="},
    {"BlockName=a Nodes=n1\n\nSwitchName=b Nodes=n2\n",
     ":3: switches and blocks in one file: it has either SwitchName= or BlockName="},
    {"SwitchName=a BlockName=a Nodes=n1\n",
     ":1: switches and blocks in one file: it has either SwitchName= or BlockName="},
    {"BlockSizes=1,2,4,8,16\n", ":1: BlockSizes: more than 4 sizes"},
};

#define NODES 4
#define NAME "topology.conf"

struct wired {
    struct node *nodes[NODES];
    struct wiring_levels levels;
    struct err err;
    int rc;
};

static void wire(struct wired *w, const char *text)
{
    *w = (struct wired){.rc = 0};
    for (size_t i = 0; i < NODES; i++) {
        w->nodes[i] = node_new();
        w->nodes[i]->name = xasprintf("n%zu", i + 1);
    }
    w->rc = wiring_read(text, strlen(text), NAME, w->nodes, NODES, &w->levels, &w->err);
}

static void wired_fini(struct wired *w)
{
    for (size_t i = 0; i < NODES; i++)
        node_free(w->nodes[i]);
}

static void say_node(const struct wired *w, const struct node *node, struct str *out)
{
    for (size_t i = 0; i < w->levels.labels.n; i++) {
        const char *value =
            labels_find(node->labels, node->n_labels, w->levels.labels.key[i]);

        if (value == NULL && i == 0)
            str_addc(out, '-');
        else if (value != NULL)
            str_addf(out, "%s%s", i > 0 ? "/" : "", value);
    }
}

START_TEST(test_good)
{
    struct wired w;
    STR_AUTO struct str out;

    str_init(&out, 4096);
    wire(&w, good[_i].text);
    ck_assert_msg(w.rc == 0, "%s", w.err.msg);
    ck_assert_int_eq(w.levels.kind, good[_i].kind);
    ck_assert_uint_eq(w.levels.labels.n, good[_i].levels);
    for (size_t i = 0; i < NODES; i++) {
        str_add(&out, i > 0 ? " " : "");
        say_node(&w, w.nodes[i], &out);
    }
    ck_assert_str_eq(out.s, good[_i].nodes);
    wired_fini(&w);
}
END_TEST

START_TEST(test_wrong)
{
    struct wired w;

    wire(&w, wrong[_i].text);
    ck_assert_int_eq(w.rc, -1);
    ck_assert_msg(str_starts(w.err.msg, NAME), "%s", w.err.msg);
    ck_assert_str_eq(w.err.msg + strlen(NAME), wrong[_i].said);
    for (size_t i = 0; i < NODES; i++)
        ck_assert_uint_eq(w.nodes[i]->n_labels, 0);
    wired_fini(&w);
}
END_TEST

int main(void)
{
    return suite_main("crds/wiring",
                      (struct suite_row[]){{test_good, ARRAY_LEN(good)},
                                           {test_wrong, ARRAY_LEN(wrong)},
                                           {NULL, 0}});
}

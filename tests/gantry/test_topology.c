/* gantry topology: what becomes of nodes n1 to n4, step by step. */
#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/suite.h"

#define ERROR "gantry topology: error: "
#define LEAVES "SwitchName=a Nodes=n[1-2]\nSwitchName=b Nodes=n[3-4]\n"
#define TREE LEAVES "SwitchName=top Switches=a,b\n"
#define SETTINGS(already, plugin, labels)                                          \
    "# " already " of 4 nodes had these labels already. gantry.yaml is to have:\n" \
    "topologyPlugin: " plugin "\ntopologyLabels: " labels "\n"
#define LEVEL1 "topology.gantry.dev/level-1"
#define LEVEL2 "topology.gantry.dev/level-2"

static const struct {
    const char *line, *in;
    int status;
    const char *out, *err;
} steps[] = {
    {"gantry topology --dry-run -", LEAVES, 0,
     "node/n1 configured (dry run)\nnode/n2 configured (dry run)\n"
     "node/n3 configured (dry run)\nnode/n4 configured (dry run)\n" //
     SETTINGS("0", "tree", LEVEL1),
     ""},
    {"gantry topology -", LEAVES, 0,
     "node/n1 configured\nnode/n2 configured\nnode/n3 configured\nnode/n4 "
     "configured\n" SETTINGS("0", "tree", LEVEL1),
     ""},
    {"gantry topology -", LEAVES, 0, SETTINGS("4", "tree", LEVEL1), ""},
    {"gantry topology -", "SwitchName=a Nodes=n[1-3]\n", 0,
     "node/n3 configured\nnode/n4 configured\n" SETTINGS("2", "tree", LEVEL1),
     "gantry topology: 1 of 4 nodes are not in the file\n"},
    {"gantry topology -", TREE, 0,
     "node/n1 configured\nnode/n2 configured\nnode/n3 configured\nnode/n4 "
     "configured\n" SETTINGS("0", "tree", LEVEL1 "," LEVEL2),
     ""},
    {"gantry topology -", "BlockName=a Nodes=n[1-2]\nBlockName=b Nodes=n[3-4]\n", 0,
     "node/n1 configured\nnode/n2 configured\nnode/n3 configured\nnode/n4 "
     "configured\n" SETTINGS("0", "block", LEVEL1),
     ""},
    {"gantry topology -", "SwitchName=a Nodes=n[1-5]\n", 1, "",
     ERROR "standard input:1: there is no node n5\n"},
    {"gantry topology /nowhere", "", 1, "", ERROR "/nowhere: no such file\n"},
    {"gantry topology", "", 1, "", ERROR "it takes one file, a topology.conf\n"},
    {"gantry topology a b", "", 1, "", ERROR "it takes one file, a topology.conf\n"},
    {"gantry topology --help", "", 0, "Usage: gantry topology*", ""},
};

START_TEST(test_steps)
{
    struct clitest *t = clitest_new();

    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        t->in = steps[i].in;
        clitest_expect(t, steps[i].line, steps[i].status, steps[i].out, steps[i].err);
    }
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/topology",
                      (struct suite_row[]){{test_steps, 1}, {NULL, 0}});
}

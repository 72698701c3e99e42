/* What the controller writes for people is what commands read. */
#include "crds/published.h"

#include <string.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "tests/support/suite.h"

static struct sched_config config_of(const char *licenses, enum topology_kind kind,
                                     const char *labels, const char *sizes)
{
    struct sched_config config = sched_config_default();

    ck_assert_int_eq(license_table_parse(licenses, &config.licenses, NULL), 0);
    ck_assert_int_eq(topology_labels_parse(labels, &config.topology_labels, NULL), 0);
    ck_assert_int_eq(block_sizes_parse(sizes, &config.block_sizes, NULL), 0);
    config.topology_kind = kind;
    return config;
}

START_TEST(test_round)
{
    const struct sched_config said =
        config_of("ansys:2,matlab:10", TOPOLOGY_BLOCK, "example.com/row,rack", "18,36");
    struct sched_config heard = sched_config_default();

    for (int map = 0; map < PUBLISHED_MAPS; map++) {
        JSON_AUTO struct json *data = published_data(map, &said);

        ck_assert(published_is_used(map, &said));
        ck_assert(!published_is_used(map, &heard));
        ck_assert_int_eq(published_read(map, data, &heard, NULL), 0);
    }
    ck_assert_mem_eq(&heard.licenses, &said.licenses, sizeof(said.licenses));
    ck_assert_int_eq(heard.topology_kind, TOPOLOGY_BLOCK);
    ck_assert(topology_labels_equal(&heard.topology_labels, &said.topology_labels));
    ck_assert(block_sizes_equal(&heard.block_sizes, &said.block_sizes));
}
END_TEST

static const struct {
    enum published map;
    const char *data, *wrong; /* NULL: nothing is, and it says nothing */
} texts[] = {
    {PUBLISHED_LICENSES, "{}", NULL},
    {PUBLISHED_TOPOLOGY, "{}", NULL},
    {PUBLISHED_TOPOLOGY, "{\"other\":\"x\"}", NULL},
    {PUBLISHED_TOPOLOGY, "{\"plugin\":\"torus\"}",
     "ConfigMap topology: \"torus\" is none of flat, tree, block"},
    {PUBLISHED_TOPOLOGY, "{\"plugin\":\"tree\",\"labels\":\"a,a\"}",
     "ConfigMap topology: a stands twice"},
    {PUBLISHED_TOPOLOGY, "{\"plugin\":\"block\",\"blockSizes\":\"18,54\"}",
     "ConfigMap topology: 54 is not 2, 4, 8, ... times the 18 before it"},
};

START_TEST(test_texts)
{
    const struct sched_config whole = sched_config_default();
    struct sched_config config = whole;
    struct err err = ERR_INIT;
    JSON_AUTO struct json *data =
        json_parse(texts[_i].data, strlen(texts[_i].data), NULL);
    const int rc = published_read(texts[_i].map, data, &config, &err);

    ck_assert_int_eq(rc, texts[_i].wrong ? -1 : 0);
    ck_assert_str_eq(err.msg, texts[_i].wrong ? texts[_i].wrong : "");
    ck_assert_mem_eq(&config, &whole, sizeof(config));
}
END_TEST

int main(void)
{
    return suite_main("crds/published", (struct suite_row[]){
                                            {test_round, 1},
                                            {test_texts, ARRAY_LEN(texts)},
                                            {NULL, 0},
                                        });
}

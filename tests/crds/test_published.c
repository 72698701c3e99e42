/* What the controller writes for people is what commands read. */
#include "crds/published.h"

#include <string.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "tests/support/suite.h"

static struct settings settings_of(const char *licenses, enum topology_kind kind,
                                   const char *labels, const char *sizes)
{
    struct settings settings = {0};

    settings_default(&settings);
    settings.max_array_size = 10001;
    snprintf(settings.time_zone, SETTING_TEXT_MAX, "Asia/Tokyo");
    snprintf(settings.gpu_resource, SETTING_TEXT_MAX, "amd.com/gpu");
    snprintf(settings.gpu_type_label, SETTING_TEXT_MAX, "example.com/gpu");
    ck_assert_int_eq(license_table_parse(licenses, &settings.sched.licenses, NULL), 0);
    ck_assert_int_eq(
        topology_labels_parse(labels, &settings.sched.topology_labels, NULL), 0);
    ck_assert_int_eq(block_sizes_parse(sizes, &settings.sched.block_sizes, NULL), 0);
    settings.sched.topology_kind = kind;
    return settings;
}

START_TEST(test_round)
{
    const struct settings said = settings_of("ansys:2,matlab:10", TOPOLOGY_BLOCK,
                                             "example.com/row,rack", "18,36");
    struct settings heard;

    settings_default(&heard);
    for (int map = 0; map < PUBLISHED_MAPS; map++) {
        JSON_AUTO struct json *data = published_data(map, &said);

        ck_assert(published_is_used(map, &said));
        ck_assert(!published_is_used(map, &heard));
        ck_assert_int_eq(published_read(map, data, &heard, NULL), 0);
    }
    ck_assert_mem_eq(&heard.sched.licenses, &said.sched.licenses,
                     sizeof(said.sched.licenses));
    ck_assert_int_eq(heard.max_array_size, 10001);
    ck_assert_str_eq(heard.time_zone, "Asia/Tokyo");
    ck_assert_str_eq(heard.gpu_resource, "amd.com/gpu");
    ck_assert_str_eq(heard.gpu_type_label, "example.com/gpu");
    ck_assert_int_eq(heard.sched.topology_kind, TOPOLOGY_BLOCK);
    ck_assert(topology_labels_equal(&heard.sched.topology_labels,
                                    &said.sched.topology_labels));
    ck_assert(block_sizes_equal(&heard.sched.block_sizes, &said.sched.block_sizes));
}
END_TEST

#define LONG_16 "amd.com/gpus-of-"
#define LONG_64 LONG_16 LONG_16 LONG_16 LONG_16
#define LONG LONG_64 LONG_64

static const struct {
    enum published map;
    const char *data, *wrong; /* NULL: nothing is, and it says nothing */
} texts[] = {
    {PUBLISHED_LICENSES, "{}", NULL},
    {PUBLISHED_ARRAYS, "{}", NULL},
    {PUBLISHED_ARRAYS, "{\"maxArraySize\":\"0\"}",
     "ConfigMap arrays: maxArraySize \"0\" is not 1 to 10001"},
    {PUBLISHED_ARRAYS, "{\"maxArraySize\":\"many\"}",
     "ConfigMap arrays: maxArraySize \"many\" is not 1 to 10001"},
    {PUBLISHED_TIMES, "{}", NULL},
    {PUBLISHED_TIMES, "{\"timeZone\":\"Mars\"}",
     "ConfigMap times: \"Mars\" is no time zone that this machine knows: right is one "
     "such as Europe/Berlin (package tzdata)"},
    {PUBLISHED_GPUS, "{}", NULL},
    {PUBLISHED_GPUS, "{\"resource\":\"" LONG "\"}",
     "ConfigMap gpus: a name has more than 127 characters"},
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
    struct settings whole = {0}, settings;
    struct err err = ERR_INIT;
    JSON_AUTO struct json *data =
        json_parse(texts[_i].data, strlen(texts[_i].data), NULL);
    settings_default(&whole);
    settings = whole;
    const int rc = published_read(texts[_i].map, data, &settings, &err);

    ck_assert_int_eq(rc, texts[_i].wrong ? -1 : 0);
    ck_assert_str_eq(err.msg, texts[_i].wrong ? texts[_i].wrong : "");
    ck_assert_mem_eq(&settings, &whole, sizeof(settings));
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

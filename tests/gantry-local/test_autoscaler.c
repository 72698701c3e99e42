/* Autoscalers of the first version and of the second: nothing is lost on the way. */
#include "cmd/gantry-local/autoscaler.h"

#include "base/util.h"
#include "tests/support/suite.h"

#define NOTE "autoscaling.alpha.kubernetes.io/"

static const struct {
    const char *what, *v2, *v1; /* spec and status of each, and metadata of v1 */
} both[] = {
    {"the CPU alone",
     "{'spec':{'maxReplicas':2,'metrics':[{'type':'Resource','resource':{'name':'cpu',"
     "'target':{'type':'Utilization','averageUtilization':5}}}]},'status':{"
     "'currentMetrics':null,'desiredReplicas':0}}",
     "{'spec':{'maxReplicas':2,'targetCPUUtilizationPercentage':5},'status':{"
     "'currentReplicas':0,'desiredReplicas':0}}"},
    {"a CPU's value, and a container's",
     "{'spec':{'metrics':[{'type':'Resource','resource':{'name':'cpu','target':{"
     "'type':'AverageValue','averageValue':'10m'}}},{'type':'ContainerResource',"
     "'containerResource':{'name':'cpu','container':'c','target':{'type':"
     "'Utilization','averageUtilization':7}}}]}}",
     "{'spec':{},'metadata':{'annotations':{'" NOTE "metrics':"
     "'[{`type`:`Resource`,`resource`:{`name`:`cpu`,`targetAverageValue`:`10m`}},"
     "{`type`:`ContainerResource`,`containerResource`:{`name`:`cpu`,"
     "`targetAverageUtilization`:7,`container`:`c`}}]'}}}"},
    {"all other types",
     "{'spec':{'metrics':[{'type':'Pods','pods':{'metric':{'name':'m','selector':{"
     "'matchLabels':{'a':'b'}}},'target':{'type':'AverageValue','averageValue':'1'}}},"
     "{'type':'Object','object':{'describedObject':{'kind':'K','name':'n'},'metric':{"
     "'name':'m'},'target':{'type':'Value','value':'2'}}},{'type':'External',"
     "'external':{'metric':{'name':'m'},'target':{'type':'AverageValue',"
     "'averageValue':'3'}}}]}}",
     "{'spec':{},'metadata':{'annotations':{'" NOTE "metrics':"
     "'[{`type`:`Pods`,`pods`:{`metricName`:`m`,`targetAverageValue`:`1`,`selector`:{"
     "`matchLabels`:{`a`:`b`}}}},{`type`:`Object`,`object`:{`target`:{`kind`:`K`,"
     "`name`:`n`},`metricName`:`m`,`targetValue`:`2`}},{`type`:`External`,`external`:{"
     "`metricName`:`m`,`targetAverageValue`:`3`}}]'}}}"},
    {"how fast",
     "{'spec':{'behavior':{'scaleUp':{'selectPolicy':'Min','policies':[{'type':'Pods',"
     "'value':1,'periodSeconds':2}]}}}}",
     "{'spec':{},'metadata':{'annotations':{'" NOTE "behavior':"
     "'{`ScaleUp`:{`StabilizationWindowSeconds`:null,`SelectPolicy`:`Min`,`Policies`:[{"
     "`Type`:`Pods`,`Value`:1,`PeriodSeconds`:2}],`Tolerance`:null},`ScaleDown`:null}'"
     "}}}"},
    {"what was measured",
     "{'status':{'currentReplicas':3,'currentMetrics':[{'type':'Resource','resource':{"
     "'name':'cpu','current':{'averageUtilization':9}}},{'type':'Pods','pods':{"
     "'metric':{'name':'m'},'current':{'averageValue':'4'}}}],'conditions':[{'type':"
     "'T','status':'True','reason':'R'}]}}",
     "{'status':{'currentReplicas':3,'currentCPUUtilizationPercentage':9},'metadata':{"
     "'annotations':{'" NOTE "current-metrics':'[{`type`:`Resource`,`resource`:{"
     "`name`:`cpu`,`currentAverageUtilization`:9}},{`type`:`Pods`,`pods`:{"
     "`metricName`:`m`,`currentAverageValue`:`4`}}]','" NOTE "conditions':'[{`type`:"
     "`T`,`status`:`True`,`lastTransitionTime`:null,`reason`:`R`}]'}}}"},
};

/* Of a template: `" for a quote in a text. */
static struct json *object(const char *text, const char *api_version)
{
    AUTO_FREE char *copy = xstrdup(text);
    struct json *out = json_build(copy);
    struct json *notes = json_at(out, "metadata.annotations");
    JSON_AUTO struct json *old = notes ? json_copy(notes) : json_new_object();
    for (json_each (it, old)) {
        AUTO_FREE char *note = xstrdup(json_string(it.val));
        for (char *p = note; *p; p++)
            *p = *p == '`' ? '"' : *p;
        json_set(notes, it.key, json_new_string(note));
    }
    if (!json_get(out, "metadata"))
        json_set(out, "metadata", json_new_object());
    json_set(out, "apiVersion", json_new_string(api_version));
    return out;
}

static void expect(const struct json *is, const struct json *wanted, const char *what)
{
    AUTO_FREE char *a = json_text(is, NULL), *b = json_text(wanted, NULL);
    ck_assert_msg(json_equal(is, wanted), "%s: %s, not %s", what, a, b);
}

START_TEST(test_both)
{
    JSON_AUTO struct json *v2 = object(both[_i].v2, "autoscaling/v2");
    JSON_AUTO struct json *v1 = object(both[_i].v1, "autoscaling/v1");
    JSON_AUTO struct json *hpa = json_copy(v2);
    autoscaler_from_v2(hpa);
    expect(hpa, v1, both[_i].what);
    autoscaler_to_v2(hpa);
    expect(hpa, v2, both[_i].what);
}
END_TEST

/* Annotations are anybody's text. */
static const char *const texts[] = {
    "",
    "x",
    "{",
    "null",
    "1",
    "`x`",
    "{`type`:`Resource`}",
    "[1,null,`x`,[]]",
    "[{`type`:1},{`type`:`Resource`},{`type`:`Resource`,`resource`:1}]",
    "[{`type`:`Resource`,`resource`:{`name`:1,`targetAverageUtilization`:`x`}}]",
    "[{`type`:`Resource`,`resource`:{`name`:1,`currentAverageUtilization`:{}}}]",
    "{`ScaleUp`:1,`ScaleDown`:{`Policies`:[1,{`Value`:`x`}],`SelectPolicy`:[]}}",
    "[{`type`:1,`status`:{},`lastTransitionTime`:7}]",
};

START_TEST(test_foreign_text)
{
    static const char *const names[] = {"metrics", "behavior", "current-metrics",
                                        "conditions"};
    JSON_AUTO struct json *notes = json_new_object();
    AUTO_FREE char *text = xstrdup(texts[_i]);
    for (char *p = text; *p; p++)
        *p = *p == '`' ? '"' : *p;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        AUTO_FREE char *key = xasprintf(NOTE "%s", names[i]);
        json_set(notes, key, json_new_string(text));
    }
    JSON_AUTO struct json *hpa =
        json_build("{'metadata':{'annotations':%j},'spec':{},'status':{}}", notes);
    autoscaler_to_v2(hpa);
    ck_assert(!json_at(hpa, "metadata.annotations"));
    const struct json *metrics = json_at(hpa, "spec.metrics");
    for (size_t i = 0; i < json_len(metrics); i++)
        ck_assert(
            !json_at(json_item(metrics, i), "resource.target.averageUtilization"));
    const struct json *measured = json_at(hpa, "status.currentMetrics");
    ck_assert(json_is(measured, JSON_NULL) || json_len(measured) > 0);
    autoscaler_from_v2(hpa);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/autoscaler",
                      (struct suite_row[]){{test_both, ARRAY_LEN(both)},
                                           {test_foreign_text, ARRAY_LEN(texts)},
                                           {NULL, 0}});
}

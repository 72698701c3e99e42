/* Reservations from object to decision: status, the jobs in them and those around them,
 * also over the death of a controller. */
#include "cmd/gantry-controller/resvwrite.h"

#include <stdlib.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define RESERVATIONS "/apis/gantry.dev/v1alpha1/reservations"

static void reserve(struct ctltest *t, const char *name, const char *spec)
{
    ctltest_make(t, "Reservation", name, spec);
    ctltest_settle(t);
}

static void expect(struct ctltest *t, const char *name, const char *parts)
{
    AUTO_FREE char *path = xasprintf(RESERVATIONS "/%s", name);

    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    apitest_expect(t->api, name, parts);
}

/* Named nodes: shut to others before, open to its own jobs at its time, over then. */
START_TEST(test_named)
{
    struct ctltest *t = ctltest_new();

    reserve(
        t, "course",
        "'startTime':'now+1hours','duration':'60','nodes':'n[1-4]','users':['ann']");
    expect(t, "course",
           "status.state=INACTIVE|status.nodes=n[1-4]|status.nodeCount=4|"
           "status.startTime=2027-01-15T09:00:00Z|status.endTime=2027-01-15T10:00:00Z");
    ctltest_submit(t, "in", "'user':'ann','reservation':'course','timeLimit':'30'");
    ctltest_submit(t, "long", "'timeLimit':'2:00:00'");
    ctltest_submit(t, "short", "'timeLimit':'10'");
    ctltest_submit(t, "lost", "'reservation':'other'");
    ctltest_settle(t);
    ctltest_expect(t, "in",
                   "status.state=PENDING|status.reason=Reservation|"
                   "status.plannedStartTime=2027-01-15T09:00:00Z");
    ctltest_expect(t, "long", "status.state=PENDING|status.reason=ReqNodeNotAvail");
    ctltest_expect(t, "short", "status.state=RUNNING");
    ctltest_expect(t, "lost", "status.state=PENDING|status.reason=ReservationDeleted");
    ctltest_advance(t, 3605);
    expect(t, "course", "status.state=ACTIVE|status.message=");
    ctltest_expect(t, "in", "status.state=RUNNING");
    ctltest_advance(t, 3600);
    expect(t, "course", "status.state=INACTIVE|status.startTime!");
    ctltest_free(t);
}
END_TEST

/* What began at 09:00 in summer does so in winter. People are told of the zone. */
START_TEST(test_zone)
{
    static const char *const map = "/api/v1/namespaces/gantry-system/configmaps/times";
    struct ctltest *t = ctltest_new();

    ctltest_kill(t);
    snprintf(t->settings.time_zone, SETTING_TEXT_MAX, "Europe/Berlin");
    ctltest_start(t);
    ctltest_settle(t);
    reserve(t, "course",
            "'startTime':'2026-07-01T07:00:00Z','duration':'60','nodes':'n1','users':"
            "['ann'],'flags':['DAILY']");
    expect(t, "course",
           "status.state=ACTIVE|status.startTime=2027-01-15T08:00:00Z|"
           "status.endTime=2027-01-15T09:00:00Z");
    ck_assert_int_eq(apitest_request(t->api, "GET", map, NULL), 200);
    apitest_expect(t->api, "times", "data.timeZone=Europe/Berlin");
    ctltest_free(t);
}
END_TEST

/* It is an hour ahead, whenever that is: longer jobs do not begin on its nodes, and no
 * job is in it. Its status says no time. */
START_TEST(test_floating)
{
    struct ctltest *t = ctltest_new();

    reserve(
        t, "drain",
        "'startTime':'now+1hours','duration':'100','nodes':'n[1-4]','users':['ann'],"
        "'flags':['TIME_FLOAT']");
    for (int i = 0; i < 2; i++) {
        AUTO_FREE char *name = xasprintf("short%d", i);

        expect(t, "drain",
               "status.state=INACTIVE|status.nodes=n[1-4]|status.startTime!|"
               "status.endTime!|status.message=");
        ctltest_submit(t, name, "'timeLimit':'60'");
        ctltest_settle(t);
        ctltest_expect(t, name, "status.state=RUNNING");
        ctltest_advance(t, 7200);
    }
    ctltest_submit(t, "long", "'timeLimit':'61'");
    ctltest_submit(t, "in", "'user':'ann','reservation':'drain','timeLimit':'30'");
    ctltest_settle(t);
    ctltest_expect(t, "long",
                   "status.state=PENDING|status.reason=ReqNodeNotAvail|"
                   "status.plannedStartTime!");
    ctltest_expect(t, "in", "status.state=PENDING|status.reason=Reservation");
    ctltest_free(t);
}
END_TEST

/* Licences are kept for its jobs; more than there are cannot be. */
START_TEST(test_licenses)
{
    struct ctltest *t = ctltest_new();
    struct err err = ERR_INIT;

    ck_assert_int_eq(license_table_parse("matlab:3", &t->settings.sched.licenses, &err),
                     0);
    controller_configure(t->ctl, &t->settings);
    reserve(t, "course",
            "'duration':'60','users':['ann'],'nodes':'n4','licenses':'matlab:2'");
    reserve(t, "many",
            "'duration':'60','users':['ann'],'flags':['ANY_NODES'],'startTime':"
            "'now+2hours','licenses':'matlab:4'");
    expect(t, "course", "status.state=ACTIVE|status.message=");
    expect(t, "many",
           "status.state=INACTIVE|status.message=keeps 4 of licence matlab; there are "
           "3");
    ctltest_submit(t, "out", "'licenses':'matlab:2','timeLimit':'10'");
    ctltest_submit(t, "in",
                   "'licenses':'matlab:2','timeLimit':'10','user':'ann','reservation':"
                   "'course'");
    ctltest_settle(t);
    ctltest_expect(t, "in", "status.state=RUNNING|status.nodeList=n4");
    ctltest_expect(t, "out", "status.state=PENDING|status.reason=Licenses");
    ctltest_free(t);
}
END_TEST

/* Of several licences the one that is free; status keeps which that is. */
START_TEST(test_licenses_any)
{
    struct ctltest *t = ctltest_new();

    ck_assert_int_eq(
        license_table_parse("matlab:1,octave:1", &t->settings.sched.licenses, NULL), 0);
    controller_configure(t->ctl, &t->settings);
    ctltest_submit(t, "a", "'licenses':'matlab|octave','timeLimit':'10'");
    ctltest_settle(t);
    ctltest_submit(t, "b", "'licenses':'matlab|octave','timeLimit':'20'");
    ctltest_settle(t);
    ctltest_submit(t, "c", "'licenses':'octave|matlab','timeLimit':'10'");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.license=matlab");
    ctltest_expect(t, "b", "status.state=RUNNING|status.license=octave");
    ctltest_expect(t, "c",
                   "status.reason=Licenses|status.license!|"
                   "status.pending.plannedLicense=matlab");
    ctltest_restart(t);
    ctltest_expect(t, "c", "status.pending.plannedLicense=matlab");
    ctltest_end(t, "b", 0, 0);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "c", "status.state=RUNNING|status.license=octave");
    ctltest_free(t);
}
END_TEST

/* What is said of licences is true of the settings in force. */
START_TEST(test_licenses_change)
{
    static const struct {
        const char *table, *message;
    } steps[] = {{"", "keeps 4 of licence matlab; there are 0"},
                 {"matlab:3", "keeps 4 of licence matlab; there are 3"},
                 {"matlab:4", ""},
                 {"fluent:4", "keeps 4 of licence matlab; there are 0"}};
    struct ctltest *t = ctltest_new();

    reserve(t, "many",
            "'duration':'60','users':['ann'],'nodes':'n4','licenses':"
            "'matlab:4'");
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        AUTO_FREE char *says = xasprintf("status.message=%s", steps[i].message);

        ck_assert_int_eq(
            license_table_parse(steps[i].table, &t->settings.sched.licenses, NULL), 0);
        controller_configure(t->ctl, &t->settings);
        ctltest_settle(t);
        expect(t, "many", says);
    }
    ctltest_free(t);
}
END_TEST

/* Of several the one that lets it begin first; status keeps which that is. */
START_TEST(test_several)
{
    struct ctltest *t = ctltest_new();

    reserve(t, "late",
            "'startTime':'now+2hours','duration':'60','nodes':'n1','users':['ann']");
    reserve(t, "early",
            "'startTime':'now+1hours','duration':'60','nodes':'n2','users':['ann']");
    ctltest_submit(t, "in",
                   "'user':'ann','reservation':'late,early','timeLimit':'2:00:00'");
    ctltest_settle(t);
    ctltest_expect(t, "in",
                   "status.state=PENDING|status.reason=Reservation|"
                   "status.message~reservation early begins|status.reservation!|"
                   "status.plannedStartTime~2027-01-15T09:0|"
                   "status.pending.plannedReservation=early");
    ctltest_restart(t);
    ctltest_expect(t, "in", "status.pending.plannedReservation=early");
    ctltest_advance(t, 3665);
    ctltest_expect(t, "in",
                   "status.state=RUNNING|status.reservation=early|status.nodeList=n2");
    ctltest_restart(t);
    /* It is over with the one that it is in. */
    ctltest_advance(t, 3600);
    ctltest_reap(t);
    ctltest_advance(t, 60);
    ctltest_expect(t, "in", "status.state=TIMEOUT|status.reservation=early");
    ctltest_free(t);
}
END_TEST

/* One that draws jobs in has those that ask for none; status keeps which that is. */
START_TEST(test_magnetic)
{
    struct ctltest *t = ctltest_new();

    reserve(t, "lab",
            "'startTime':'now','duration':'60','nodes':'n2','users':['ann'],"
            "'flags':['MAGNETIC']");
    ctltest_submit(t, "in", "'user':'ann','timeLimit':'30','exclusive':true");
    ctltest_submit(t, "out", "'user':'bob','timeLimit':'30'");
    ctltest_settle(t);
    ctltest_expect(t, "in",
                   "status.state=RUNNING|status.reservation=lab|status.nodeList=n2");
    ctltest_expect(t, "out",
                   "status.state=RUNNING|status.reservation!|status.nodeList=n1");
    ctltest_submit(t, "next", "'user':'ann','timeLimit':'10','nodeList':'n2'");
    ctltest_settle(t);
    ctltest_expect(t, "next",
                   "status.state=PENDING|status.reservation!|"
                   "status.pending.plannedReservation=lab");
    ctltest_restart(t);
    ctltest_expect(t, "in", "status.state=RUNNING|status.reservation=lab");
    ctltest_expect(t, "next", "status.pending.plannedReservation=lab");
    /* It goes, but for whom it holds. */
    ck_assert_int_eq(apitest_request(t->api, "DELETE", RESERVATIONS "/lab", NULL), 200);
    ctltest_settle(t);
    ctltest_expect(t, "next", "status.pending.plannedReservation!");
    ctltest_expect(t, "in", "status.state=RUNNING|status.reservation=lab");
    ctltest_end(t, "in", 0, 0);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "next",
                   "status.state=RUNNING|status.reservation!|status.nodeList=n2");
    ctltest_free(t);
}
END_TEST

/* Chosen ones are kept in status, and found there by the next controller. */
START_TEST(test_chosen)
{
    struct ctltest *t = ctltest_new();

    ctltest_submit(t, "busy", "'nodeList':'n1'");
    ctltest_settle(t);
    reserve(t, "two",
            "'accounts':['-x'],'startTime':'now+1hours','duration':'60','nodeCount':2");
    expect(t, "two", "status.nodes=n[2-3]|status.nodeCount=2|status.message=");
    ctltest_restart(t);
    expect(t, "two", "status.nodes=n[2-3]");
    ctltest_submit(t, "in", "'reservation':'two','timeLimit':'30','nodes':2");
    ctltest_settle(t);
    ctltest_expect(t, "in", "status.pending.plannedNodes=n[2-3]");
    reserve(t, "many",
            "'accounts':['-x'],'startTime':'now+1hours','duration':'60','nodeCount':2");
    expect(t, "many",
           "status.nodes=|status.message=there are not enough nodes that are up and "
           "free at its time");
    ctltest_free(t);
}
END_TEST

/* What cannot be says so, in its status; once mended it acts. */
START_TEST(test_wrong)
{
    struct ctltest *t = ctltest_new();

    reserve(t, "odd",
            "'accounts':['-x'],'duration':'60','nodes':'n[4-5]','partition':'main'");
    expect(
        t, "odd",
        "status.state=ACTIVE|status.nodes=n4|status.message=nodes that do not exist: "
        "n5");
    reserve(t, "bad", "'accounts':['-x'],'nodes':'n3'");
    expect(
        t, "bad",
        "status.state=INVALID|status.message=spec.endTime: a reservation has this or "
        "spec.duration");
    ctltest_patch(t, RESERVATIONS "/bad", "{'spec':{'duration':'60'}}");
    ctltest_settle(t);
    expect(t, "bad", "status.state=ACTIVE|status.nodes=n3|status.message=");
    reserve(t, "past",
            "'accounts':['-x'],'startTime':'2020-01-01T00:00:00Z','duration':'60','"
            "nodes':'n3'");
    expect(t, "past",
           "status.state=INVALID|status.message=spec.startTime: the reservation was "
           "over when it was made");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", RESERVATIONS "/bad", NULL), 200);
    ctltest_settle(t);
    ctltest_submit(t, "a", "'nodeList':'n3'");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* Status follows nodes that come, go and are labelled, and partitions. */
START_TEST(test_cluster_changes)
{
    struct ctltest *t = ctltest_new();

    reserve(t, "all", "'accounts':['-x'],'duration':'60','nodes':'ALL'");
    reserve(t, "side",
            "'accounts':['-x'],'duration':'60','partition':'side','flags':['OVERLAP']");
    reserve(t, "three",
            "'accounts':['-x'],'duration':'60','nodes':'n[3-4]','flags':['OVERLAP']");
    expect(t, "all", "status.nodes=n[1-4]|status.nodeCount=4");
    expect(t, "side", "status.nodes=|status.message=partition side does not exist");
    ctltest_make(t, "Partition", "side",
                 "'nodeSelector':{'matchLabels':{'side':'yes'}}");
    ctltest_settle(t);
    expect(t, "side", "status.nodes=|status.message=");
    ctltest_patch(t, "/api/v1/nodes/n2", "{'metadata':{'labels':{'side':'yes'}}}");
    ctltest_settle(t);
    expect(t, "side", "status.nodes=n2|status.nodeCount=1");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", "/api/v1/nodes/n4", NULL), 200);
    ctltest_advance(t, 1);
    expect(t, "all", "status.nodes=n[1-3]|status.nodeCount=3");
    expect(t, "three", "status.nodes=n3|status.message=nodes that do not exist: n4");
    ctltest_free(t);
}
END_TEST

static bool is_there(struct ctltest *t, const char *name)
{
    AUTO_FREE char *path = xasprintf(RESERVATIONS "/%s", name);

    return apitest_request(t->api, "GET", path, NULL) == 200;
}

/* One that nobody needs for five minutes goes; a job that waits for it needs it. */
START_TEST(test_purge)
{
    struct ctltest *t = ctltest_new();

    reserve(t, "idle",
            "'accounts':['-x'],'startTime':'now+10minutes','duration':'1-0','nodes':"
            "'n1','purgeComp':'5'");
    reserve(t, "used",
            "'accounts':['-x'],'duration':'1-0','nodes':'n2','purgeComp':'5'");
    reserve(t, "stays", "'accounts':['-x'],'duration':'1-0','nodes':'n3'");
    ctltest_submit(t, "in", "'reservation':'used','exclusive':true");
    ctltest_settle(t);
    ctltest_submit(t, "next", "'reservation':'used','exclusive':true");
    ctltest_advance(t, 600 + 290);
    ck_assert(is_there(t, "idle"));
    ctltest_advance(t, 20);
    ck_assert(!is_there(t, "idle"));
    ctltest_end(t, "in", 0, 0);
    ctltest_advance(t, 400);
    ck_assert(is_there(t, "used"));
    ctltest_end(t, "next", 0, 0);
    ctltest_advance(t, 290);
    ck_assert(is_there(t, "used"));
    ctltest_advance(t, 20);
    ck_assert(!is_there(t, "used"));
    ck_assert(is_there(t, "stays"));
    ctltest_free(t);
}
END_TEST

/* Nor does one stay that is used until it is over, but for one that does not say so. */
START_TEST(test_purge_over)
{
    struct ctltest *t = ctltest_new();

    reserve(t, "used",
            "'accounts':['-x'],'duration':'60','nodes':'n1','purgeComp':'5'");
    reserve(t, "stays", "'accounts':['-x'],'duration':'60','nodes':'n3'");
    ctltest_submit(t, "in", "'reservation':'used','exclusive':true");
    ctltest_advance(t, 3600 - 20);
    ck_assert(is_there(t, "used"));
    ctltest_end(t, "in", 0, 0);
    ctltest_advance(t, 100);
    ck_assert(is_there(t, "used"));
    ctltest_advance(t, 300);
    ck_assert(!is_there(t, "used"));
    ck_assert(is_there(t, "stays"));
    ctltest_free(t);
}
END_TEST

/* Two that have a node at the same time say so, unless one may share it. */
START_TEST(test_clash)
{
    struct ctltest *t = ctltest_new();

    reserve(t, "a", "'accounts':['-x'],'duration':'60','nodes':'n[1-2]'");
    reserve(t, "b",
            "'accounts':['-x'],'startTime':'now+30minutes','duration':'60','nodes':"
            "'n[2-3]'");
    reserve(t, "c",
            "'accounts':['-x'],'startTime':'now+2hours','duration':'60','nodes':'n2'");
    expect(t, "b",
           "status.nodes=n[2-3]|status.message=overlaps with reservation a: neither "
           "has the flag OVERLAP or MAINT");
    ctltest_advance(t, 5);
    expect(t, "a", "status.message~overlaps with reservation b");
    expect(t, "c", "status.message=");
    ctltest_patch(t, RESERVATIONS "/b", "{'spec':{'flags':['MAINT']}}");
    ctltest_advance(t, 5);
    expect(t, "a", "status.message=");
    expect(t, "b", "status.message=");
    ctltest_free(t);
}
END_TEST

/* Status has room for a part of them. */
START_TEST(test_many_missing)
{
    struct ctltest *t = ctltest_new();
    STR_AUTO struct str nodes;

    str_init(&nodes, 64u << 10);
    for (int i = 0; i < 1000; i++)
        str_addf(&nodes, "%sgone%d-x", i > 0 ? "," : "", i * 2);
    AUTO_FREE char *spec =
        xasprintf("'accounts':['-x'],'duration':'60','nodes':'n4,%s'", nodes.s);
    reserve(t, "odd", spec);
    expect(t, "odd",
           "status.state=ACTIVE|status.nodes=n4|status.message~nodes that do not "
           "exist: gone");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/reservations",
                      (struct suite_row[]){{test_named, 1},
                                           {test_floating, 1},
                                           {test_zone, 1},
                                           {test_licenses, 1},
                                           {test_licenses_any, 1},
                                           {test_licenses_change, 1},
                                           {test_several, 1},
                                           {test_magnetic, 1},
                                           {test_chosen, 1},
                                           {test_wrong, 1},
                                           {test_cluster_changes, 1},
                                           {test_purge, 1},
                                           {test_purge_over, 1},
                                           {test_clash, 1},
                                           {test_many_missing, 1},
                                           {NULL, 0}});
}

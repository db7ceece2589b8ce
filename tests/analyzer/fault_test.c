/* What the analyzer finds by itself, case by case with near misses; and that it ends on hostile sources. */
#include "analyzer/fault.h"
#include "grammars/module.h"
#include "stage.h"

static const struct view beside[] = {{"there_beside", 12}};

static void stage_scan(struct stage *stage, const char *language, const char *text, bool is_project)
{
    struct error err = {0};
    struct module_list modules = {beside, 1, is_project};
    stage_run_whole(stage, language, text);
    if (!fault_scan(&stage->arena, &stage->syntax, &stage->names, &modules, &stage->findings, &err))
        fail_msg("%s", err.message);
}

static void faults_are_found_and_near_misses_are_not(void **state)
{
    (void)state;
    static const struct {
        const char *language, *id, *source;
    } cases[] = {
#define FAULT_CASE(language, id, source) {language, id, source},
#include "fault_cases.def"
#undef FAULT_CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_STAGE struct stage stage;
        stage_scan(&stage, cases[i].language, cases[i].source, false);
        uint32_t expected = cases[i].id[0] ? 1 : 0, count = stage.findings.count;
        bool is_right = expected ? count > 0 : count == 0;
        for (uint32_t k = 0; k < count; k++)
            is_right &= view_ends_with(stage.findings.items[k].rule_id, view_of_cstr(cases[i].id));
        struct view found = count ? stage.findings.items[0].rule_id : (struct view){0};
        if (!is_right)
            fail_msg("wanted '%s', found '%.*s' in\n%s", cases[i].id, VIEW_ARGS(found), cases[i].source);
    }
}

static void messages_name_what_is_meant(void **state)
{
    (void)state;
    static const struct {
        const char *language, *source, *part;
    } cases[] = {
        {"python", "import os\nos.listdirs('.')\n", "did you mean listdir?"},
        {"python", "import urllib2\n", "did you mean urllib.request?"},
        {"python", "import reqeusts\n", "package requests"},
        {"javascript", "const fs = require('fs')\nfs.readFileSynk('x')\n", "did you mean readFileSync?"},
        {"python", "import re\nre.match('x(a+)+y', s)\n", "fit (a+)+ in many ways"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_STAGE struct stage stage;
        stage_scan(&stage, cases[i].language, cases[i].source, false);
        assert_true(stage.findings.count > 0);
        if (view_find(stage.findings.items[0].message, view_of_cstr(cases[i].part)) == SIZE_MAX)
            fail_msg("%.*s", VIEW_ARGS(stage.findings.items[0].message));
    }
}

static void a_project_may_have_more_installed(void **state)
{
    (void)state;
    AUTO_STAGE struct stage stage;
    stage_scan(&stage, "python", "import made_up_thing, numpy, reqeusts\n", true);
    assert_int_equal(stage.findings.count, 2);
    assert_int_equal(stage.findings.items[0].severity, SEVERITY_WARNING);
    assert_int_equal(stage.findings.items[1].severity, SEVERITY_ERROR);
}

/* Every fault is known by its id, and no two have the same. */
static void facts_are_found_by_id(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < fault_facts_count(); i++)
        assert_ptr_equal(fault_facts_find(view_of_cstr(fault_facts_at(i)->id)), fault_facts_at(i));
    assert_null(fault_facts_find(VIEW("python.fault.none")));
}

/* The files are searched by halves: what is last and first in them must be found. */
static void module_facts_are_in_order(void **state)
{
    (void)state;
    static const char *const python[] = {"__future__", "os", "os.path", "zoneinfo", "xml.etree.ElementTree"};
    static const char *const javascript[] = {"assert", "fs", "fs/promises", "global:Math", "zlib"};
    for (size_t i = 0; i < 5; i++) {
        assert_true(module_is_own(FAMILY_PYTHON, view_of_cstr(python[i])));
        assert_true(module_is_own(FAMILY_JAVASCRIPT, view_of_cstr(javascript[i])));
    }
    assert_int_equal(module_has(FAMILY_PYTHON, VIEW("math"), VIEW("tau")), MODULE_NAME_THERE);
    assert_int_equal(module_has(FAMILY_PYTHON, VIEW("math"), VIEW("root")), MODULE_NAME_MISSING);
    assert_int_equal(module_has(FAMILY_PYTHON, VIEW("none"), VIEW("root")), MODULE_NAME_UNKNOWN);
    assert_true(package_is_known(FAMILY_PYTHON, VIEW("yaml")));
    assert_true(package_is_known(FAMILY_JAVASCRIPT, VIEW("@babel/anything")));
    assert_false(package_is_known(FAMILY_PYTHON, VIEW("")));
}

static void hostile_sources_end(void **state)
{
    (void)state;
    static const char *const pieces[] = {"while x < y:\n pass\n",
                                         "def f(): return f()\n",
                                         "x = 9**9**9\n",
                                         "import qzq\n",
                                         "x.y.z.w\n",
                                         "import re;re.match('(a{9}){9}', x)\n"};
    enum { BYTES = 60000 };
    static char text[BYTES + 100];
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        AUTO_STAGE struct stage stage;
        size_t used = 0;
        while (used < BYTES) used += (size_t)snprintf(text + used, sizeof text - used, "%s", pieces[i]);
        stage_scan(&stage, "python", text, false);
        assert_true(stage.findings.count < 200);
    }
    /* functions in a chain, each taken out of the set in a round of its own */
    size_t used = 0;
    for (int i = 0; used < BYTES; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "def f%d(): return f%d()\n", i, i + 1);
    AUTO_STAGE struct stage stage;
    stage_scan(&stage, "python", text, false);
    assert_int_equal(stage.findings.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_found_and_near_misses_are_not),
        cmocka_unit_test(messages_name_what_is_meant),
        cmocka_unit_test(a_project_may_have_more_installed),
        cmocka_unit_test(facts_are_found_by_id),
        cmocka_unit_test(module_facts_are_in_order),
        cmocka_unit_test(hostile_sources_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tool_sqlite.c - a tool that asks an SQLite database, which it cannot change. The statement is hostile: it
 * is one, reads the database's own tables alone (no other file, no pragma, no extension), and is held to
 * rows, bytes, memory and time. */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <strings.h>

#include "base/io.h"
#include "base/json.h"
#include "gateway/sqlite_function.h"
#include "gateway/sqlite_library.h"
#include "gateway/tool.h"

enum {
    STEPS_BETWEEN_LOOKS = 200,    /* of SQLite's machine: microseconds, or a function each */
    MEMORY_MAX_BYTES = 128 << 20, /* of all that SQLite holds in this process beyond what it held before */
};

const char tool_sqlite_parameters[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"sql\":{\"type\":\"string\",\"maxLength\":65536,\"description\":\"one SELECT statement in SQLite's "
    "dialect\"},"
    "\"values\":{\"description\":\"for ? in order, or for :name by name\",\"anyOf\":["
    "{\"type\":\"array\",\"maxItems\":100,\"items\":{\"type\":[\"string\",\"number\",\"boolean\",\"null\"]}},"
    "{\"type\":\"object\",\"maxProperties\":100,\"additionalProperties\":{\"type\":[\"string\",\"number\","
    "\"boolean\",\"null\"]}}]}},\"required\":[\"sql\"],\"additionalProperties\":false}";

const char tool_sqlite_result[] = "{\"type\":\"object\",\"properties\":{"
                                  "\"columns\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
                                  "\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"array\"}},"
                                  "\"truncated\":{\"type\":\"boolean\"}},\"description\":\"columns, rows "
                                  "(lists of values), truncated: there were "
                                  "more rows\"}";

/* One question. */
struct question {
    const struct sqlite_library *sqlite;
    struct tool_call *call;
    sqlite3 *database;
    sqlite3_int64 memory_before;
    struct sqlite_functions functions;
    const char *stopped; /* why it was stopped; NULL: it was not */
};

static int authorize(void *context, int action, const char *first, const char *second, const char *database,
                     const char *trigger)
{
    static const char *const refused[] = {"load_extension", "readfile", "writefile", "edit",
                                          "fts3_tokenizer", "fts5",     "zipfile",   "sqlar_uncompress",
                                          "json_patch",     "unhex"};
    (void)context, (void)first, (void)database, (void)trigger;
    if (action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE) return SQLITE_OK;
    if (action != SQLITE_FUNCTION) return SQLITE_DENY;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (!second || strcasecmp(second, refused[i]) == 0) return SQLITE_DENY;
    return SQLITE_OK;
}

/* Not 0: stop. */
static int look(void *context)
{
    struct question *question = context;
    struct pollfd stop = {question->call->stop_fd, POLLIN, 0};
    if (io_now_ms() >= question->call->deadline_ms) question->stopped = "took longer than it may";
    if (question->sqlite->sqlite3_memory_used() > question->memory_before + MEMORY_MAX_BYTES)
        question->stopped = "needs more memory than it may";
    if (poll(&stop, 1, 0) > 0) question->stopped = "is not wanted any more";
    return question->stopped != NULL;
}

static bool functions_stop(void *context)
{
    return look(context) != 0;
}

static bool database_open(struct question *question, const struct tool_sqlite *tool)
{
    const struct sqlite_library *sqlite = question->sqlite;
    static const struct {
        int limit, value;
    } limits[] = {
        {SQLITE_LIMIT_SQL_LENGTH, 65536},    {SQLITE_LIMIT_COLUMN, 200},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},      {SQLITE_LIMIT_COMPOUND_SELECT, 20},
        {SQLITE_LIMIT_VDBE_OP, 100000},      {SQLITE_LIMIT_FUNCTION_ARG, 32},
        {SQLITE_LIMIT_ATTACHED, 0},          {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 100}, {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    if (sqlite->sqlite3_open_v2(tool->path, &question->database, flags, NULL) != SQLITE_OK)
        return tool_fail(question->call, "%s: the database cannot be opened", question->call->tool->name);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        sqlite->sqlite3_limit(question->database, limits[i].limit, limits[i].value);
    sqlite->sqlite3_limit(question->database, SQLITE_LIMIT_LENGTH,
                          (int)question->call->tool->limits.values[TOOL_LIMIT_RESULT]);
    sqlite->sqlite3_db_config(question->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite->sqlite3_db_config(question->database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite->sqlite3_db_config(question->database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite->sqlite3_busy_timeout(question->database, 1000);
    /* What it sorts stays in memory, where it is counted, and out of files. */
    bool is_set = sqlite->sqlite3_exec(question->database, "PRAGMA temp_store=MEMORY; PRAGMA query_only=1",
                                       NULL, NULL, NULL) == SQLITE_OK;
    sqlite->sqlite3_progress_handler(question->database, STEPS_BETWEEN_LOOKS, look, question);
    question->functions = (struct sqlite_functions){
        functions_stop, question, (size_t)question->call->tool->limits.values[TOOL_LIMIT_RESULT]};
    is_set = is_set && sqlite_functions_put(question->database, &question->functions);
    return (is_set && sqlite->sqlite3_set_authorizer(question->database, authorize, NULL) == SQLITE_OK) ||
           tool_fail(question->call, "%s: %.300s", question->call->tool->name,
                     sqlite->sqlite3_errmsg(question->database));
}

static bool value_bind(const struct question *question, sqlite3_stmt *statement, int place,
                       const json_t *value)
{
    const struct sqlite_library *sqlite = question->sqlite;
    int bound = SQLITE_ERROR;
    if (json_is_integer(value))
        bound = sqlite->sqlite3_bind_int64(statement, place, json_integer_value(value));
    if (json_is_real(value)) bound = sqlite->sqlite3_bind_double(statement, place, json_real_value(value));
    if (json_is_boolean(value)) bound = sqlite->sqlite3_bind_int64(statement, place, json_is_true(value));
    if (json_is_null(value)) bound = sqlite->sqlite3_bind_null(statement, place);
    if (json_is_string(value)) /* static: the arguments outlive the statement */
        bound = sqlite->sqlite3_bind_text64(statement, place, json_string_value(value),
                                            json_string_length(value), SQLITE_STATIC, SQLITE_UTF8);
    return bound == SQLITE_OK ||
           tool_fail(question->call, "%s: a value that cannot be bound", question->call->tool->name);
}

static bool values_bind(const struct question *question, sqlite3_stmt *statement)
{
    const struct sqlite_library *sqlite = question->sqlite;
    const json_t *values = json_object_get(question->call->arguments, "values");
    int count = sqlite->sqlite3_bind_parameter_count(statement);
    size_t given = json_is_array(values) ? json_array_size(values) : json_object_size(values);
    if (given != (size_t)count)
        return tool_fail(question->call, "%s: the statement has %d places for values, and %zu were given",
                         question->call->tool->name, count, given);
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite->sqlite3_bind_parameter_name(statement, i);
        const json_t *value = json_is_array(values) ? json_array_get(values, (size_t)i - 1)
                              : name                ? json_object_get(values, name + 1)
                                                    : NULL;
        if (!value)
            return tool_fail(question->call, "%s: no value for %.60s", question->call->tool->name,
                             name ? name : "?");
        if (!value_bind(question, statement, i, value)) return false;
    }
    return true;
}

/* A value of a row; bytes are in base64. `size` grows by what it takes. */
static json_t *column_json(const struct sqlite_library *sqlite, sqlite3_stmt *row, int column, size_t *size)
{
    size_t length = (size_t)sqlite->sqlite3_column_bytes(row, column);
    *size += length + 8;
    switch (sqlite->sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite->sqlite3_column_int64(row, column));
    case SQLITE_FLOAT: {
        double number = sqlite->sqlite3_column_double(row, column);
        return isfinite(number) ? json_real(number) : json_null();
    }
    case SQLITE_TEXT:
        return json_string_of_view(view_make((const char *)sqlite->sqlite3_column_text(row, column), length));
    case SQLITE_BLOB:
        return json_base64_of_view(view_make(sqlite->sqlite3_column_blob(row, column), length));
    default:
        return json_null();
    }
}

static bool rows_take(struct question *question, sqlite3_stmt *statement, uint64_t rows_max)
{
    const struct sqlite_library *sqlite = question->sqlite;
    struct tool_call *call = question->call;
    uint64_t bytes_max = call->tool->limits.values[TOOL_LIMIT_RESULT];
    size_t size = 0;
    int count = sqlite->sqlite3_column_count(statement), stepped;
    json_t *columns = json_array(), *rows = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(columns,
                              json_string_of_view(view_of_cstr(sqlite->sqlite3_column_name(statement, i))));
    while ((stepped = sqlite->sqlite3_step(statement)) == SQLITE_ROW && json_array_size(rows) < rows_max &&
           size <= bytes_max) {
        json_t *row = json_array();
        for (int i = 0; i < count; i++) json_array_append_new(row, column_json(sqlite, statement, i, &size));
        json_array_append_new(rows, row);
    }
    bool is_fine = size <= bytes_max && (stepped == SQLITE_ROW || stepped == SQLITE_DONE);
    if (size > bytes_max)
        tool_fail(call, "%s: the rows have more than %llu bytes", call->tool->name,
                  (unsigned long long)bytes_max);
    else if (!is_fine)
        tool_fail(call, "%s: %.300s", call->tool->name,
                  question->stopped ? question->stopped : sqlite->sqlite3_errmsg(question->database));
    call->result = is_fine ? json_pack("{s:o, s:o, s:b}", "columns", columns, "rows", rows, "truncated",
                                       stepped == SQLITE_ROW)
                           : NULL;
    if (is_fine) return call->result != NULL;
    json_decref(columns);
    json_decref(rows);
    return false;
}

static bool statement_run(struct question *question, const struct tool_sqlite *tool)
{
    const struct sqlite_library *sqlite = question->sqlite;
    const json_t *sql = json_object_get(question->call->arguments, "sql");
    const char *rest = NULL, *name = question->call->tool->name;
    sqlite3_stmt *statement = NULL;
    int prepared = sqlite->sqlite3_prepare_v2(question->database, json_string_value(sql),
                                              (int)json_string_length(sql), &statement, &rest);
    bool is_fine = false;
    if (prepared != SQLITE_OK)
        tool_fail(question->call, "%s: %.300s", name,
                  question->stopped ? question->stopped : sqlite->sqlite3_errmsg(question->database));
    else if (!statement)
        tool_fail(question->call, "%s: there is no statement", name);
    else if (view_trim(view_of_cstr(rest)).length)
        tool_fail(question->call, "%s: more than one statement", name);
    else if (!sqlite->sqlite3_stmt_readonly(statement))
        tool_fail(question->call, "%s: the statement would change the database", name);
    else
        is_fine = values_bind(question, statement) && rows_take(question, statement, tool->rows_max);
    sqlite->sqlite3_finalize(statement);
    return is_fine;
}

bool tool_sqlite_run(void *context, struct tool_call *call)
{
    struct question question = {.sqlite = sqlite_library_load(), .call = call};
    if (!question.sqlite)
        return tool_fail(call, "%s: there is no SQLite on the host (apt-get install libsqlite3-0)",
                         call->tool->name);
    question.memory_before = question.sqlite->sqlite3_memory_used();
    bool is_fine = database_open(&question, context) && statement_run(&question, context);
    question.sqlite->sqlite3_close(question.database);
    return is_fine;
}

/// A stand-in for the host, so that a plugin's rule is tested as an ordinary program.
///
///     #include <switchyard/testing.h>
///
///     SWITCHYARD_TEST(an_empty_queue_scores_best) {
///         switchyard_test_settings("{\"fullAt\": 4}");
///         switchyard_test_column(SWITCHYARD_COLUMN_WAITING_REQUESTS, SWITCHYARD_NUMBERS(0, 1, NAN));
///         switchyard_check_scores(switchyard_test_score(), 1, 0.75, 0.75);
///     }
///
/// Tests find one another; `main` is here too. Each begins with a request about nothing, no columns and no state. A
/// column the test does not give is NaN, and one the plugin did not ask for never arrives.
#ifndef SWITCHYARD_TESTING_H
#define SWITCHYARD_TESTING_H

#include <math.h>

#include <switchyard.h>

/// A test. It fails where a check does not hold, and where the plugin panics.
#define SWITCHYARD_TEST(name) \
    static void name(void); \
    __attribute__((constructor)) static void add_##name(void) { \
        switchyard_add_test(__FILE__, #name, name); \
    } \
    static void name(void)

/// Some numbers, as the two arguments that take them: how many, and where they are.
#define SWITCHYARD_NUMBERS(...) sizeof((double[]){__VA_ARGS__}) / sizeof(double), (const double[]){__VA_ARGS__}
/// The same for rows.
#define SWITCHYARD_ROWS(...) sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (const uint32_t[]){__VA_ARGS__}

/// What the `switchyard_request_` functions answer.
typedef struct switchyard_test_request_t {
    const char *id;
    const char *path;
    const char *model;
    const char *target_model;
    const char *body;
    size_t body_length;
    const char *profile;
    const char *const *profiles;
    size_t profile_count;
    uint64_t now_ms;
    uint64_t seed;
} switchyard_test_request_t;

/// The request at hand. Set what the test is about.
extern switchyard_test_request_t switchyard_test_request;

/// Gives the request a header; the name in lower case.
void switchyard_test_header(const char *name, const char *value);

/// Gives the rows a profile picked; `""`: those of the decision.
void switchyard_test_peers(const char *profile, size_t count, const uint32_t *rows);

/// The line that was logged last; empty where none was.
const char *switchyard_test_last_line(void);

/// The value of an own column; 0 where none was written.
double switchyard_test_own_column(uint32_t column, uint32_t row);

/// Begins with a fresh plugin that has these settings, in JSON, and no columns. The test fails if they are refused.
void switchyard_test_settings(const char *json);

/// The first mistake found in such settings; NULL if they are taken.
const switchyard_diagnostic *switchyard_test_mistake(const char *json);

/// What the plugin asked for, by name.
bool switchyard_test_needs(const char *name);

/// The JSON Schema of its settings.
const char *switchyard_test_schema(void);

/// An endpoint in `default` named after its row, such as `pod-3`, at `10.0.0.<row>:8000`, without labels.
switchyard_endpoint switchyard_test_endpoint(uint32_t row);

/// The same with one label.
switchyard_endpoint switchyard_test_labelled(uint32_t row, const char *key, const char *value);

/// Tells the plugin of endpoints.
switchyard_fault switchyard_test_endpoints(const switchyard_endpoint *endpoints, size_t count);

/// Gives a column; its values are those of rows 0, 1, 2 and so on.
void switchyard_test_column(const char *name, size_t count, const double *values);

/// Gives a scalar.
void switchyard_test_scalar(const char *name, double value);

/// Scores, or why there are none.
typedef struct switchyard_tested_scores {
    switchyard_fault fault;
    const double *items;
    size_t count;
} switchyard_tested_scores;

/// Rows, or why there are none.
typedef struct switchyard_tested_rows {
    switchyard_fault fault;
    const uint32_t *items;
    size_t count;
} switchyard_tested_rows;

/// Scores rows 0, 1, 2 and so on, as many as the longest column has values.
switchyard_tested_scores switchyard_test_score(void);

/// Filters these rows.
switchyard_tested_rows switchyard_test_keep(size_t count, const uint32_t *rows);

/// Picks among rows 0, 1, 2 and so on with these totals.
switchyard_tested_rows switchyard_test_pick(size_t count, const double *totals);

/// Asks whether `profile` shall run after these rows were picked. The test fails on a fault.
bool switchyard_test_agree(const char *profile, size_t count, const uint32_t *rows);

/// Asks for the profiles after `done`.
switchyard_fault switchyard_test_next(const switchyard_profile_result *done, size_t count, switchyard_steps *steps);

/// Asks for the decision.
switchyard_fault switchyard_test_decide(const switchyard_profile_result *done, size_t count,
                                        switchyard_decision *decision);

/// Asks what to fetch. The test fails on a fault.
switchyard_plan switchyard_test_plan(void);

/// Hands over an answer to the first fetch.
switchyard_fault switchyard_test_parse(uint16_t status, const char *body, switchyard_samples *samples);

/// Tells of a decision, of the response's headers, and of the end.
switchyard_fault switchyard_test_picked(const switchyard_decision *decision, switchyard_headers *headers);
switchyard_fault switchyard_test_response_started(uint16_t status, switchyard_headers *headers);
switchyard_fault switchyard_test_response_ended(const switchyard_ended *ended);

/// The message with which `body` panics; NULL if it does not.
const char *switchyard_test_panic(void (*body)(void));

/// Fails unless the condition holds.
#define switchyard_check(condition) \
    ((condition) ? (void)0 : switchyard_fail(__FILE__, __LINE__, "`%s` does not hold", #condition))

/// Fails unless both texts are equal.
#define switchyard_check_text(found, want) switchyard_compare_texts(__FILE__, __LINE__, (found), (want))

/// Fails unless the scores are these, up to rounding.
#define switchyard_check_scores(found, ...) \
    switchyard_compare_scores(__FILE__, __LINE__, (found), SWITCHYARD_NUMBERS(__VA_ARGS__))

/// Fails unless the rows are these, in this order.
#define switchyard_check_rows(found, ...) \
    switchyard_compare_rows(__FILE__, __LINE__, (found), SWITCHYARD_ROWS(__VA_ARGS__))

/// Fails unless the numbers at `found` are these, up to rounding. NaN is like NaN.
#define switchyard_check_numbers(found, ...) \
    switchyard_compare_numbers(__FILE__, __LINE__, (found), SWITCHYARD_NUMBERS(__VA_ARGS__))

// What the macros come to.
void switchyard_add_test(const char *file, const char *name, void (*body)(void));
__attribute__((format(printf, 3, 4))) noreturn void switchyard_fail(const char *file, int line, const char *format,
                                                                    ...);
void switchyard_compare_texts(const char *file, int line, const char *found, const char *want);
void switchyard_compare_scores(const char *file, int line, switchyard_tested_scores found, size_t count,
                               const double *want);
void switchyard_compare_rows(const char *file, int line, switchyard_tested_rows found, size_t count,
                             const uint32_t *want);
void switchyard_compare_numbers(const char *file, int line, const double *found, size_t count, const double *want);

#endif

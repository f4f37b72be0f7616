//! Wrong uses of `export!`, and what the compiler tells of them: in a plugin's own tests and in an
//! editor, before anything is built for wasm.

#[test]
fn wrong_uses_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/export/*.rs");
}

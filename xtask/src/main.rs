//! The command line: `cargo xtask TASK`, and its shorthands `cargo demo` and `cargo verify`.

fn main() -> std::process::ExitCode {
    xtask::cli::main()
}

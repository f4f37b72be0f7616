//! Writes components by hand: a core module in text, with the canonical ABI spelled out, made into a component.
//!
//! A guest is a list of stages and, per function, a body in WebAssembly text. Functions without one answer the
//! least that is right. Answers are built at fixed places: `$ret` (1024) holds the answer's record, `$list` (2048)
//! what it points to. Arguments land from 1 MiB on and are forgotten when a call ends.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A guest to be.
#[derive(Debug, Clone, Default)]
pub struct Guest {
    stages: Vec<&'static str>,
    imports: Vec<&'static str>,
    core: String,
    bodies: Vec<(&'static str, String)>,
    strings: Vec<(u32, String)>,
    version: Option<&'static str>,
    lifecycle: bool,
}

const VERSION: &str = "0.1.0";

/// The functions of each interface: its name, parameters, and a body that answers the least that is right.
const FUNCTIONS: [(&str, &str, &str, &str); 14] = [
    ("lifecycle", "describe", "", "(i32.const 512)"),
    (
        "lifecycle",
        "configure",
        "(param i32 i32)",
        "(call $clear) (call $capabilities) (global.get $ret)",
    ),
    (
        "lifecycle",
        "endpoints-changed",
        "(param i64 i32 i32)",
        "(call $clear) (global.get $ret)",
    ),
    (
        "filter",
        "keep",
        "(param i32 i32 i32 i32)",
        "(call $answer (local.get 0) (local.get 1))",
    ),
    (
        "scorer",
        "score",
        "(param i32 i32 i32 i32)",
        "(call $answer (local.get 2) (local.get 1))",
    ),
    (
        "picker",
        "pick",
        "(param i32 i32 i32 i32 i32 i32)",
        "(call $answer (local.get 0) (i32.const 1))",
    ),
    (
        "decider",
        "decide",
        "(param i32 i32 i32 i32 i32 i32)",
        "(call $clear) (i32.store8 offset=4 (global.get $ret) (i32.const 1)) (global.get $ret)",
    ),
    (
        "profile-handler",
        "next",
        "(param i32 i32 i32 i32)",
        "(call $clear) (global.get $ret)",
    ),
    (
        "profile-handler",
        "decide",
        "(param i32 i32 i32 i32)",
        "(call $clear) (global.get $ret)",
    ),
    ("scraper", "plan", "", "(call $clear) (global.get $ret)"),
    (
        "scraper",
        "parse",
        "(param i32 i32 i32 i32 i32 i32)",
        "(call $clear) (global.get $ret)",
    ),
    (
        "hooks",
        "picked",
        "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)",
        "(call $clear) (global.get $ret)",
    ),
    (
        "hooks",
        "response-started",
        "(param i32)",
        "(call $clear) (global.get $ret)",
    ),
    (
        "hooks",
        "response-ended",
        "(param i32 i32 f64 f64 f64 f64 f64)",
        "(call $clear) (global.get $ret)",
    ),
];

impl Guest {
    /// A guest with these stages, which answers the least that is right.
    pub fn new(stages: &[&'static str]) -> Self {
        Self {
            stages: stages.to_vec(),
            lifecycle: true,
            ..Self::default()
        }
    }

    /// A scorer whose `score` has this body. Parameters: 0 rows, 1 their count, 2 inputs, 3 their count.
    pub fn scorer(body: &str) -> Self {
        Self::new(&["scorer"]).body("score", body)
    }

    /// The body of a function, which leaves the address of its answer. The last one given counts.
    pub fn body(mut self, function: &'static str, body: &str) -> Self {
        self.bodies.push((function, body.to_owned()));
        self
    }

    /// What `describe` says of its settings.
    pub fn schema(self, schema: &str) -> Self {
        let length = schema.len();
        let describe = format!(
            "(i32.store offset=24 (i32.const 512) (i32.const 32768))
             (i32.store offset=28 (i32.const 512) (i32.const {length})) (i32.const 512)"
        );
        let mut described = self.string(32768, schema);
        described.bodies.push(("describe", describe));
        described
    }

    /// Imports an interface whole; `core` says which functions the module takes.
    pub fn import(mut self, interface: &'static str, core: &str) -> Self {
        self.imports.push(interface);
        self.core = format!("{core}\n{}", self.core);
        self
    }

    /// More of the core module: functions, globals.
    pub fn core(mut self, core: &str) -> Self {
        self.core.push_str(core);
        self
    }

    /// Text in the guest's memory. Free addresses: 3072 to 65535.
    pub fn string(mut self, at: u32, text: &str) -> Self {
        self.strings.push((at, text.to_owned()));
        self
    }

    /// Built for another version of the contract.
    pub fn version(mut self, version: &'static str) -> Self {
        self.version = Some(version);
        self
    }

    pub fn without_lifecycle(mut self) -> Self {
        self.lifecycle = false;
        self
    }

    /// The component.
    pub fn build(&self) -> Vec<u8> {
        let mut resolve = Resolve::default();
        let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
        let mut contract = wit_parser::UnresolvedPackageGroup::parse_dir(wit).unwrap();
        let version = self.version.unwrap_or(VERSION);
        contract.main.name.version = Some(version.parse().unwrap());
        resolve.push_group(contract).unwrap();
        for (name, text) in [("wasi.wit", WASI), ("world.wit", &self.world())] {
            resolve.push_str(name, text).unwrap();
        }
        let (package, _) = resolve
            .packages
            .iter()
            .find(|(_, package)| package.name.namespace == "test")
            .unwrap();
        let world = resolve.select_world(&[package], None).unwrap();
        let mut module = wat::parse_str(self.module()).unwrap_or_else(|error| panic!("{error}"));
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        let mut encoder = ComponentEncoder::default();
        let encoder = encoder.validate(true).module(&module).unwrap();
        encoder.encode().unwrap()
    }

    fn versioned(&self, interface: &str) -> String {
        let version = self.version.unwrap_or(VERSION);
        format!("switchyard:plugin/{interface}@{version}")
    }

    fn exports(&self) -> impl Iterator<Item = &'static str> {
        let lifecycle = self.lifecycle.then_some("lifecycle");
        lifecycle.into_iter().chain(self.stages.iter().copied())
    }

    fn world(&self) -> String {
        let mut items = String::new();
        for import in &self.imports {
            let name = if import.contains(':') {
                (*import).to_owned()
            } else {
                self.versioned(import)
            };
            items.push_str(&format!("import {name};\n"));
        }
        for export in self.exports() {
            items.push_str(&format!("export {};\n", self.versioned(export)));
        }
        format!("package test:guest;\nworld guest {{\n{items}}}\n")
    }

    fn module(&self) -> String {
        let mut functions = String::new();
        for interface in self.exports() {
            let own = FUNCTIONS.iter().filter(|(of, ..)| *of == interface);
            for (_, name, params, default) in own {
                let key = if *name == "decide" { interface } else { name };
                let body = self.bodies.iter().rfind(|(of, _)| *of == key);
                let body = body.map_or(*default, |(_, body)| body.as_str());
                let export = format!("{}#{name}", self.versioned(interface));
                functions.push_str(&format!(
                    "(func (export \"{export}\") {params} (result i32)
                        (local $i i32)
                        {body}
                        (global.set $heap (i32.const 1048576)))\n"
                ));
            }
        }
        let strings: String = self
            .strings
            .iter()
            .map(|(at, text)| format!("(data (i32.const {at}) {text:?})\n"))
            .collect();
        format!("(module {}\n{LIBRARY}\n{functions}\n{strings})", self.core)
    }
}

/// The rest of every module. Grows its memory as arguments need it.
const LIBRARY: &str = r#"
    (memory (export "memory") 17)
    (global $heap (mut i32) (i32.const 1048576))
    (global $ret i32 (i32.const 1024))
    (global $list i32 (i32.const 2048))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and
            (i32.add (global.get $heap) (i32.sub (local.get 2) (i32.const 1)))
            (i32.sub (i32.const 0) (local.get 2))))
        (global.set $heap (i32.add (local.get $at) (local.get 3)))
        (block $fits (loop $grow
            (br_if $fits (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
            (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then (unreachable)))
            (br $grow)))
        (local.get $at))
    (func $clear (memory.fill (global.get $ret) (i32.const 0) (i32.const 64)))
    (func $answer (param $at i32) (param $count i32) (result i32)
        (call $clear)
        (i32.store offset=4 (global.get $ret) (local.get $at))
        (i32.store offset=8 (global.get $ret) (local.get $count))
        (global.get $ret))
    (func $refuse (param $code i32) (result i32)
        (call $clear)
        (i32.store8 (global.get $ret) (i32.const 1))
        (i32.store offset=4 (global.get $ret) (local.get $code))
        (i32.store offset=8 (global.get $ret) (i32.const 600))
        (i32.store offset=12 (global.get $ret) (i32.const 3))
        (global.get $ret))
    ;; Both capabilities and one own column, whether used or not.
    (func $capabilities
        (i32.store offset=20 (global.get $ret) (i32.const 640))
        (i32.store offset=24 (global.get $ret) (i32.const 1))
        (i32.store offset=28 (global.get $ret) (i32.const 624))
        (i32.store offset=32 (global.get $ret) (i32.const 2)))
    ;; 512: `about`, its name at 600; 624: `body`, `state`; 640: `own`.
    (data (i32.const 512) "\58\02\00\00\03\00\00\00")
    (data (i32.const 600) "hat")
    (data (i32.const 604) "body")
    (data (i32.const 608) "state")
    (data (i32.const 624) "\5c\02\00\00\04\00\00\00\60\02\00\00\05\00\00\00")
    (data (i32.const 640) "\58\02\00\00\03\00\00\00")
"#;

/// As much of WASI as the tests use, and one interface that nobody offers.
const WASI: &str = r#"
    package wasi:test@0.2.6;
    package wasi:io@0.2.6 {
        interface error { resource error; }
        interface poll {
            resource pollable { ready: func() -> bool; block: func(); }
            poll: func(in: list<borrow<pollable>>) -> list<u32>;
        }
        interface streams {
            use error.{error};
            variant stream-error { last-operation-failed(error), closed }
            resource output-stream {
                blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
            }
        }
    }
    package wasi:clocks@0.2.6 {
        interface monotonic-clock {
            use wasi:io/poll@0.2.6.{pollable};
            now: func() -> u64;
            subscribe-duration: func(when: u64) -> pollable;
        }
        interface wall-clock {
            record datetime { seconds: u64, nanoseconds: u32 }
            now: func() -> datetime;
        }
    }
    package wasi:cli@0.2.6 {
        interface stderr {
            use wasi:io/streams@0.2.6.{output-stream};
            get-stderr: func() -> output-stream;
        }
        interface environment { get-environment: func() -> list<tuple<string, string>>; }
        interface exit { exit: func(status: result); }
    }
    package wasi:random@0.2.6 {
        interface random { get-random-u64: func() -> u64; }
    }
    package wasi:sockets@0.2.6 {
        interface instance-network { resource network; instance-network: func() -> network; }
        interface tcp-create-socket {
            enum error-code { unknown, access-denied, not-supported }
            resource tcp-socket;
            create-tcp-socket: func(v6: bool) -> result<tcp-socket, error-code>;
        }
    }
    package acme:secrets@1.0.0 {
        interface vault { open: func(); }
    }
"#;

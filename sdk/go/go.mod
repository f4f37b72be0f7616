module switchyard

go 1.25

require go.bytecodealliance.org/pkg v0.2.3

// What generated bindings stand on. A plugin says the same, because only a plugin's own word counts here.
replace go.bytecodealliance.org/pkg => ./runtime

module switchyard.plugin/garbage

go 1.25

require switchyard v0.1.0

require go.bytecodealliance.org/pkg v0.2.3 // indirect

// Both come with the command `switchyard`; nothing is fetched.
replace (
	go.bytecodealliance.org/pkg => ./.switchyard/sdk/go/runtime
	switchyard => ./.switchyard/sdk/go
)

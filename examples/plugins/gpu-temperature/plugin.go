// Keeps requests away from servers whose GPUs run hot.
//
// GPUs that get too hot clock down, and whoever waits for such a server waits longer. The plugin is two things in
// one component: a scraper that reads the temperatures DCGM exports, and a scorer that prefers cooler servers. What
// the one learns reaches the other by way of the host, as the column `custom/gpu-temperature`, which any other
// plugin may read as well.
package main

import "switchyard"

// column holds the temperature of a server's hottest GPU, in degrees Celsius.
const column switchyard.Column = "custom/gpu-temperature"

var definition = switchyard.Definition[Settings]{
	Name:     "gpu-temperature",
	Version:  "0.1.0",
	Summary:  "Prefers servers with cooler GPUs, by the temperatures that DCGM exports",
	Defaults: Settings{Path: "/metrics", CoolAt: 60, HotAt: 85},
	New:      newRule,
}

// Settings are what a configuration can say under `parameters`. Each `doc` is shown to who writes one.
type Settings struct {
	Path   string  `json:"path" doc:"Where the temperatures are; begins with a slash."`
	Port   uint16  `json:"port" doc:"The exporter's port on the server's address; 0: the endpoint's own."`
	CoolAt float64 `json:"coolAt" doc:"Up to this many degrees Celsius a server scores 1."`
	HotAt  float64 `json:"hotAt" doc:"From this many degrees Celsius on a server scores 0; above coolAt."`
}

// Rule is the plugin.
type Rule struct {
	settings Settings
}

func newRule(settings Settings) (switchyard.Plugin, error) {
	var mistakes switchyard.Diagnostics
	if settings.Path == "" || settings.Path[0] != '/' {
		mistakes.Add("path", settings.Path, "a path that begins with a slash, such as /metrics")
	}
	if settings.HotAt <= settings.CoolAt {
		mistakes.Add("hotAt", settings.HotAt, "more degrees than coolAt")
	}
	return &Rule{settings: settings}, mistakes.Err()
}

// Needs says what the plugin reads.
func (rule *Rule) Needs() switchyard.Needs {
	return switchyard.Needs{Columns: []switchyard.Column{column}}
}

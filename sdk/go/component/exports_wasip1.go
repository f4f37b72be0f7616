package component

// What the host calls. It is made when a plugin is built, for the stages the plugin has.
import _ "switchyard/internal/bindings/wit_exports"

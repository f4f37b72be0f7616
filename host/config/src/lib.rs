//! The EndpointPickerConfig document: reading, defaults, and errors that say what to do.

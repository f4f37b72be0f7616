/// From the settings' text to the places the plugin's table names.
#ifndef SWITCHYARD_SRC_SETTINGS_H
#define SWITCHYARD_SRC_SETTINGS_H

#include <switchyard/plugin.h>

/// Writes every setting: what the text says, or what holds where it says nothing. Notes all that is wrong.
void switchyard_read_settings(const switchyard_plugin *plugin, const char *text, switchyard_diagnostics *diagnostics);

/// The JSON Schema of the settings.
const char *switchyard_settings_schema(const switchyard_plugin *plugin);

/// The shortest text that reads back as this number.
const char *switchyard_number_text(double number);

#endif
